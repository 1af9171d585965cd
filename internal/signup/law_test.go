package signup

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/event"
	"shtab/internal/postgres"
)

// lawCase is somebody of an age, with what their guardian said.
type lawCase struct {
	person  int64
	age     int // in years, on the day of the shift
	consent string
}

// TestLawOnEveryPath checks the law's ages, on the day before, on and after the birthday, against
// kinds of event and what a guardian said, on every way to a place and every way to lose one.
// What it expects is written down here once more, in the law's words, not asked of the code.
func TestLawOnEveryPath(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	// hours after noon: ten in the morning; nine in the evening, until eleven and later
	const morning, evening = 22, 33
	day := noon.Add(morning * time.Hour).In(w.city.Location())

	// consents of every kind for an event; -1 stands for the event itself, 1 for another one
	other, _ := w.event(1, morning+240)
	says := map[string]func(person, eventID int64){
		"nothing": func(int64, int64) {},
		"all":     func(p, _ int64) { w.consent(p, 0, false) },
		"this":    func(p, e int64) { w.consent(p, e, false) },
		"another": func(p, _ int64) { w.consent(p, other, false) },
		"along":   func(p, e int64) { w.consent(p, e, true) },
	}
	kinds := []string{"open", "adults", "16+", "night"}
	// law is what may become of somebody: a place, a wait for the guardian, or nothing.
	law := func(kind string, c lawCase) State {
		agreed := c.consent == "all" || c.consent == "this" || c.consent == "along"
		switch {
		case kind == "adults" && c.age < 18, kind == "16+" && c.age < 16:
			return Cancelled
		case kind == "night" && c.age < 18 && c.consent != "along", c.age < 16 && !agreed:
			return AwaitingConsent
		default:
			return Confirmed
		}
	}
	// people are one for each age, day and word of a guardian, about the event.
	people := func(eventID int64) (cases []lawCase) {
		for age := 12; age <= 18; age++ {
			for _, later := range []int{-1, 0, 1} { // the birthday is so many days after the shift's
				years := age
				if later > 0 {
					years--
				}
				for consent, say := range says {
					c := lawCase{
						w.id(
							`insert into person (email, given_name, family_name, birth_date, calendar_token, joined_at)
						values (gen_random_uuid()::text || '@shtab.test', 'Айдана', 'Т', $1, gen_random_uuid()::text,
							$2) returning id`,
							time.Date(day.Year()-age, day.Month(), day.Day()+later, 0, 0, 0, 0, time.UTC), noon),
						years,
						consent,
					}
					say(c.person, eventID)
					cases = append(cases, c)
				}
			}
		}
		return cases
	}
	rules := func(kind string, eventID, shift int64) {
		switch kind {
		case "adults":
			w.exec(`update event set adults_only = 'hazard' where id = $1`, eventID)
		case "16+":
			w.exec(`update event set min_age = 16 where id = $1`, eventID)
		case "night":
			w.exec(`update shift set starts_at = $2, ends_at = $3 where id = $1`, shift, noon.Add(evening*time.Hour),
				noon.Add((evening+3)*time.Hour))
			w.exec(`update event set starts_at = $2, ends_at = $3 where id = $1`, eventID, noon.Add(evening*time.Hour),
				noon.Add((evening+3)*time.Hour))
		}
	}
	put := func(shift int64, state State, cases []lawCase) {
		for _, c := range cases {
			w.exec(
				`insert into signup (shift_id, person_id, during, state, queue_no, hold_until, ticket, created_at,
					changed_at)
				select id, $2, during, $3, case when $3 = 'waitlisted' then nextval('signup_queue') end, null,
					gen_random_uuid()::text, $4, $4 from shift where id = $1`,
				shift, c.person, state, noon)
		}
	}
	const many = 1000
	for _, kind := range kinds {
		paths := map[string]func(t *testing.T) (int64, []lawCase, func(lawCase) State){
			"sign-up": func(t *testing.T) (int64, []lawCase, func(lawCase) State) {
				e, s := w.event(many, morning)
				rules(kind, e, s[0])
				cases := people(e)
				for _, c := range cases {
					if _, err := w.store.Join(w.ctx, as(c.person), s[0], noon); err != nil {
						t.Fatal(err)
					}
				}
				return s[0], cases, func(c lawCase) State { return law(kind, c) }
			},
			"coordinator": func(t *testing.T) (int64, []lawCase, func(lawCase) State) {
				e, s := w.event(many, morning)
				rules(kind, e, s[0])
				cases := people(e)
				for _, c := range cases {
					if _, err := w.store.AddPerson(w.ctx, w.host, s[0], c.person, noon); err != nil {
						t.Fatal(err)
					}
				}
				return s[0], cases, func(c lawCase) State { return law(kind, c) }
			},
			"queue": func(t *testing.T) (int64, []lawCase, func(lawCase) State) {
				e, s := w.event(1, morning)
				rules(kind, e, s[0])
				cases := people(e)
				put(s[0], Confirmed, []lawCase{{person: w.person(30)}})
				put(s[0], Waitlisted, cases)
				if err := w.store.SetCapacity(w.ctx, w.host, s[0], many, noon); err != nil {
					t.Fatal(err)
				}
				return s[0], cases, func(c lawCase) State {
					if law(kind, c) == Confirmed {
						return Confirmed
					}
					return Waitlisted // passed over
				}
			},
			"change": func(t *testing.T) (int64, []lawCase, func(lawCase) State) {
				e, s := w.event(many, morning)
				cases := people(e)
				put(s[0], Confirmed, cases)
				to := w.change(e)
				switch kind {
				case "adults":
					to.AdultsOnly = event.Hazard
				case "16+":
					to.MinAge = 16
				case "night":
					to.Shifts[0].StartsAt, to.Shifts[0].EndsAt = noon.Add(evening*time.Hour),
						noon.Add((evening+3)*time.Hour)
				default:
					to.MinAge = 1
				}
				shown, err := w.store.Affected(w.ctx, w.host, to, noon)
				if err != nil {
					t.Fatal(err)
				}
				did, err := w.store.ChangeEvent(w.ctx, w.host, to, noon)
				if err != nil {
					t.Fatal(err)
				}
				lose := 0
				for _, c := range cases {
					if law(kind, c) != Confirmed {
						lose++
					}
				}
				if len(shown) != lose || len(did) != lose {
					t.Errorf("%d lose their place, %d were shown before, %d after", lose, len(shown), len(did))
				}
				return s[0], cases, func(c lawCase) State { return law(kind, c) }
			},
			"birthday": func(t *testing.T) (int64, []lawCase, func(lawCase) State) {
				e, s := w.event(many, morning)
				rules(kind, e, s[0])
				cases := people(e)
				put(s[0], Confirmed, cases) // as adults, until the date was corrected
				w.recheck(cases)
				return s[0], cases, func(c lawCase) State { return law(kind, c) }
			},
			"consent": func(t *testing.T) (int64, []lawCase, func(lawCase) State) {
				e, s := w.event(many, morning)
				rules(kind, e, s[0])
				cases := people(e)
				put(s[0], AwaitingConsent, cases) // the word has just come
				w.recheck(cases)
				return s[0], cases, func(c lawCase) State { return law(kind, c) }
			},
			"withdrawal": func(t *testing.T) (int64, []lawCase, func(lawCase) State) {
				e, s := w.event(many, morning)
				rules(kind, e, s[0])
				cases := people(e)
				put(s[0], Confirmed, cases)
				for _, c := range cases {
					w.inTx(func(tx pgx.Tx) error { return w.store.CancelUnconsented(w.ctx, tx, c.person, 0, noon) })
				}
				return s[0], cases, func(c lawCase) State {
					if kind == "night" && c.age < 18 && c.consent != "along" || c.age < 16 &&
						(c.consent == "nothing" || c.consent == "another") {
						return Cancelled
					}
					return Confirmed // nothing but the guardian's word is looked at
				}
			},
		}
		for path, run := range paths {
			t.Run(path+"/"+kind, func(t *testing.T) {
				shift, cases, want := run(t)
				rows, _ := w.db.Query(w.ctx, `select person_id, state from signup where shift_id = $1`, shift)
				states := map[int64]State{}
				var id int64
				var state State
				if _, err := pgx.ForEachRow(rows, []any{&id, &state},
					func() error { states[id] = state; return nil }); err != nil {
					t.Fatal(err)
				}
				for _, c := range cases {
					got, in := states[c.person]
					if !in {
						got = Cancelled
					}
					if got != want(c) {
						t.Errorf("%d years, guardian says %s: %s, want %s", c.age, c.consent, got, want(c))
					}
				}
			})
		}
	}
}

