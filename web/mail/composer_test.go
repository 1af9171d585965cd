package mail

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

func TestDeclarations(t *testing.T) {
	if _, err := index(outbox.Kinds(), kinds()); err != nil {
		t.Fatal(err)
	}
	for name, declared := range map[string][]kind{
		"one is missing":     kinds()[1:],
		"one is there twice": append(kinds(), kinds()[0]),
		"one is of no kind":  append(kinds(), kind{name: "nonsense", complete: true}),
		"one is half": append(kinds()[1:], declaration[outbox.Recipient]{
			Kind: kinds()[0].name, Load: loadRecipient, Holds: stillSo[outbox.Recipient],
		}.kind()),
	} {
		if _, err := index(outbox.Kinds(), declared); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for _, kind := range outbox.Kinds() {
		u, ok := Urgencies()[kind]
		want := outbox.Ordinary
		switch {
		case slices.Contains([]outbox.Kind{outbox.RegisterCode, outbox.GuardianCode, outbox.EmailCode}, kind):
			want = outbox.Code
		case kind == outbox.PasswordReset:
			want = outbox.Link
		}
		if !ok || u != want {
			t.Errorf("%s: urgency %d, want %d", kind, u, want)
		}
	}
}

// TestAnUnknownKindIsAnError: a message of a kind that nobody has declared is not dropped.
func TestAnUnknownKindIsAnError(t *testing.T) {
	f := newFixture(t)
	person, signup := f.signup(i18n.KK, "confirmed")
	m := outbox.Message{Kind: "nonsense", PersonID: person, SubjectID: signup}
	_, err := f.Compose(t.Context(), m, now)
	if err == nil || errors.As(err, new(outbox.NoLonger)) || !strings.Contains(err.Error(), "nonsense") {
		t.Error(err)
	}
	if err := f.Follow(t.Context(), m, now); err == nil {
		t.Error("followed")
	}
}

func TestAChangeTellsOnlyWhatChanged(t *testing.T) {
	f := newFixture(t)
	person, signup := f.signup(i18n.RU, "confirmed")
	var title, place i18n.Text
	var same outbox.Was
	if err := f.pool.QueryRow(t.Context(), `select title, place, starts_at, ends_at from event`).
		Scan(&title, &place, &same.StartsAt, &same.EndsAt); err != nil {
		t.Fatal(err)
	}
	mail := func(change func(*outbox.Was)) (string, bool) {
		was := same
		was.Texts = map[string]i18n.Text{"title": title, "place": place}
		change(&was)
		got, ok := f.compose(outbox.Message{Kind: outbox.EventChanged, PersonID: person, SubjectID: signup, Was: &was})
		return got.Text, ok
	}
	if s, ok := mail(func(w *outbox.Was) { w.Texts["place"] = i18n.Text{RU: "Парк"} }); !ok ||
		!strings.Contains(s, "Где: Парк → Центральная набережная") || strings.Count(s, "→") != 1 {
		t.Error(ok, s)
	}
	if s, ok := mail(func(w *outbox.Was) { w.StartsAt = w.StartsAt.Add(-time.Hour) }); !ok ||
		strings.Count(s, "→") != 1 ||
		!strings.Contains(s, "Когда: 6 июня, суббота, 09:00–13:00 → 6 июня, суббота, 10:00–13:00") {
		t.Error(ok, s)
	}
	if s, ok := mail(func(w *outbox.Was) { // one shift of several has moved
		w.ShiftStartsAt, w.ShiftEndsAt = w.StartsAt, w.EndsAt.Add(-time.Hour)
	}); !ok || !strings.Contains(s, "10:00–12:00 → 6 июня, суббота, 10:00–13:00") {
		t.Error(ok, s)
	}
	if s, ok := mail(func(w *outbox.Was) { // another shift has
		w.ShiftStartsAt, w.ShiftEndsAt = w.StartsAt, w.EndsAt
		w.StartsAt = w.StartsAt.Add(-time.Hour)
	}); ok {
		t.Error("a mail about somebody else's shift: ", s)
	}
	if s, ok := mail(func(*outbox.Was) {}); ok {
		t.Error("a mail about no change: ", s)
	}
	if s, ok := mail(func(w *outbox.Was) {
		w.Texts["title"] = i18n.Text{
			KK: title.KK, RU: title.RU,
			EN: "Another",
		}
	}); ok {
		t.Error("a Russian reader is told of an English correction: ", s)
	}
}

func TestAMessageThatIsNoLongerSoIsDropped(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		name  string
		kind  outbox.Kind
		state string
		then  string // $1 is the sign-up, $2 the person
	}{
		{"cancelled since", outbox.SignupConfirmed, "confirmed", `
			update signup set state = 'cancelled', cancel_cause = 'self' where id = $1 and person_id = $2`},
		{"still waiting", outbox.SignupPromoted, "waitlisted", ``},
		{"confirmed since", outbox.SignupWaiting, "waitlisted", `
			update signup set state = 'confirmed', queue_no = null where id = $1 and person_id = $2`},
		{"in again", outbox.SignupCancelled, "confirmed", ``},
		{"erased", outbox.Reminder, "confirmed", `
			update person set erased_at = now(), email = null where id = $2 and $1 > 0`},
		{"somebody else's", outbox.Reminder, "confirmed", `
			with p as (
				insert into person (given_name, family_name, calendar_token, joined_at) values ('A', 'B', 'c', now())
					returning id)
			update signup set person_id = p.id from p where signup.id = $1 and $2 > 0`},
		{"not cancelled after all", outbox.EventCancelled, "confirmed", ``},
		{"other outcome", outbox.HoursNoShow, "confirmed", ``},
		{"held again", outbox.HoldExpired, "awaiting_consent", ``},
		{"gone", outbox.SignupConfirmed, "confirmed", `delete from signup where id = $1 and person_id = $2`},
		{"event cancelled", outbox.SignupConfirmed, "confirmed", `
			update event set state = 'cancelled' where $1 > 0 and $2 > 0`},
	} {
		person, signup := f.signup(i18n.KK, c.state)
		if c.then != "" {
			f.exec(c.then, signup, person)
		}
		if m, ok := f.compose(outbox.Message{Kind: c.kind, PersonID: person, SubjectID: signup}); ok {
			t.Errorf("%s: sent %q", c.name, m.Subject)
		}
	}
	for _, kind := range []outbox.Kind{
		outbox.PasswordReset, outbox.RegisterCode, outbox.EmailCode, outbox.EmailChanged, outbox.CoordinatorInvite,
		outbox.FactorReset, outbox.AccountMerged, outbox.OrgState, outbox.EventApproved, outbox.CoordinatorMessage,
	} {
		if m, ok := f.compose(outbox.Message{Kind: kind, PersonID: 404, SubjectID: 404}); ok {
			t.Errorf("%s about nothing says %q", kind, m.Subject)
		}
	}
}

