package attendance_test

import (
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/attendance"
	"shtab/internal/fault"
)

// TestFullMinutes: a late check-in costs time, rounded up to five minutes in the volunteer's favour.
func TestFullMinutes(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration // of the check-in, after the start; negative for an early one
		want  int
	}{
		{"before the start", -30 * time.Minute, 120},
		{"in the queue", 15 * time.Minute, 120},
		{"late", 16 * time.Minute, 105},
		{"late by whole steps", 20 * time.Minute, 100},
		{"late by a second more", 20*time.Minute + time.Second, 100},
		{"at the last minute", 119 * time.Minute, 5},
		{"after the end", 2 * time.Hour, 120},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := starts.Add(c.after)
			if n := (attendance.Row{StartsAt: starts, EndsAt: ends, CheckedInAt: &at}).FullMinutes(); n != c.want {
				t.Errorf("%d minutes, want %d", n, c.want)
			}
		})
	}
	long := attendance.Row{StartsAt: starts, EndsAt: starts.Add(30 * time.Hour)}
	if n := long.FullMinutes(); n != attendance.MaxMinutes {
		t.Errorf("%d minutes of thirty hours", n)
	}
}

// TestProposed: the check-in decides only where nobody has decided.
func TestProposed(t *testing.T) {
	r := attendance.Row{StartsAt: starts, EndsAt: ends}
	if p := r.Proposed(); p.Outcome != attendance.NoShow || p.Minutes != 0 {
		t.Errorf("not checked in: %s, %d", p.Outcome, p.Minutes)
	}
	r.CheckedInAt = &starts
	if p := r.Proposed(); p.Outcome != attendance.Attended || p.Minutes != 120 {
		t.Errorf("checked in: %s, %d", p.Outcome, p.Minutes)
	}
	r.Outcome = attendance.Excused
	if p := r.Proposed(); p.Outcome != attendance.Excused || p.Minutes != 0 {
		t.Errorf("decided: %s, %d", p.Outcome, p.Minutes)
	}
}

// ledgerRow is one row of the ledger.
type ledgerRow struct {
	outcome                          string
	participations, noShows, minutes int
	reason                           string
}

// ledger is the rows of a sign-up, in their order.
func (w *world) ledger(signupID int64) (rows []ledgerRow) {
	w.Helper()
	found, err := w.db.Query(w.Context(), `
		select outcome, participations, no_shows, minutes, coalesce(reason, '') from ledger
		where signup_id = $1 order by id`, signupID)
	if err != nil {
		w.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var r ledgerRow
		if err := found.Scan(&r.outcome, &r.participations, &r.noShows, &r.minutes, &r.reason); err != nil {
			w.Fatal(err)
		}
		rows = append(rows, r)
	}
	if err := found.Err(); err != nil {
		w.Fatal(err)
	}
	return rows
}

func (w *world) wantLedger(signupID int64, want ...ledgerRow) {
	w.Helper()
	got := w.ledger(signupID)
	if len(got) != len(want) {
		w.Fatalf("ledger: %+v, want %+v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			w.Errorf("row %d of the ledger: %+v, want %+v", i, got[i], want[i])
		}
	}
}

// TestConfirmHours: what is entered counts, then the draft, then the check-in; a second confirmation changes
// nothing.
func TestConfirmHours(t *testing.T) {
	t.Parallel()
	w, ctx, none := newWorld(t), t.Context(), attendance.Results{}
	entered, drafted, came, missed := w.join(), w.join(), w.join(), w.join()
	w.checkIn(w.by(), attendance.CheckInMark{SignupID: came}, starts.Add(30*time.Minute), attendance.CheckedIn, true)

	entries := []attendance.HoursEntry{{SignupID: drafted, Outcome: attendance.Excused}}
	w.wantFault(w.store.SaveHours(ctx, w.host, w.event, entries, none, ends.Add(-time.Second)), fault.KindConflict)
	if err := w.store.SaveHours(ctx, w.host, w.event, entries, none, ends); err != nil {
		t.Fatal(err)
	}
	entries = []attendance.HoursEntry{{SignupID: entered, Outcome: attendance.Attended, Minutes: 75}}
	stranger := account.Actor{PersonID: w.person()}
	_, err := w.store.ConfirmHours(ctx, stranger, w.event, entries, none, ends)
	w.wantFault(err, fault.KindNotFound)
	for i, want := range []bool{true, false} {
		if changed, err := w.store.ConfirmHours(ctx, w.host, w.event, entries, none, ends); err != nil ||
			changed != want {
			t.Errorf("confirmation %d: changed %v, %v", i+1, changed, err)
		}
	}
	w.wantLedger(entered, ledgerRow{"attended", 1, 0, 75, ""})
	w.wantLedger(drafted, ledgerRow{"excused", 0, 0, 0, ""})
	w.wantLedger(came, ledgerRow{"attended", 1, 0, 90, ""})
	w.wantLedger(missed, ledgerRow{"no_show", 0, 1, 0, ""})
	w.wantFault(w.store.SaveHours(ctx, w.host, w.event, entries, none, ends), fault.KindConflict)
}

// TestCorrectHours: a correction is a new row with the difference and the reason.
func TestCorrectHours(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	id := w.join()
	w.checkIn(w.by(), attendance.CheckInMark{SignupID: id}, starts, attendance.CheckedIn, true)
	correct := func(actor account.Actor, outcome attendance.Outcome, minutes int, reason string) (bool, error) {
		m := attendance.HoursEntry{SignupID: id, Outcome: outcome, Minutes: minutes}
		_, changed, err := w.store.CorrectHours(ctx, actor, m, reason, ends.Add(time.Hour))
		return changed, err
	}
	_, err := correct(w.host, attendance.Attended, 90, "before the confirmation")
	w.wantFault(err, fault.KindNotFound)
	if _, err := w.store.ConfirmHours(ctx, w.host, w.event, nil, attendance.Results{}, ends); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		outcome attendance.Outcome
		minutes int
		reason  string
		changed bool
	}{
		{attendance.Attended, 120, "", false}, // as it is: no reason needed
		{attendance.Attended, 90, "left early", true},
		{attendance.Attended, 90, "left early", false},
		{attendance.NoShow, 90, "was somebody else", true},
	} {
		if changed, err := correct(w.host, c.outcome, c.minutes, c.reason); err != nil || changed != c.changed {
			t.Errorf("%s, %d: changed %v, %v", c.outcome, c.minutes, changed, err)
		}
	}
	w.wantLedger(id, ledgerRow{"attended", 1, 0, 120, ""}, ledgerRow{"attended", 0, 0, -30, "left early"},
		ledgerRow{"no_show", -1, 1, -90, "was somebody else"})

	_, err = correct(w.host, attendance.Attended, 60, " ")
	w.wantFault(err, fault.KindInvalid)
	_, err = correct(w.host, attendance.Attended, attendance.MaxMinutes+1, "too long")
	w.wantFault(err, fault.KindInvalid)
	_, err = correct(account.Actor{PersonID: w.person()}, attendance.Attended, 60, "stranger")
	w.wantFault(err, fault.KindNotFound)
}
