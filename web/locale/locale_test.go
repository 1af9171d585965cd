package locale_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/web/locale"
)

// TestNoUnusedTexts: every key of the catalogue is named by the code. A key that is put together is
// found by its pieces: "me.state_" + state names every key that begins so and has no further dot.
func TestNoUnusedTexts(t *testing.T) {
	catalogue, err := i18n.Load(locale.FS, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	code := readCode(t)
	for _, key := range catalogue.Keys() {
		if !code.names(key) && !code.namesInMail(key) {
			t.Errorf("%s is named nowhere: delete it in every language", key)
		}
	}
}

// code is the texts of the program that may be keys or pieces of keys.
type code struct {
	literals map[string]bool
	sums     map[string]*regexp.Regexp // of literals and other things, by their own text
}

func (c code) names(key string) bool {
	if c.literals[key] {
		return true
	}
	for _, s := range c.sums {
		if s.MatchString(key) {
			return true
		}
	}
	return false
}

// namesInMail reports whether a message names "mail.kind.text" by its kind and the text apart: in
// web/mail a kind's own texts are called without their beginning.
func (c code) namesInMail(key string) bool {
	parts := strings.Split(key, ".")
	return len(parts) == 3 && parts[0] == "mail" && (c.literals[parts[1]] || c.literals["mail."+parts[1]]) &&
		(c.names(parts[2]) || c.literals["."+parts[2]])
}

// readCode reads all Go files but tests; those of templates are generated beside them.
func readCode(t *testing.T) code {
	t.Helper()
	c := code{literals: map[string]bool{}, sums: map[string]*regexp.Regexp{}}
	for _, root := range []string{"../../cmd", "../../internal", "../../web"} {
		err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				return err
			}
			begun := map[*ast.BinaryExpr]bool{} // the first parts of longer sums
			ast.Inspect(file, func(n ast.Node) bool {
				switch e := n.(type) {
				case *ast.BasicLit:
					c.literals[literal(e)] = true
				case *ast.BinaryExpr:
					if inner, ok := e.X.(*ast.BinaryExpr); ok {
						begun[inner] = true
					}
					if p := pattern(e); p != "" && !begun[e] {
						c.sums[p] = regexp.MustCompile(p)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// keyBegins is how a key or the last part of one begins: "me.state_", "role_".
var keyBegins = regexp.MustCompile(`^[a-z]+[a-z_.]*[._]$`)

// pattern is a sum of texts as a regular expression, in which what is no literal is anything without a
// dot; empty where it does not begin as a key does.
func pattern(e *ast.BinaryExpr) string {
	parts := sum(e)
	if !keyBegins.MatchString(literalOf(parts[0])) {
		return ""
	}
	p := strings.Builder{}
	p.WriteString("^")
	for _, part := range parts {
		if s := literalOf(part); s != "" {
			p.WriteString(regexp.QuoteMeta(s))
		} else {
			p.WriteString("[^.]*")
		}
	}
	p.WriteString("$")
	return p.String()
}

// sum is the parts of a + b + c.
func sum(e ast.Expr) []ast.Expr {
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op == token.ADD {
		return append(sum(b.X), sum(b.Y)...)
	}
	return []ast.Expr{e}
}

func literalOf(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok {
		return literal(l)
	}
	return ""
}

// literal is a text as the program has it; empty for a number.
func literal(l *ast.BasicLit) string {
	s, err := strconv.Unquote(l.Value)
	if l.Kind != token.STRING || err != nil {
		return ""
	}
	return s
}