func (w *world) consent(person, eventID int64, along bool) {
	w.Helper()
	w.exec(
		`insert into guardian_consent (person_id, event_id, accompanied, guardian_name, relation, text_version,
			agreed_at)
		values ($1, nullif($2::bigint, 0), $3, 'Г', 'mother', '1', $4)`, person, eventID, along, noon)
}

func (w *world) inTx(do func(pgx.Tx) error) {
	w.Helper()
	if err := postgres.InTx(w.ctx, w.db, do); err != nil {
		w.Fatal(err)
	}
}

func (w *world) recheck(cases []lawCase) {
	w.Helper()
	for _, c := range cases {
		w.inTx(func(tx pgx.Tx) error { return w.store.Recheck(w.ctx, tx, c.person, noon) })
	}
}

// TestConsentMeetsJoining lets a consent come while the same minor signs up, and a birth date be
// corrected likewise: whichever is first, the sign-up knows of it.
func TestConsentMeetsJoining(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	for i := range 100 {
		_, shifts := w.event(5, 22+24*i)
		child := w.person(14)
		done := make(chan error, 2)
		go func() {
			_, err := w.store.Join(w.ctx, as(child), shifts[0], noon)
			done <- err
		}()
		go func() {
			done <- postgres.InTx(w.ctx, w.db, func(tx pgx.Tx) error {
				if _, err := tx.Exec(w.ctx,
					`insert into guardian_consent (person_id, guardian_name, relation, text_version, agreed_at)
					values ($1, 'Г', 'mother', '1', $2)`, child, noon); err != nil {
					return err
				}
				return w.store.Recheck(w.ctx, tx, child, noon)
			})
		}()
		for range 2 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		w.state(child, shifts[0], Confirmed)
		if t.Failed() {
			t.Fatal(fmt.Sprint("in round ", i))
		}
	}
}
