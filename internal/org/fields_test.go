package org_test

import (
	"reflect"
	"testing"
	"time"

	"shtab/internal/field"
	"shtab/internal/i18n"
	"shtab/internal/org"
)

// TestEveryFieldIsDeclared changes each field of what an organisation writes and of what the register
// records: one declared field tells it, the form gives it back, and it has a column.
func TestEveryFieldIsDeclared(t *testing.T) {
	text := func(s string) i18n.Text { return i18n.Text{KK: s + " kk", RU: s + " ru", EN: s + " en"} }
	t.Run("profile", func(t *testing.T) {
		everyField(t, org.ProfileFields, org.Profile{
			Summary: text("summary"), Body: text("body"), Email: "a@b.kz", Phone: "+7 717 200 00 01",
			Links: []string{"https://a.kz"},
		})
	})
	t.Run("register", func(t *testing.T) {
		everyField(t, org.DetailFields, org.Details{
			Kind: org.NGO, Name: text("name"), Summary: text("summary"), Email: "a@b.kz", Phone: "+7 717 200 00 01",
			JoinedOn: time.Date(2020, 2, 29, 0, 0, 0, 0, time.UTC), Documents: "No. 1",
		})
	})
}

func everyField[T any](t *testing.T, fields field.List[T], full T) {
	t.Helper()
	declared := map[string]bool{}
	for i := range reflect.TypeFor[T]().NumField() {
		var one, zero T
		name := reflect.TypeOf(one).Field(i).Name
		if reflect.ValueOf(full).Field(i).IsZero() {
			t.Errorf("this test fills no %s", name)
		}
		reflect.ValueOf(&one).Elem().Field(i).Set(reflect.ValueOf(full).Field(i))
		diff := fields.Diff(&one, &zero)
		if len(diff) != 1 {
			t.Errorf("%s is in %d declared fields: %v", name, len(diff), diff)
		}
		for _, d := range diff {
			declared[d] = true
		}
	}
	for _, f := range fields {
		if !declared[f.Name] || f.Label == "" || len(f.Columns) != 1 {
			t.Errorf("%s: it holds something %t, its label is %q, it has %d columns", f.Name, declared[f.Name],
				f.Label, len(f.Columns))
		}
	}
	values := fields.Show(&full, time.UTC)
	again, wrong := fields.Read(func(input string) string { return values[input] }, time.UTC)
	if diff := fields.Diff(&again, &full); len(wrong)+len(diff) > 0 {
		t.Errorf("the form loses %v, %v", diff, wrong)
	}
}
