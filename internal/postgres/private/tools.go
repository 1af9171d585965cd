//go:build unix

package private

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first major version the schema runs on.
const oldest = 15

// tools is a folder with PostgreSQL's server programs, and their major version.
type tools struct {
	bin   string
	major int
}

// ErrNoServer says how to get PostgreSQL's server programs.
var ErrNoServer = errors.New("no PostgreSQL server programs (15 or newer) were found. " + remedy() +
	"; or set PG_BIN to the folder that holds initdb and pg_ctl; or set DATABASE_URL (the tests: TEST_DATABASE_URL) " +
	"to a server that runs already")

func remedy() string {
	if runtime.GOOS == "darwin" {
		return "Run `brew install postgresql@17`, or install Postgres.app"
	}
	return "Run `apt-get install postgresql` (Debian, Ubuntu), `dnf install postgresql-server` (Fedora) " +
		"or `apk add postgresql` (Alpine)"
}

// findTools searches the usual folders for PostgreSQL's programs, best first; only PG_BIN if it is set.
func findTools() ([]tools, error) {
	if bin := os.Getenv("PG_BIN"); bin != "" {
		major, err := version(bin)
		if err != nil {
			return nil, fmt.Errorf("PG_BIN: %w", err)
		}
		if major < oldest {
			return nil, fmt.Errorf("PG_BIN=%s holds PostgreSQL %d; %d or newer is needed", bin, major, oldest)
		}
		return []tools{{bin, major}}, nil
	}
	var bins []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                   // Red Hat, from postgresql.org
		"/usr/libexec/postgresql*",                           // Alpine
		"/opt/homebrew/opt/postgresql*/bin",                  // Homebrew
		"/usr/local/opt/postgresql*/bin",                     // Homebrew on Intel
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",     // Homebrew on Linux
		"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
		filepath.Join(os.Getenv("HOME"), "Applications/Postgres.app/Contents/Versions/*/bin"),
	} {
		found, _ := filepath.Glob(pattern)
		bins = append(bins, found...)
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		bins = append(bins, filepath.Dir(p))
	}
	var all []tools
	for _, bin := range bins {
		if major, err := version(bin); err == nil && major >= oldest {
			all = append(all, tools{bin, major})
		}
	}
	if len(all) == 0 {
		return nil, ErrNoServer
	}
	slices.SortStableFunc(all, func(a, b tools) int { return b.major - a.major })
	return all, nil
}

var versionNumber = regexp.MustCompile(`\) (\d+)`)

// version returns the major version of the programs in bin. All three that are used must exist.
func version(bin string) (int, error) {
	for _, name := range []string{"initdb", "pg_ctl"} {
		if _, err := os.Stat(filepath.Join(bin, name)); err != nil {
			return 0, err
		}
	}
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return 0, err
	}
	m := versionNumber.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("%s/postgres --version says %q", bin, out)
	}
	return strconv.Atoi(string(m[1]))
}

// choose returns the newest programs for a new cluster (major 0), and for an existing one those of the
// version that made it, because another version cannot read it.
func choose(found []tools, major int) (tools, error) {
	if major == 0 {
		return found[0], nil
	}
	for _, t := range found {
		if t.major == major {
			return t, nil
		}
	}
	return tools{}, fmt.Errorf(
		"this cluster was made by PostgreSQL %d, and the newest one here is %d: "+
			"install version %d, or remove the folder (its data are lost) and start again", major, found[0].major,
		major,
	)
}

// madeBy returns the major version that made a data folder, 0 when it has no cluster.
func madeBy(data string) int {
	b, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return major
}
