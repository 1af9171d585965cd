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

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/web/locale"
)

// The verbs, objects and fields that the sources give to the audit; what is put together of parts is named
// here.
var (
	verbPattern = regexp.MustCompile(
		`(?:Verb: |now, |actor, h, |actor, b, version, e, |formKey, |ctx, tx, )"([a-z_]+\.[a-z_]+)"` +
			`|'((?:event|signup)\.[a-z]+)', '(?:event|signup)'`)
	objectPattern = regexp.MustCompile(`Object: "([a-z_]+)"`)
	// Also those that a form compares with what it was: differs("title", ...), {"title", h.Title != ...}.
	fieldPattern = regexp.MustCompile(`(?m)Fields: +\[\]string\{("[^}]+)\}|(?:differs|note)\("([a-z_]+)", ` +
		`|^\t\t\{"([a-z_]+)", [^"{]*(?:!=|Equal)`)
	word = regexp.MustCompile(`[a-z_]+`)

	otherVerbs = []string{
		"attendance.check_in", "attendance.undo", "campaign.published", "campaign.archived",
		"org.activate", "org.trust", "org.pause", "org.close", "account.end_session", "account.end_sessions",
		"factor.add", "factor.remove", "factor.reset", "factor.recover", "factor.new_codes",
	}
	otherFields = []string{
		"totp", "passkey", "factor", "recovery_code", "registration", "guardian", "retired",
		"cohosts",
	}
)

// auditWords finds what the sources give to the audit.
func auditWords(t *testing.T) (verbs, objects, fields []string) {
	t.Helper()
	verbs, fields = slices.Clone(otherVerbs), slices.Clone(otherFields)
	for _, f := range event.Form() {
		fields = append(fields, f.Name)
	}
	for _, d := range declarations {
		verbs = append(verbs, "export."+string(d.kind))
	}
	for _, root := range []string{"..", "../../web"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			source := string(b)
			if strings.Contains(source, "iffers(") || strings.Contains(source, "audit.Entry") {
				for _, m := range fieldPattern.FindAllStringSubmatch(source, -1) {
					fields = append(fields, word.FindAllString(m[1]+m[2]+m[3], -1)...)
				}
			}
			if !strings.Contains(source, "audit") {
				return nil
			}
			for _, m := range verbPattern.FindAllStringSubmatch(source, -1) {
				verbs = append(verbs, m[1]+m[2])
			}
			for _, m := range objectPattern.FindAllStringSubmatch(source, -1) {
				objects = append(objects, m[1])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, list := range []*[]string{&verbs, &objects, &fields} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return verbs, objects, fields
}

// Every verb, object and field that the code writes into the audit has words in three languages.
func TestAuditHasWords(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load(locale.FS, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	verbs, objects, fields := auditWords(t)
	if len(verbs) < 50 || len(objects) < 12 || len(fields) < 50 {
		t.Fatalf("only %d verbs, %d objects and %d fields found", len(verbs), len(objects), len(fields))
	}
	for _, l := range i18n.Langs {
		p := texts.For(l)
		for _, v := range verbs {
			if s := VerbText(p, v); s == "" || strings.HasPrefix(s, "audit.verb") {
				t.Errorf("%s: %s has no words", l, v)
			}
		}
		for _, f := range fields {
			if s := FieldTexts(p, []string{f}); s == "" || s == f && l != i18n.EN || strings.Contains(s, ".") {
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
