// Package internal_test keeps the map of the house true: who may import whom.
package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// domains are the rooms that own tables and rules.
var domains = []string{"account", "factor", "settings", "org", "campaign", "event", "intake", "signup", "guardian", "roster", "attendance", "certificate", "reward", "aid", "school", "people", "totals", "export"}

// domainOrder is which domain may use which: each only those to its left, so that no circle of
// rules can form. totals reads every table and is used by none of them.
var domainOrder = []string{"account", "factor", "settings", "campaign", "org", "event", "intake", "signup", "guardian", "roster", "attendance", "people", "totals", "export"}

func TestRooms(t *testing.T) {
	imports := map[string]map[string]string{} // package -> import -> file
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == ".data" || d.Name() == ".tools" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), "../"))
		if imports[pkg] == nil {
			imports[pkg] = map[string]string{}
		}
		for _, s := range f.Imports {
			name, _ := strconv.Unquote(s.Path.Value)
			imports[pkg][name] = path
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(imports) < 15 {
		t.Fatalf("only %d packages found", len(imports))
	}
	for pkg, of := range imports {
		room, isDomain := strings.CutPrefix(pkg, "internal/")
		isDomain = isDomain && slices.Contains(domains, room)
		for name, file := range of {
			no := func(why string) { t.Errorf("%s imports %s: %s", file, name, why) }
			switch {
			case strings.HasPrefix(pkg, "web") && (strings.HasPrefix(name, "shtab/internal/server") || strings.HasPrefix(name, "shtab/internal/worker")):
				no("web knows domain types, never the server")
			case isDomain && (name == "net/http" || strings.HasPrefix(name, "shtab/web") || strings.HasPrefix(name, "shtab/internal/server") || name == "shtab/internal/worker"):
				no("a domain knows neither HTTP nor pages")
			case strings.HasPrefix(name, "github.com/jackc/pgx") && !isDomain && !mayUsePgx(pkg):
				no("pgx stays in postgres, the domains, session wiring, worker and cmd")
			case strings.HasPrefix(pkg, "internal/worker") && strings.HasPrefix(name, "shtab/internal/server"):
				no("the worker is no part of the server")
			case slices.Contains([]string{"internal/fault", "internal/i18n"}, pkg) && strings.HasPrefix(name, "shtab/"):
				no("fault and i18n stand on nothing")
			}
			if other, ok := strings.CutPrefix(name, "shtab/internal/"); isDomain && ok && slices.Contains(domains, other) {
				if slices.Index(domainOrder, other) >= slices.Index(domainOrder, room) {
					no("domains use only those before them: " + strings.Join(domainOrder, " < "))
				}
			}
		}
	}
}

func mayUsePgx(pkg string) bool {
	return strings.HasPrefix(pkg, "internal/postgres") || strings.HasPrefix(pkg, "internal/server") || strings.HasPrefix(pkg, "internal/portal") || strings.HasPrefix(pkg, "cmd/") ||
		slices.Contains([]string{"internal/outbox", "internal/audit", "internal/worker", "internal/demo"}, pkg)
}
