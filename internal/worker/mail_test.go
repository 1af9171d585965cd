package worker

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"shtab/internal/account"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

func contains(s string, part string) bool { return strings.Contains(s, part) }

var titles = map[i18n.Lang]string{i18n.KK: "Есіл жағасын тазалау", i18n.RU: "Уборка берега Есиля", i18n.EN: "Cleaning the Yesil bank"}

var address = regexp.MustCompile(`https?://[^\s"<]+`)

// readable fails when a mail is not fit to be read.
func readable(t *testing.T, m outbox.KeptMail) {
	t.Helper()
	for part, s := range map[string]string{"subject": m.Subject, "text": m.TextBody, "html": m.HTMLBody} {
		if strings.TrimSpace(s) == "" {
			t.Errorf("%s %s: empty %s", m.Kind, m.Lang, part)
		}
		for _, bad := range []string{"{{", "<no value>", "mail.common", "mail." + string(m.Kind), "mail.already", "%!"} {
			if contains(s, bad) {
				t.Errorf("%s %s: the %s holds %q:\n%s", m.Kind, m.Lang, part, bad, s)
			}
		}
		for _, link := range address.FindAllString(s, -1) {
			if !strings.HasPrefix(link, base+"/"+string(m.Lang)+"/") {
				t.Errorf("%s %s: a link to %s", m.Kind, m.Lang, link)
			}
		}
	}
	if !contains(m.HTMLBody, `<html lang="`+string(m.Lang)+`"`) {
		t.Errorf("%s %s: the HTML does not say its language", m.Kind, m.Lang)
	}
	if strings.ContainsAny(m.Subject, "\r\n") {
		t.Errorf("%s %s: a line break in the subject", m.Kind, m.Lang)
	}
}

func TestEveryMailInEveryLanguage(t *testing.T) {
	h := newHouse(t)
	was := &outbox.Was{
		Title:    i18n.Text{KK: "Ескі атау", RU: "Старое название", EN: "Old name"},
		StartsAt: time.Date(2026, 6, 5, 4, 0, 0, 0, time.UTC), EndsAt: time.Date(2026, 6, 5, 6, 0, 0, 0, time.UTC),
	}
	cases := []struct {
		kind  outbox.Kind
		state string
		cause string
	}{
		{outbox.SignupConfirmed, "confirmed", ""},
		{outbox.SignupPromoted, "confirmed", ""},
		{outbox.Reminder, "confirmed", ""},
		{outbox.EventChanged, "confirmed", ""},
		{outbox.SignupWaiting, "waitlisted", ""},
		{outbox.SignupAwaiting, "awaiting_consent", ""},
		{outbox.SignupCancelled, "cancelled", "self"},
		{outbox.SignupCancelled, "cancelled", "organiser"},
		{outbox.SignupCancelled, "cancelled", "ineligible"},
		{outbox.SignupCancelled, "cancelled", "consent"},
		{outbox.SignupCancelled, "cancelled", "event"},
		{outbox.HoursAttended, "confirmed", ""},
		{outbox.HoursNoShow, "confirmed", ""},
	}
	seen := map[string]bool{}
	for _, l := range i18n.Langs {
		for _, c := range cases {
			person, signup := h.signup(t, l, c.state)
			m := outbox.Message{Kind: c.kind, PersonID: person, SubjectID: signup, Cause: c.cause}
			if c.kind == outbox.EventChanged {
				m.Was = was
			}
			if o := map[outbox.Kind]string{outbox.HoursAttended: "attended", outbox.HoursNoShow: "no_show"}[c.kind]; o != "" {
				h.exec(t, `insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome, participations, no_shows, minutes, recorded_at)
					select g.id, g.person_id, e.id, e.campaign_id, e.org_id, s.starts_at, $2, 0, 0, 90, now()
					from signup g join shift s on s.id = g.shift_id join event e on e.id = s.event_id where g.id = $1`, signup, o)
			}
			got, ok := h.work(t, m)
			if !ok {
				t.Errorf("%s %s: no mail", c.kind, l)
				continue
			}
			readable(t, got)
			for _, s := range []string{got.Subject, got.TextBody, got.HTMLBody} {
				if !contains(s, titles[l]) {
					t.Errorf("%s %s: the event's title is missing in\n%s", c.kind, l, s)
				}
			}
			if !contains(got.TextBody, "10:00–13:00") {
				t.Errorf("%s %s: not at Astana's time:\n%s", c.kind, l, got.TextBody)
			}
			if seen[got.TextBody] {
				t.Errorf("%s %s %s: the same words as another mail", c.kind, l, c.cause)
			}
			seen[got.TextBody] = true
		}
	}
	h.exec(t, `update event set state = 'cancelled', cancel_reason = '{"kk": "Аяз", "ru": "Мороз", "en": "Frost"}'`)
	for _, l := range i18n.Langs {
		person, signup := h.signup(t, l, "confirmed")
		got, ok := h.work(t, outbox.Message{Kind: outbox.EventCancelled, PersonID: person, SubjectID: signup})
		reason := map[i18n.Lang]string{i18n.KK: "Аяз", i18n.RU: "Мороз", i18n.EN: "Frost"}[l]
		if !ok || !contains(got.TextBody, titles[l]) || !contains(got.TextBody, reason) || !contains(got.HTMLBody, reason) {
			t.Errorf("event_cancelled %s: %v\n%s", l, ok, got.TextBody)
		}
		readable(t, got)

		h.accounts.registrations = map[int64]account.RegistrationMail{
			1: {To: "new@mail.example", Lang: l, GivenName: "http://spam.example", Code: "042137"},
			2: {To: "old@mail.example", Lang: l, GivenName: "http://spam.example", HasAccount: true},
		}
		h.accounts.resets = map[int64]account.ResetMail{1: {To: "old@mail.example", Lang: l, GivenName: "Әлия", Token: "tok-en_1"}}
		for id, want := range map[int64]string{1: "042137", 2: base + "/" + string(l) + "/login"} {
			got, ok := h.work(t, outbox.Message{Kind: outbox.RegisterCode, SubjectID: id})
			if !ok || !contains(got.TextBody, want) || !contains(got.HTMLBody, want) {
				t.Errorf("register_code %d %s: %v\n%s", id, l, ok, got.TextBody)
			}
			readable(t, got)
			if all := got.Subject + got.TextBody + got.HTMLBody; contains(all, "spam") {
				t.Error("what was typed into the form goes to somebody else's address")
			} else if id == 2 && regexp.MustCompile(`\d{6}`).MatchString(got.TextBody) {
				t.Error("a code for an address that has an account")
			}
		}
		got, ok = h.work(t, outbox.Message{Kind: outbox.PasswordReset, SubjectID: 1})
		if want := base + "/" + string(l) + "/password/tok-en_1"; !ok || !contains(got.TextBody, want) || !contains(got.HTMLBody, `href="`+want+`"`) {
			t.Errorf("password_reset %s: %v\n%s", l, ok, got.TextBody)
		}
		readable(t, got)
	}
}

