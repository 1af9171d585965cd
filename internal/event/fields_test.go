package event_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/event"
	"shtab/internal/event/eventtest"
	"shtab/internal/postgres"
)

// Every field of the type is declared: a change of it alone is one difference, by its name.
func TestEveryFieldIsDeclared(t *testing.T) {
	full := eventtest.Filled("full", 1, 2, 3, "2026-12-10")
	declared := map[string]bool{}
	for i := range reflect.TypeFor[event.Details]().NumField() {
		var one event.Details
		name := reflect.TypeOf(one).Field(i).Name
		reflect.ValueOf(&one).Elem().Field(i).Set(reflect.ValueOf(full).Field(i))
		diff := one.Diff(event.Details{})
		if len(diff) != 1 {
			t.Errorf("%s is in %d declared fields: %v", name, len(diff), diff)
		}
		for _, d := range diff {
			declared[d] = true
		}
	}
	seen := map[string]bool{}
	for _, f := range event.Fields {
		if !declared[f.Name] {
			t.Errorf("%s is declared and holds nothing", f.Name)
		}
		for _, name := range append(f.Inputs, "column "+f.Name) {
			if seen[name] {
				t.Errorf("%s is declared twice", name)
			}
			seen[name] = true
		}
		if f.Label == "" {
			t.Errorf("%s has no label", f.Name)
		}
		if f.Mailed && f.Text == nil && f.Name != "shifts" {
			t.Errorf("%s is mailed, and a message tells of texts and times alone", f.Name)
		}
		if len(f.Columns) == 0 && f.Name != "shifts" && f.Name != "cohosts" {
			t.Errorf("%s is not stored", f.Name)
		}
	}
}

// A form that is sent back as it was shown says the same.
func TestFormHoldsEveryField(t *testing.T) {
	zone := astana(t).Location()
	full := eventtest.Filled("full", 1, 2, 3, "2026-12-10")
	values := event.Form().Show(&full, zone)
	again, wrong := event.Form().Read(func(input string) string { return values[input] }, zone)
	if len(wrong) > 0 {
		t.Error(wrong)
	}
	again.Slots, again.Cohosts = full.Slots, full.Cohosts // the form's own
	if diff := full.Diff(again); len(diff) > 0 {
		t.Errorf("the form loses %v", diff)
	}
	if empty, wrong := event.Form().Read(func(string) string { return "" },
		zone); len(wrong)+len(empty.Diff(event.Details{})) > 0 {
		t.Errorf("an empty form says %+v, %v", empty, wrong)
	}
}

// Whatever writes an event writes every field: a draft, its change, its copies, a series, what comes from a
// file, and what the headquarters saw.
func TestEveryFieldIsWritten(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t).people(), context.Background()
	full := eventtest.Filled("full", 1, d.own, 2, "2026-12-10")
	dated := []string{"shifts", "signup_opens_at", "signup_closes_at"}
	for _, f := range event.Fields {
		if f.Dated != slices.Contains(dated, f.Name) {
			t.Errorf("%s: dated is %v", f.Name, f.Dated)
		}
	}
	check := func(what string, id int64, err error, but ...string) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		e, err := d.store.Get(ctx, d.jastar, id)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, name := range e.Diff(full) {
			if !slices.Contains(but, name) {
				t.Errorf("%s does not write %s", what, name)
			}
		}
	}

	if err := postgres.InTx(ctx, d.db, func(tx pgx.Tx) error {
		_, err := d.store.Import(ctx, tx, d.jastar, 1, []event.Imported{{Details: full, Key: "file"}}, false, d.now)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	check("a file", d.ids(`select id from event where import_key = 'file'`)[0], nil, "cohosts") // a file has none

	id, err := d.store.Create(ctx, d.jastar, full, "", d.now)
	check("a draft", id, err)
	saved := d.create(d.jastar, d.plan())
	check("a saved draft", saved, d.store.Save(ctx, d.jastar, saved, 1, full, d.now))
	made, err := d.store.Duplicate(ctx, d.jastar, id, "copy", d.now)
	check("a copy", made, err, dated...)

	_, err = d.store.Publish(ctx, d.jastar, id, 0, d.now)
	check("what is published", id, err, "shifts")
	weekly := event.Recurrence{Weeks: 1, Days: []time.Weekday{time.Thursday}, Until: "2026-12-17"}
	series, err := d.store.Repeat(ctx, d.jastar, id, 2, weekly, []string{"2026-12-17"}, true, "series", d.now)
	if err != nil {
		t.Fatal(err)
	}
	check("a series", d.ids(`select id from event where series_id = $1 and id <> $2`, series, id)[0], nil, dated...)

	var seen event.Details
	text, err := json.Marshal(full)
	if err == nil {
		err = json.Unmarshal(text, &seen)
	}
	if diff := seen.Diff(full); err != nil || len(diff) > 0 {
		t.Errorf("what the headquarters saw loses %v, %v", diff, err)
	}
}
