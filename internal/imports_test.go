// Package internal_test keeps the map of the code true: who may import whom.
package internal_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors are the top folders with code, from the ground up: each imports itself and what is below.
var floors = []string{"migrations", "internal", "web", "cmd"}

// order is who may import whom within a floor: only what stands earlier in its list. A folder stands
// for all that is in it.
var order = map[string][]string{
	"internal": {
		// tools without rules
		"poll", "fault", "i18n", "field", "config", "calendar", "sheet", "picture", "postgres", "outbox", "audit",
		// domains
		"account", "mfa", "settings", "campaign", "org", "event", "eventimport", "signup", "guardian", "roster",
		"attendance", "people", "totals", "export",
		// what works for them
		"worker", "demo",
	},
	"web": {"static", "locale", "link", "ui", "mail", "httpkit", "public", "me", "desk", "hq", "portal", "e2e"},
	"cmd": {"shtab", "shtab-demo"},
}

// audiences are the folders of web that hold page groups, one folder each.
var audiences = []string{"public", "me", "desk", "hq"}

func TestImports(t *testing.T) {
	imports := productImports(t)
	if len(imports) < 15 {
		t.Fatalf("only %d packages found", len(imports))
	}
	for floor, folders := range order {
		for _, folder := range folders {
			if !slices.ContainsFunc(packages(imports), func(p string) bool { return within(p, floor+"/"+folder) }) {
				t.Errorf("%s/%s is in the list and nowhere else", floor, folder)
			}
		}
	}
	for from, files := range imports {
		for to, file := range files {
			if why := refused(from, to); why != "" {
				t.Errorf("%s imports %s: %s", file, to, why)
			}
		}
	}
}

// refused says why from may not import to; empty when it may.
func refused(from, to string) string {
	fromFloor, fromFolder := split(from)
	if fromFloor == "internal" {
		switch {
		case to == "net/http":
			return "internal knows no HTTP server"
		case strings.HasPrefix(to, "github.com/a-h/templ"):
			return "internal knows no pages"
		}
	}
	if strings.HasPrefix(to, "github.com/jackc/pgx") && fromFloor == "web" && fromFolder != "portal" {
		return "pages hold no SQL"
	}
	to, ours := strings.CutPrefix(to, "shtab/")
	if !ours {
		return ""
	}
	toFloor, toFolder := split(to)
	if a, b := slices.Index(floors, fromFloor), slices.Index(floors, toFloor); a != b {
		if a < b {
			return "arrows go down only: " + strings.Join(floors, " < ")
		}
		return ""
	}
	if fromFolder == toFolder {
		if slices.Contains(audiences, fromFolder) && path.Dir(from) == path.Dir(to) && !strings.HasSuffix(to, "ui") {
			return "page groups do not import each other: what they share stands in web/ui, or in a folder that ends in ui"
		}
		return ""
	}
	a, b := slices.Index(order[fromFloor], fromFolder), slices.Index(order[fromFloor], toFolder)
	switch {
	case a < 0 || b < 0:
		return fmt.Sprintf("not in the list of %s: %s or %s", fromFloor, fromFolder, toFolder)
	case a < b:
		return "each imports only those before it: " + strings.Join(order[fromFloor], " < ")
	}
	return ""
}

// split gives the floor of a package, and its folder there: "web", "desk" of web/desk/roster.
func split(pkg string) (floor, folder string) {
	floor, rest, _ := strings.Cut(pkg, "/")
	folder, _, _ = strings.Cut(rest, "/")
	return floor, folder
}

// within reports whether pkg is folder or stands below it.
func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

func packages(imports map[string]map[string]string) []string {
	var all []string
	for p := range imports {
		all = append(all, p)
	}
	return all
}

// productImports is every package of ours, what it imports, and in which file; tests left out.
func productImports(t *testing.T) map[string]map[string]string {
	t.Helper()
	imports := map[string]map[string]string{}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != ".." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || name == filepath.Join("..", "e2e") {
			return nil
		}
		pkg := path.Dir(strings.TrimPrefix(filepath.ToSlash(name), "../"))
		if imports[pkg] == nil {
			imports[pkg] = map[string]string{}
		}
		if strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, s := range f.Imports {
			to, _ := strconv.Unquote(s.Path.Value)
			imports[pkg][to] = name
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}