func TestAChangeTellsOnlyWhatChanged(t *testing.T) {
	h := newHouse(t)
	person, signup := h.signup(t, i18n.RU, "confirmed")
	var same outbox.Was
	if err := h.pool.QueryRow(t.Context(), `select title, place, starts_at, ends_at from event`).
		Scan(&same.Title, &same.Place, &same.StartsAt, &same.EndsAt); err != nil {
		t.Fatal(err)
	}
	mail := func(change func(*outbox.Was)) (string, bool) {
		was := same
		change(&was)
		got, ok := h.work(t, outbox.Message{Kind: outbox.EventChanged, PersonID: person, SubjectID: signup, Was: &was})
		return got.TextBody, ok
	}
	if s, ok := mail(func(w *outbox.Was) { w.Place.RU = "Парк" }); !ok || !contains(s, "Где: Парк → Центральная набережная") || strings.Count(s, "→") != 1 {
		t.Error(ok, s)
	}
	if s, ok := mail(func(w *outbox.Was) { w.StartsAt = w.StartsAt.Add(-time.Hour) }); !ok ||
		!contains(s, "Когда: 6 июня, суббота, 09:00–13:00 → 6 июня, суббота, 10:00–13:00") || strings.Count(s, "→") != 1 {
		t.Error(ok, s)
	}
	if s, ok := mail(func(w *outbox.Was) { // one shift of several has moved
		w.ShiftStartsAt, w.ShiftEndsAt = w.StartsAt, w.EndsAt.Add(-time.Hour)
	}); !ok || !contains(s, "10:00–12:00 → 6 июня, суббота, 10:00–13:00") {
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
	if s, ok := mail(func(w *outbox.Was) { w.Title.EN = "Another" }); ok {
		t.Error("a Russian reader is told of an English correction: ", s)
	}
}

func TestAMailThatIsNoLongerSoIsDropped(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		name  string
		kind  outbox.Kind
		state string
		then  string // $1 is the sign-up, $2 the person
	}{
		{"cancelled since", outbox.SignupConfirmed, "confirmed", `update signup set state = 'cancelled', cancel_cause = 'self' where id = $1 and person_id = $2`},
		{"still waiting", outbox.SignupPromoted, "waitlisted", ``},
		{"confirmed since", outbox.SignupWaiting, "waitlisted", `update signup set state = 'confirmed', queue_no = null where id = $1 and person_id = $2`},
		{"in again", outbox.SignupCancelled, "confirmed", ``},
		{"erased", outbox.Reminder, "confirmed", `update person set erased_at = now(), email = null where id = $2 and $1 > 0`},
		{"somebody else's", outbox.Reminder, "confirmed", `
			with p as (insert into person (given_name, family_name, calendar_token, joined_at) values ('A', 'B', 'c', now()) returning id)
			update signup set person_id = p.id from p where signup.id = $1 and $2 > 0`},
		{"not cancelled after all", outbox.EventCancelled, "confirmed", ``},
		{"unknown kind", outbox.Kind("nonsense"), "confirmed", ``},
		{"gone", outbox.SignupConfirmed, "confirmed", `delete from signup where id = $1 and person_id = $2`},
		{"event cancelled", outbox.SignupConfirmed, "confirmed", `update event set state = 'cancelled' where $1 > 0 and $2 > 0`},
	} {
		person, signup := h.signup(t, i18n.KK, c.state)
		if c.then != "" {
			h.exec(t, c.then, signup, person)
		}
		if m, ok := h.work(t, outbox.Message{Kind: c.kind, PersonID: person, SubjectID: signup}); ok {
			t.Errorf("%s: sent %q", c.name, m.Subject)
		}
	}
	if _, ok := h.work(t, outbox.Message{Kind: outbox.PasswordReset, SubjectID: 404}); ok {
		t.Error("a reset for an address without an account sends something")
	}
	if _, ok := h.work(t, outbox.Message{Kind: outbox.RegisterCode, SubjectID: 404}); ok {
		t.Error("a registration that is over sends something")
	}
}

