package campaign_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"shtab/internal/campaign"
	"shtab/internal/i18n"
)

// filled is details in which every field holds something.
func filled() campaign.Details {
	from, to := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	text := func(s string) i18n.Text { return i18n.Text{KK: s + " kk", RU: s + " ru", EN: s + " en"} }
	return campaign.Details{
		OrgID: 1, Name: text("name"), Summary: text("summary"), Body: text("body"), StartsOn: &from, EndsOn: &to,
		Colour: "plum", Emblem: "star", Goals: []campaign.Goal{
			{Kind: "events", Target: 3},
			{Kind: "hours", Target: 5},
		}, Invited: []int64{2},
	}
}

// Every field of the type is declared, but whose the campaign is, which is fixed: a change of it alone is
// one difference.
func TestEveryFieldIsDeclared(t *testing.T) {
	full, declared, form := filled(), map[string]bool{}, campaign.Form()
	for i := range reflect.TypeFor[campaign.Details]().NumField() {
		var one campaign.Details
		name := reflect.TypeOf(one).Field(i).Name
		value := reflect.ValueOf(full).Field(i)
		if value.IsZero() {
			t.Errorf("this test fills no %s", name)
		}
		reflect.ValueOf(&one).Elem().Field(i).Set(value)
		diff := form.Diff(&one, &campaign.Details{})
		if len(diff) != 1 && name != "OrgID" {
			t.Errorf("%s is in %d declared fields: %v", name, len(diff), diff)
		}
		for _, d := range diff {
			declared[d] = true
		}
	}
	for _, f := range form {
		if !declared[f.Name] {
			t.Errorf("%s is declared and holds nothing", f.Name)
		}
	}
	values := form.Show(&full, time.UTC)
	again, wrong := form.Read(func(input string) string { return values[input] }, time.UTC)
	again.Invited = full.Invited // the form's own
	if diff := form.Diff(&again, &full); len(wrong)+len(diff) > 0 {
		t.Errorf("the form loses %v, %v", diff, wrong)
	}
}

// What is created and saved holds every field.
func TestEveryFieldIsWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	full := filled()
	full.OrgID, full.Invited = w.ours, []int64{w.theirs}
	id, err := w.store.Create(t.Context(), w.us, full, "k", now)
	if err != nil {
		t.Fatal(err)
	}
	draft := campaign.Details{OrgID: w.ours, Name: full.Name, Colour: "sky", Emblem: "sun"}
	other, err := w.store.Create(t.Context(), w.us, draft, "l", now)
	if err == nil {
		err = w.store.Save(t.Context(), w.us, other, 1, full, now)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{id, other} {
		c, err := w.store.Get(t.Context(), w.us, id)
		full.Invited = c.Invited
		if diff := campaign.Form().Diff(&c.Details, &full); err != nil || len(diff) > 0 ||
			!slices.Equal(c.Invited, []int64{w.theirs}) {
			t.Errorf("not written: %v, %v", diff, err)
		}
	}
}