// TestConsentThatIsNoLongerAwaited: what guardians are asked and told ends with the question.
func TestConsentThatIsNoLongerAwaited(t *testing.T) {
	f := newFixture(t)
	person, signup := f.signup(i18n.RU, "awaiting_consent")
	guardian := f.guardian(person, i18n.RU)
	ask, consent := f.ask(guardian), f.consent(person, guardian)
	f.exec(`update signup set state = 'cancelled', hold_until = null, cancel_cause = 'consent' where id = $1`, signup)
	for _, m := range []outbox.Message{
		{Kind: outbox.GuardianAsk, GuardianID: guardian, SubjectID: ask},
		{Kind: outbox.GuardianExpired, GuardianID: guardian, SubjectID: ask},
		{Kind: outbox.GuardianAsk, GuardianID: guardian + 100, SubjectID: ask},
	} {
		if got, ok := f.compose(m); ok {
			t.Errorf("%s: %s", m.Kind, got.Subject)
		}
	}
	f.exec(`update person set birth_date = '2000-01-01' where id = $1`, person)
	if _, ok := f.compose(outbox.Message{Kind: outbox.GuardianReceipt, GuardianID: guardian, SubjectID: consent}); ok {
		t.Error("a mail about somebody of age")
	}
}

// TestTheCalendarFile: a place comes with a calendar file, to the volunteer alone.
func TestTheCalendarFile(t *testing.T) {
	f := newFixture(t)
	person, signup := f.signup(i18n.KK, "confirmed")
	m := outbox.Message{Kind: outbox.SignupConfirmed, PersonID: person, SubjectID: signup}
	got, ok := f.compose(m)
	if !ok {
		t.Fatal("no mail")
	}
	file := string(got.Calendar)
	for _, want := range []string{
		"METHOD:PUBLISH\r\n", "DTSTART:20260606T050000Z\r\n", "DTEND:20260606T080000Z\r\n",
		"SUMMARY:Есіл жағасын тазалау\r\n",
	} {
		if !strings.Contains(file, want) {
			t.Errorf("%q is missing in\n%s", want, file)
		}
	}
	if strings.Count(file, "\n") != strings.Count(file, "\r\n") {
		t.Error("a bare line feed")
	}
	m.GuardianID = f.guardian(person, i18n.KK)
	if got, ok := f.compose(m); !ok || got.Calendar != nil {
		t.Error("a guardian's copy: ", ok, string(got.Calendar))
	}
	m = outbox.Message{Kind: outbox.Reminder, PersonID: person, SubjectID: signup}
	if got, ok := f.compose(m); !ok || got.Calendar != nil {
		t.Error("a reminder: ", ok, string(got.Calendar))
	}
}
