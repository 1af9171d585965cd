package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// databaseClock is how SQL asks for the machine's time.
var databaseClock = regexp.MustCompile(
	`(?i)\bnow\(\)|\bcurrent_(date|time|timestamp)\b|\blocaltime(stamp)?\b|\b(clock|statement|transaction)_timestamp\b`)

// readClock may ask the machine for the time: the wiring where nobody hands another clock in, the
// programs, and what measures how long something takes.
var readClock = []string{
	"cmd/shtab/", "cmd/shtab-demo/", "web/portal/portal.go", "internal/worker/worker.go", "web/httpkit/middleware.go",
	"internal/postgres/private/private.go", "internal/totals/store.go", // the order of two readings
	"web/portal/portaltest/clock.go",
	"web/portal/portaltest/portaltest.go", // a cookie's life, which its library compares with the machine's clock
}

// Time is handed in, by the one who calls: no statement of the product asks the database for it, no
// code the machine. So a portal runs on any day that a test wants, and no test depends on today's: a
// test asks the machine only how long something takes, from when it began, and waits for a condition,
// not for a time.
func TestTimeIsHandedIn(t *testing.T) {
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path := strings.TrimPrefix(filepath.ToSlash(name), "../")
		switch {
		case d.IsDir() && name != ".." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".up.sql"):
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			for i, line := range strings.Split(string(text), "\n") {
				if found := databaseClock.FindString(line); found != "" {
					t.Errorf("%s:%d: %s: the caller knows the time", path, i+1, found)
				}
			}
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_templ.go"):
			f, err := parser.ParseFile(files, name, nil, 0)
			if err != nil {
				return err
			}
			if strings.HasSuffix(name, "_test.go") {
				inTest(t, files, f, path)
			} else {
				inProduct(t, files, f, path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func inProduct(t *testing.T, files *token.FileSet, f *ast.File, path string) {
	// cookies' sessions, which their library compares with the database's clock
	if path == "internal/account/account.go" {
		return
	}
	may := slices.ContainsFunc(readClock, func(p string) bool { return strings.HasPrefix(path, p) })
	inTests := strings.HasPrefix(path, "web/portal/portaltest/") // whose statements say now() and mean the portal's
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if found := databaseClock.FindString(n.Value); found != "" && n.Kind == token.STRING && !inTests {
				t.Errorf("%s: %s: the caller knows the time", files.Position(n.Pos()), found)
			}
		case *ast.SelectorExpr:
			if is(n, "time", "Now") && !may {
				t.Errorf("%s: time.Now: the caller knows the time", files.Position(n.Pos()))
			}
		}
		return true
	})
}

func inTest(t *testing.T, files *token.FileSet, f *ast.File, path string) {
	virtual := path == "internal/signup/batcher_test.go" // under synctest, whose time is made up
	measures := map[ast.Expr]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt: // began := time.Now()
			for i, to := range n.Lhs {
				if name := last(to); i < len(n.Rhs) && (name == "began" || name == "done") {
					if call, ok := n.Rhs[i].(*ast.CallExpr); ok {
						measures[call.Fun] = true
					}
				}
			}
		case *ast.SelectorExpr:
			switch {
			case is(n, "time", "Now") && !measures[n], is(n, "time", "Until"):
				t.Errorf("%s: time.%s: a test has a day of its own", files.Position(n.Pos()), n.Sel.Name)
			case is(n, "time", "Sleep") && !virtual:
				t.Errorf("%s: time.Sleep: wait for what is to happen (poll.Until)", files.Position(n.Pos()))
			}
		}
		return true
	})
}

func is(s *ast.SelectorExpr, pkg, name string) bool {
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg && s.Sel.Name == name
}

// last is the name of a variable, or of a field.
func last(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