func TestAJobThatRunsTwiceLeavesOneMail(t *testing.T) {
	h := newHouse(t)
	person, signup := h.signup(t, i18n.KK, "confirmed")
	job := &river.Job[outbox.MessageJob]{
		JobRow: &rivertype.JobRow{ID: 7, CreatedAt: now},
		Args:   outbox.MessageJob{Message: outbox.Message{Kind: outbox.SignupConfirmed, PersonID: person, SubjectID: signup}},
	}
	for range 2 {
		if err := h.mails().Work(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := outbox.Kept(t.Context(), h.pool, 10); err != nil || len(found) != 1 {
		t.Error(len(found), err)
	}
}

func TestTheQueueHoldsNoPersonalValues(t *testing.T) {
	h := newHouse(t)
	person, signup := h.signup(t, i18n.KK, "confirmed")
	h.send(t, outbox.Message{Kind: outbox.SignupConfirmed, PersonID: person, SubjectID: signup})
	h.start(t)
	eventually(t, "the mail was kept", func() bool {
		found, err := outbox.Kept(t.Context(), h.pool, 1)
		return err == nil && len(found) == 1
	})
	var n int
	h.row(t, &n, `select count(*) from river_job j, person p
		where position(p.email in j::text) + position(p.given_name in j::text) + position(p.family_name in j::text) > 0`)
	if n > 0 {
		t.Error("a job holds a name or an address")
	}
}

func TestTheCalendarFile(t *testing.T) {
	h := newHouse(t)
	person, signup := h.signup(t, i18n.KK, "confirmed")
	s, ok, err := load(t.Context(), h.pool, outbox.Message{SubjectID: signup, PersonID: person})
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	file := string(h.mails().composer.calendar(s, now))
	for _, want := range []string{"METHOD:PUBLISH\r\n", "DTSTART:20260606T050000Z\r\n", "DTEND:20260606T080000Z\r\n", "SUMMARY:Есіл жағасын тазалау\r\n"} {
		if !contains(file, want) {
			t.Errorf("%q is missing in\n%s", want, file)
		}
	}
	if strings.Count(file, "\n") != strings.Count(file, "\r\n") {
		t.Error("a bare line feed")
	}
}
