package internal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNamedArgumentsAreStrict keeps out the arguments that pass over what a statement does not name: a
// misspelt one, or one that was left behind, has to fail.
func TestNamedArgumentsAreStrict(t *testing.T) {
	const lax = "pgx." + "NamedArgs"
	files := 0
	for _, floor := range floors {
		err := filepath.WalkDir(filepath.Join("..", floor), func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") {
				return err
			}
			text, err := os.ReadFile(path)
			if strings.Contains(string(text), lax) {
				t.Errorf("%s: write pgx.StrictNamedArgs", path)
			}
			files++
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Errorf("only %d files", files)
	}
}
