package internal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var ours = regexp.MustCompile(`\.(go|templ|sql)$`)

// unbroken is what a long line may end with or hold: a text, pattern, picture or tag that cannot be broken.
var unbroken = regexp.MustCompile("[\"`'][^\"`]{40,}|[^\"`]{40,}[\"`]")

// TestLinesAreShort checks that lines stay under 120 characters, a tab being four, where they can be broken.
func TestLinesAreShort(t *testing.T) {
	files := 0
	for _, floor := range floors {
		err := filepath.WalkDir(filepath.Join("..", floor), func(name string, _ os.DirEntry, err error) error {
			if err != nil || strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "schema.sql") ||
				!ours.MatchString(name) {
				return err
			}
			text, err := os.ReadFile(name)
			files++
			n := 0
			for line := range strings.Lines(string(text)) {
				n++
				line = strings.TrimRight(line, "\n")
				width := utf8.RuneCountInString(line) + 3*strings.Count(line, "\t")
				if width >= 120 && !unbroken.MatchString(line) {
					t.Errorf("%s:%d has %d characters", name, n, width)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 500 {
		t.Errorf("only %d files were read", files)
	}
}
