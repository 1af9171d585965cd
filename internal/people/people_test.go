package people

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/postgres"
	"shtab/internal/postgres/pgtest"
)

// Among 20,000 people every way of looking for somebody goes by an index, and finds them however
// they are spelt.
func TestSearchAmongMany(t *testing.T) {
	t.Parallel()
	db, ctx := pgtest.Pool(t), t.Context()
	_, err := db.Exec(ctx,
		`insert into person (email, given_name, family_name, birth_date, phone, calendar_token, joined_at)
		select 'x' || i || '@shtab.test', (array['Айдана', 'Нұрлан', 'Ержан', 'Гүлнар', 'Динара'])[i % 5 + 1],
			(array['Ахметова', 'Смагулов', 'Жұмабаев', 'Иванова', 'Ким', 'Оспанов', 'Тілеубаева'])[i % 7 + 1]
				|| substr(md5(i::text), 1, 3),
			'1990-01-01', '+7701' || lpad(i::text, 7, '0'), 'x' || i, now() - make_interval(mins => i)
		from generate_series(1, 20000) i`)
	if err != nil {
		t.Fatal(err)
	}
	var who int64
	err = db.QueryRow(ctx, `insert into person (email, given_name, family_name, phone, calendar_token, joined_at)
		values ('aliya@shtab.test', 'Әлия', 'Қожахметқызы', '+77779998877', 'a', now() - interval '1 year')
		returning id`).Scan(&who)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(ctx, `vacuum analyze person`); err != nil {
		t.Fatal(err)
	}
	s := NewStore(db, nil, nil, nil)
	staff := account.Actor{PersonID: who, Role: account.Staff}
	for _, text := range []string{
		"Қожахметқызы", "кожахметкызы алия", "Алия Кожахмет", "Кожахметкизы",
		"Әлия Қожахметқизы", "ALIYA@shtab.test", "aliya", "8 (777) 999-88-77", "+77779998877", "7779998877",
	} {
		q := Query{Text: text}
		began := time.Now()
		found, _, err := s.Search(ctx, staff, q, 0)
		if err != nil || len(found) == 0 || found[0].ID != who {
			t.Errorf("%q finds %d people: %v", text, len(found), err)
		}
		t.Logf("%q: %v", text, time.Since(began).Round(10*time.Microsecond))
		sql, args := q.statement(0)
		indexed(t, db, sql, args)
		if args["w0"] != "" {
			indexed(t, db, q.closest(), args)
		}
	}
	sql, args := Query{}.statement(0)
	indexed(t, db, sql, args)
}

// indexed fails the test when a statement reads all people.
func indexed(t *testing.T, db postgres.DB, sql string, args pgx.StrictNamedArgs) {
	t.Helper()
	rows, _ := db.Query(t.Context(), "explain "+sql, postgres.Pick(sql, args))
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if all := strings.Join(plan, "\n"); err != nil || strings.Contains(all, "Seq Scan on person") {
		t.Errorf("%v: %v\n%s", args["text"], err, all)
	}
}

// A closed account's e-mail goes once the letter about it has had a day; others keep theirs.
func TestClearMerged(t *testing.T) {
	t.Parallel()
	db, ctx, now := pgtest.Pool(t), t.Context(), time.Date(2026, 11, 18, 5, 0, 0, 0, time.UTC)
	_, err := db.Exec(ctx,
		`insert into person (email, password_hash, phone, given_name, family_name, calendar_token, joined_at)
		select n || '@shtab.test', 'x', '+77011234567', n, '', n, $1::timestamptz
		from unnest('{kept,old,new}'::text[]) n`, now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(ctx, `with f as (update person set merged_into = (select id from person where given_name = 'kept')
		where given_name <> 'kept' returning id, given_name)
		insert into person_note (person_id, kind, words, by_id, at)
		select id, 'merge', 'x', id, $1::timestamptz - case given_name when 'old' then interval '25 hours'
		else interval '23 hours' end from f`, now)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := NewStore(db, nil, nil, nil).ClearMerged(ctx, now); err != nil {
			t.Fatal(err)
		}
	}
	var left string
	err = db.QueryRow(ctx, `select string_agg(given_name, ' ' order by given_name) from person where email is not null
		and phone is not null and password_hash is not null`).Scan(&left)
	if err != nil || left != "kept new" {
		t.Errorf("%q keep their e-mail: %v", left, err)
	}
}
