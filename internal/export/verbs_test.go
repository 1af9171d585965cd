package export

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/web/locale"
)

// written finds the verbs in the sources; those that are put together of parts are named here.
var (
	written = regexp.MustCompile(`(?:Verb: |now, |actor, h, |actor, b, version, e, |formKey, |ctx, tx, )"([a-z_]+\.[a-z_]+)"|'((?:event|signup)\.[a-z]+)', '(?:event|signup)'`)
	parts   = []string{
		"attendance.check_in", "attendance.undo", "campaign.published", "campaign.archived", "org.activate", "org.trust", "org.pause", "org.close",
		"export.audit", "export.register", "export.totals", "export.report",
		"account.end_session", "account.end_sessions", "factor.add", "factor.remove", "factor.reset", "factor.recover", "factor.new_codes",
	}
)

// Every verb that the code writes, and every object, has words in three languages.
func TestVerbsHaveWords(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load(locale.FS, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	verbs, objects := slices.Clone(parts), []string{}
	// Also those that a form compares with what it was: differs("title", ...), {"title", h.Title != ...}.
	fields := []string{"totp", "passkey", "factor", "recovery_code", "registration", "guardian", "retired", "cohosts"}
	field := regexp.MustCompile(`(?m)Fields: +\[\]string\{("[^}]+)\}|(?:differs|note)\("([a-z_]+)", |^\t\t\{"([a-z_]+)", [^"{]*(?:!=|Equal)`)
	object := regexp.MustCompile(`Object: "([a-z_]+)"`)
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), "iffers(") || strings.Contains(string(b), "audit.Entry") {
			for _, m := range field.FindAllStringSubmatch(string(b), -1) {
				fields = append(fields, regexp.MustCompile(`[a-z_]+`).FindAllString(m[1]+m[2]+m[3], -1)...)
			}
		}
		if err != nil || !strings.Contains(string(b), "audit") {
			return err
		}
		for _, m := range written.FindAllStringSubmatch(string(b), -1) {
			verbs = append(verbs, m[1]+m[2])
		}
		for _, m := range object.FindAllStringSubmatch(string(b), -1) {
			objects = append(objects, m[1])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(verbs)
	slices.Sort(objects)
	verbs, objects = slices.Compact(verbs), slices.Compact(objects)
	slices.Sort(fields)
	fields = slices.Compact(fields)
	if len(fields) < 50 {
		t.Fatalf("only %d fields found", len(fields))
	}
	if len(verbs) < 50 || len(objects) < 12 {
		t.Fatalf("only %d verbs and %d objects found", len(verbs), len(objects))
	}
	for _, l := range i18n.Langs {
		p := texts.For(l)
		for _, v := range verbs {
			if s := VerbText(p, v); s == "" || strings.HasPrefix(s, "audit.verb") {
				t.Errorf("%s: %s has no words", l, v)
			}
		}
		for _, f := range fields {
			if s := p.T("audit.field." + f); s == "" || strings.HasPrefix(s, "audit.field") {
				t.Errorf("%s: the field %s has no word", l, f)
			}
		}
		for _, o := range objects {
			if s := p.T("audit.object_name." + o); s == "" || strings.HasPrefix(s, "audit.object") {
				t.Errorf("%s: the object %s has no word", l, o)
			}
		}
	}
}
