package org_test

import (
	"context"
	"fmt"
	"testing"

	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/postgres/pgtest"
)

// TestListInKazakhOrder checks that organisations are listed by kind, then in Kazakh alphabetical
// order, whatever the language of the page.
func TestListInKazakhOrder(t *testing.T) {
	t.Parallel()
	db, ctx := pgtest.Pool(t), context.Background()
	for i, name := range []string{"Юрта", "Қала", "Ілгері", "Кент", "Әжі", "Арна", "Ғалым"} {
		if _, err := db.Exec(ctx, `insert into org (slug, kind, name, joined_on)
			values ($1, 'ngo', jsonb_build_object('kk', $2::text), '2020-01-01')`, fmt.Sprint("o", i),
			name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(ctx, `insert into org (slug, kind, name, joined_on)
		values ('hq', 'headquarters', '{"kk":"Штаб"}', '2019-01-01'), ('v', 'volunteer_organization', '{"kk":"Я"}',
		'2019-01-01')`); err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Langs {
		orgs, err := org.List(ctx, db, l)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, o := range orgs {
			got += o.Name.KK + " "
		}
		if want := "Штаб Я Арна Әжі Ғалым Кент Қала Ілгері Юрта "; got != want {
			t.Errorf("%s:\n got %s\nwant %s", l, got, want)
		}
	}
	if _, err := org.BySlug(ctx, db, "nothing"); fault.Of(err) != fault.KindNotFound {
		t.Errorf("a missing organisation: %v", err)
	}
}
