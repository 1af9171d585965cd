package portaltest

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"shtab/internal/poll"
)

// guardianLink is the link of a guardian's page, as a mail has it.
var guardianLink = regexp.MustCompile(`/(?:kk|ru|en)/guardian/([A-Za-z0-9_-]{43})`)

// GuardianToken is the token of the guardian's page in a mail; empty where there is none.
func GuardianToken(mail string) string {
	if m := guardianLink.FindStringSubmatch(mail); m != nil {
		return m[1]
	}
	return ""
}

// Family is a volunteer under age, signed up for a shift, and a guardian who is asked.
type Family struct {
	*Server
	Child         int64
	ChildEmail    string
	Me            *Browser // the child's
	Event, Shift  int64
	GuardianEmail string
	Page          string // the address of the guardian's page, from the mail
}

// FamilyOf is one whose child has this e-mail and age and is not signed up yet, for a shift.
func (h *Server) FamilyOf(email string, age int, guardian string, event, shift int64) *Family {
	h.T.Helper()
	f := &Family{Server: h, ChildEmail: email, GuardianEmail: guardian, Event: event, Shift: shift}
	f.Child = h.Person(email, age)
	f.Me = h.As(f.Child)
	return f
}

// NewFamily is a volunteer of fifteen, signed up for a new event with so many places and awaiting
// consent, and their mother, who has been asked.
func (h *Server) NewFamily(t testing.TB, w World, capacity int) *Family {
	t.Helper()
	email := func() string { return strings.ToLower(rand.Text()[:8]) + "@shtab.test" }
	event, shift := h.Event(w, h.Morning(4), capacity)
	f := h.FamilyOf(email(), 15, email(), event, shift)
	f.Join()
	f.Ask()
	return f
}

// GuardianForm names the guardian, as the child's page sends it.
func (f *Family) GuardianForm() url.Values {
	return url.Values{
		"name": {"Гүлнар Серікқызы"}, "relation": {"mother"}, "email": {f.GuardianEmail}, "lang": {"ru"},
	}
}

// Ask names the guardian and waits for the mail with the link.
func (f *Family) Ask() {
	f.T.Helper()
	f.Me.Post("/ru/me/guardian", f.GuardianForm()).WantRedirect(f.T, "/ru/me/guardian")
	f.Page = f.MailedPage("guardian_ask")
}

// Other is a second guardian of the same child, who has been asked too.
func (f *Family) Other() *Family {
	f.T.Helper()
	other := *f
	other.GuardianEmail = "other-" + f.GuardianEmail
	form := other.GuardianForm()
	form.Set("name", "Серік Ахметов")
	form.Set("relation", "father")
	f.Me.Post("/ru/me/guardian", form)
	other.Page = other.MailedPage("guardian_ask")
	return &other
}

// MailedPage is the guardian's page in the newest mail of a kind.
func (f *Family) MailedPage(kind string) string {
	f.T.Helper()
	token := GuardianToken(f.Mail(kind, f.GuardianEmail))
	if token == "" {
		f.T.Fatal("the mail holds no link")
	}
	return "/ru/guardian/" + token
}

// Join signs the child up, which leads to the page that asks for a guardian.
func (f *Family) Join() {
	f.T.Helper()
	f.Me.Post(Path("/ru/shifts/%d/signup", f.Shift), url.Values{}).WantRedirect(f.T, "/ru/me/guardian")
}

// JoinAgain signs the child up where that leads elsewhere: a second time, or with consent.
func (f *Family) JoinAgain() {
	f.T.Helper()
	f.Me.Post(Path("/ru/shifts/%d/signup", f.Shift), url.Values{}).Want(f.T, http.StatusSeeOther)
}

// Leave gives the child's sign-up up.
func (f *Family) Leave() {
	f.T.Helper()
	id := f.Count(`select id from signup where person_id = $1 and shift_id = $2`, f.Child, f.Shift)
	f.Me.Post(Path("/ru/signups/%d/cancel", id), url.Values{}).Want(f.T, http.StatusSeeOther)
}

// Code is the code that confirms the guardian's answer.
func (f *Family) Code() (code string) {
	f.T.Helper()
	f.Scan(`select code from guardian_code c join guardian g on g.id = c.guardian_id
		where g.email = $1 and g.person_id = $2`, []any{f.GuardianEmail, f.Child}, &code)
	return code
}

// Choose sends the guardian's answer, which waits for its code then.
func (f *Family) Choose(scope string) {
	f.T.Helper()
	form := url.Values{"scope": {scope}, "name": {"Гүлнар Серікқызы"}}
	f.Browser().Post(f.Page+"/choose", form).Want(f.T, http.StatusSeeOther)
}

// Agree gives the guardian's consent: the answer, and the code for it.
func (f *Family) Agree(scope string) {
	f.T.Helper()
	f.Choose(scope)
	f.Mail("guardian_code", f.GuardianEmail)
	f.Browser().Post(f.Page+"/agree", url.Values{"code": {f.Code()}}).Want(f.T, http.StatusSeeOther)
}

// AgreeToEvent is Agree to the family's event alone.
func (f *Family) AgreeToEvent() {
	f.T.Helper()
	f.Agree(fmt.Sprintf("event-%d", f.Event))
}

// Refuse says no to the family's event.
func (f *Family) Refuse() {
	f.T.Helper()
	f.Browser().Post(f.Page+"/refuse", url.Values{"event": {fmt.Sprint(f.Event)}}).Want(f.T, http.StatusSeeOther)
}

// ExpireHold lets the time run out for which the place is held, and runs the job that ends the hold.
func (f *Family) ExpireHold() {
	f.T.Helper()
	f.Exec(`update signup set hold_until = now() - interval '1 minute' where person_id = $1`, f.Child)
	if err := f.Signups.ExpireHolds(f.T.Context(), f.Now()); err != nil {
		f.T.Fatal(err)
	}
	f.WantState("awaiting_consent")
}

// State is the child's sign-up: its state, with "/held" while its place is held, or "/" and why it was
// cancelled.
func (f *Family) State() (state string) {
	f.T.Helper()
	f.Scan(
		`select state || coalesce('/' || cancel_cause, '') || case when hold_until is not null then '/held' else '' end
		from signup where person_id = $1 and shift_id = $2`, []any{f.Child, f.Shift}, &state)
	return state
}

// WantState ends the test unless the child's sign-up is in this State.
func (f *Family) WantState(want string) {
	f.T.Helper()
	if got := f.State(); got != want {
		f.T.Fatalf("the sign-up is %s, not %s", got, want)
	}
}

// WantMails waits for n mails of a kind to somebody and for the jobs under way, and fails the test
// when there are more or fewer.
func (h *Server) WantMails(kind, to string, n int) {
	h.T.Helper()
	kept := func() int {
		return h.Count(`select count(*) from outbox_mail where kind = $1 and recipient = $2`, kind, to)
	}
	poll.Until(h.T, "no mail is under way", func() bool {
		return kept() >= n && h.Count(`select count(*) from river_job
			where kind = 'mail' and state not in ('completed', 'cancelled', 'discarded')`) == 0
	})
	if got := kept(); got != n {
		h.T.Errorf("%d mails %s to %s, not %d", got, kind, to, n)
	}
}
