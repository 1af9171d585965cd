package portal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/internal/guardian"
	"shtab/internal/i18n"
	"shtab/web/portal/portaltest"
)

// mails waits until n mails of kind have been kept for to, gives a further one the time to
// come, and fails when there are more or fewer.
func (f *family) mails(kind, to string, n int) {
	f.t.Helper()
	kept := func() int {
		return f.h.Count(`select count(*) from outbox_mail where kind = $1 and recipient = $2`, kind, to)
	}
	for range 100 {
		if kept() >= n && f.h.Count(`select count(*) from river_job where kind = 'mail' and state not in ('completed', 'cancelled', 'discarded')`) == 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if got := kept(); got != n {
		f.t.Errorf("%d mails %s to %s, not %d", got, kind, to, n)
	}
}

// signupID is the sign-up of the family's child.
func (f *family) signupID() int {
	return f.h.Count(`select id from signup where person_id = $1 and shift_id = $2`, f.child, f.shift)
}

// leave gives the child's sign-up up.
func (f *family) leave() {
	f.t.Helper()
	if a := f.me.Post(portaltest.Path("/ru/signups/%d/cancel", f.signupID()), url.Values{}); a.Status != http.StatusSeeOther {
		f.t.Fatalf("giving up: %d", a.Status)
	}
}

// expire lets the hold run out and does the periodic job that lets go of it.
func (f *family) expire() {
	f.t.Helper()
	f.h.Exec(`update signup set hold_until = now() - interval '1 minute' where person_id = $1`, f.child)
	if err := f.h.Signups.ExpireHolds(f.t.Context(), time.Now()); err != nil {
		f.t.Fatal(err)
	}
	f.is("awaiting_consent")
}

// father names a second parent and returns the page behind his link.
func (f *family) father() *family {
	f.t.Helper()
	dad := *f
	dad.mother = "dad-of-" + f.email
	f.me.Post("/ru/me/guardian", url.Values{"name": {"Серік Ахметов"}, "relation": {"father"}, "email": {dad.mother}, "lang": {"ru"}})
	dad.parent = "/ru/guardian/" + dad.link("guardian_ask")
	return &dad
}

// TestHoldExpiresOnce holds that volunteer and guardian learn once that a place is no longer
// held, however often the periodic job and the worker come round; and that a new sign-up asks anew.
func TestHoldExpiresOnce(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := newFamily(t, h, h.World(), 5)
	f.expire()
	for range 2 {
		if err := h.Signups.ExpireHolds(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	f.mails("hold_expired", f.email, 1)
	f.mails("guardian_expired", f.mother, 1)
	// The worker tries the volunteer's mail again, as after a failure of the mail server.
	h.Exec(`update river_job set state = 'available', scheduled_at = now(), attempt = 1, finalized_at = null where args ->> 'kind' in ('hold_expired', 'signup_awaiting')`)
	f.mails("guardian_expired", f.mother, 1)
	f.mails("guardian_ask", f.mother, 1)

	// A late answer still gives the place.
	f.agree("all")
	f.is("confirmed")
}

// TestAskedAnew holds that a guardian hears of a sign-up that was given up and made again, once,
// and learns again that its place is no longer held.
func TestAskedAnew(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := newFamily(t, h, h.World(), 5)
	f.mails("guardian_ask", f.mother, 1)
	f.expire()
	f.mails("guardian_expired", f.mother, 1)
	f.leave()
	f.join()
	f.mails("guardian_ask", f.mother, 2)
	f.expire()
	f.mails("guardian_expired", f.mother, 2)
	for _, n := range []int{3, 4, 5, 5} { // and not without end
		f.leave()
		f.join()
		f.mails("guardian_ask", f.mother, n)
	}
}

// TestGuardianChangesMind holds that who said no can say yes by the same link: to the new
// sign-up, which nobody mails about, or, before it, to every event.
func TestGuardianChangesMind(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	for name, again := range map[string]bool{"to the new sign-up": true, "in advance": false} {
		f := newFamily(t, h, w, 5)
		f.mails("guardian_ask", f.mother, 1)
		h.Browser().Post(f.parent+"/refuse", url.Values{"event": {fmt.Sprint(f.event)}})
		f.is("cancelled/consent")
		page := h.Browser().Get(f.parent).Body
		if strings.Contains(page, "просит вашего согласия") || !strings.Contains(page, "Мой ответ изменился") {
			t.Errorf("%s: a parent who said no is asked again at once", name)
		}
		scope := "all"
		if again {
			f.join()
			f.mails("guardian_ask", f.mother, 1)
			if page := h.Browser().Get(f.parent).Body; !strings.Contains(page, "Вы ответили «нет»") || strings.Contains(page, "Да, отказать") {
				t.Errorf("%s: the page does not say what was answered", name)
			}
			if mine := f.me.Get("/ru/me/guardian").Body; strings.Contains(mine, "Отправить ещё раз") {
				t.Errorf("%s: the volunteer could press for another answer", name)
			}
			scope = fmt.Sprintf("event-%d", f.event)
		}
		f.agree(scope)
		if !again {
			f.join2()
		}
		f.is("confirmed")
	}
}

// TestGuardianRefusesLate holds that a no given on a page that was opened before the yes is no
// less of an answer: it ends the consent to that event, and never passes over one to all.
func TestGuardianRefusesLate(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	f := newFamily(t, h, w, 5)
	f.agree(fmt.Sprintf("event-%d", f.event))
	f.is("confirmed")
	if a := h.Browser().Post(f.parent+"/refuse", url.Values{"event": {fmt.Sprint(f.event)}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	f.is("cancelled/consent")
	if n := h.Count(`select count(*) from guardian_consent where person_id = $1 and withdrawn_at is null`, f.child); n != 0 {
		t.Errorf("%d consents in force after a no", n)
	}

	g := newFamily(t, h, w, 5)
	g.agree("all")
	b := h.Browser()
	b.Post(g.parent+"/refuse", url.Values{"event": {fmt.Sprint(g.event)}})
	if page := b.Get(g.parent).Body; !strings.Contains(page, "сначала заберите это согласие") {
		t.Error("a parent who agreed to all is not told why the no does not hold")
	}
	g.is("confirmed")

	// A no makes an answer that waits for its code void.
	u := newFamily(t, h, w, 5)
	c := h.Browser()
	c.Post(u.parent+"/choose", url.Values{"scope": {fmt.Sprintf("event-%d", u.event)}, "name": {"Гүлнар"}})
	c.Post(u.parent+"/refuse", url.Values{"event": {fmt.Sprint(u.event)}})
	if n := h.Count(`select count(*) from guardian_code c join guardian g on g.id = c.guardian_id where g.person_id = $1`, u.child); n != 0 {
		t.Error("the code of the yes outlives the no")
	}
}

// TestTwoParents holds that a consent of either is enough, and that a withdrawal ends only what
// the other does not allow, told once to the coordinators.
func TestTwoParents(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	coordinator := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, coordinator, w.Org)
	f := newFamily(t, h, w, 5)
	f.agree(fmt.Sprintf("event-%d", f.event))
	// The father is asked about everything: nothing waits any more.
	dad := f.father()
	dad.agree("all")
	consent := func(of *family) url.Values {
		return url.Values{"consent": {fmt.Sprint(h.Count(`select k.id from guardian_consent k join guardian g on g.id = k.guardian_id
			where g.email = $1 and k.withdrawn_at is null`, of.mother))}}
	}
	if a := h.Browser().Post(f.parent+"/withdraw", consent(dad)); a.Status != http.StatusNotFound {
		t.Errorf("the father's consent taken back by the mother's link: %d", a.Status)
	}
	h.Browser().Post(f.parent+"/withdraw", consent(f))
	f.is("confirmed")
	last := consent(dad)
	for range 2 {
		h.Browser().Post(dad.parent+"/withdraw", last)
	}
	f.is("cancelled/consent")
	f.mails("signup_cancelled", f.email, 1)
	f.mails("consent_lost", "coordinator@shtab.test", 1)
	h.Exec(`update river_job set state = 'available', scheduled_at = now(), attempt = 1, finalized_at = null where args ->> 'kind' = 'signup_cancelled'`)
	f.mails("consent_lost", "coordinator@shtab.test", 1)
}

// TestGuardianAnswersTooLate lets the volunteer give the sign-up up before the answer: the page
// says so, nothing is confirmed, and nothing breaks.
func TestGuardianAnswersTooLate(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	f := newFamily(t, h, w, 5)
	choice := url.Values{"scope": {fmt.Sprintf("event-%d", f.event)}, "name": {"Гүлнар"}}
	g := h.Browser()
	g.Post(f.parent+"/choose", choice)
	var code string
	h.Scan(`select code from guardian_code`, nil, &code)
	f.leave()
	if a := g.Post(f.parent+"/agree", url.Values{"code": {code}}); a.Status != http.StatusSeeOther {
		t.Errorf("a code that was on its way: %d", a.Status)
	}
	f.is("cancelled/self")

	late := newFamily(t, h, w, 5)
	late.leave()
	b := h.Browser()
	if a := b.Post(late.parent+"/choose", url.Values{"scope": {fmt.Sprintf("event-%d", late.event)}, "name": {"Гүлнар"}}); a.Status != http.StatusSeeOther {
		t.Errorf("an answer that nothing waits for: %d", a.Status)
	}
	if page := b.Get(late.parent).Body; !strings.Contains(page, "уже не ждёт вашего ответа") {
		t.Error("the page does not say that nothing waits")
	}
}

// TestConsentShortlyBefore gives the place when the consent comes after the cut-off: there is no
// queue then that would be passed over.
func TestConsentShortlyBefore(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	for _, held := range []bool{true, false} {
		f := newFamily(t, h, w, 1)
		h.Exec(`update event set cutoff_minutes = 10080 where id = $1`, f.event)
		if !held {
			f.expire()
		}
		f.agree(fmt.Sprintf("event-%d", f.event))
		f.is("confirmed")
	}
}

// TestSixteenByThen asks nobody when the volunteer has the age on the day of the shift.
func TestSixteenByThen(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	child := h.Person("soon@shtab.test", 15)
	h.Exec(`update person set birth_date = (now() at time zone 'Asia/Almaty')::date + 4 - interval '16 years' where id = $1`, child)
	for days, want := range map[int]string{3: "awaiting_consent", 4: "confirmed"} {
		_, shift := h.Event(w, h.Morning(days), 5)
		h.As(child).Post(portaltest.Path("/ru/shifts/%d/signup", shift), url.Values{})
		var state string
		h.Scan(`select state from signup where shift_id = $1`, []any{shift}, &state)
		if state != want {
			t.Errorf("in %d days: %s, not %s", days, state, want)
		}
	}
}

// TestGuardianOfNobody holds that an erased volunteer's links end, and that a suspended one's
// guardian can still take a consent back, which brings no place.
func TestGuardianOfNobody(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	erased, suspended := newFamily(t, h, w, 5), newFamily(t, h, w, 5)
	h.Exec(`update person set erased_at = now(), email = null, password_hash = null, given_name = '', family_name = '', birth_date = null, phone = null where id = $1`, erased.child)
	if a := h.Browser().Get(erased.parent); a.Status != http.StatusNotFound {
		t.Errorf("an erased volunteer's guardian: %d", a.Status)
	}
	suspended.agree("all")
	h.Exec(`update person set suspended_at = now() where id = $1`, suspended.child)
	consent := fmt.Sprint(h.Count(`select id from guardian_consent where person_id = $1`, suspended.child))
	if a := h.Browser().Post(suspended.parent+"/withdraw", url.Values{"consent": {consent}}); a.Status != http.StatusSeeOther {
		t.Errorf("taking back the consent of a suspended volunteer: %d", a.Status)
	}
	suspended.is("cancelled/consent")
}

// TestReceiptLasts holds that the link of a receipt takes the consent back any time, though
// nobody opened it before, while an unused question's link ends.
func TestReceiptLasts(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := newFamily(t, h, h.World(), 5)
	f.agree("all")
	receipt := "/ru/guardian/" + f.link("guardian_receipt")
	h.Exec(`update guardian_link set sent_at = now() - interval '400 days', used_at = used_at - interval '400 days'`)
	if a := h.Browser().Get(receipt); a.Status != http.StatusOK || !strings.Contains(a.Body, "Забрать согласие") {
		t.Errorf("the receipt's link after a year: %d", a.Status)
	}
	if err := h.Guardians.Sweep(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if a := h.Browser().Get(receipt); a.Status != http.StatusOK {
		t.Errorf("the receipt's link after the sweep: %d", a.Status)
	}
}

// TestGuardianWithoutOrigin holds that an older browser can answer: it says neither where a
// request comes from nor, on a page without referrers, its origin.
func TestGuardianWithoutOrigin(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := newFamily(t, h, h.World(), 5)
	post := func(path string, form url.Values) int {
		r, _ := http.NewRequest(http.MethodPost, h.URL+path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "null")
		a, err := h.Browser().Client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		return a.StatusCode
	}
	if got := post(f.parent+"/choose", url.Values{"scope": {"all"}, "name": {"Гүлнар"}}); got != http.StatusSeeOther {
		t.Errorf("an answer from an older browser: %d", got)
	}
	if got := post("/ru/login", url.Values{}); got != http.StatusForbidden {
		t.Errorf("any other form from nowhere: %d", got)
	}
}

// TestGuardianLeavesNoTrace looks for the link in all that the portal logs and in what a page
// loads, after it was used in every way.
func TestGuardianLeavesNoTrace(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := newFamily(t, h, h.World(), 5)
	token := strings.TrimPrefix(f.parent, "/ru/guardian/")
	page := h.Browser().Get(f.parent)
	f.agree("all")
	h.Browser().Post(f.parent+"/agree", url.Values{"code": {"12345"}})
	h.Browser().Post(f.parent+"/nothing", url.Values{})
	h.Browser().Get("/ru/guardian/" + token[:20])
	if log := h.Log.String(); strings.Contains(log, token[:20]) || strings.Contains(log, f.mother) || strings.Contains(log, f.email) {
		t.Error("the log holds the link or an address")
	}
	if strings.Contains(page.Body, "http://") && strings.Contains(page.Body, h.URL+"/ru/guardian") {
		t.Error("the page names itself in full, as for a search engine or to be shared")
	}
	if n := h.Count(`select count(*) from river_job where args::text like '%' || $1 || '%' or errors::text like '%' || $1 || '%'`, token); n != 0 {
		t.Error("the queue holds the link")
	}
}

// TestEventSaysWhomWasAsked shows the volunteer, on the event's page, that a parent is waited for
// and which; nobody else.
func TestEventSaysWhomWasAsked(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	f := newFamily(t, h, w, 5)
	path := portaltest.Path("/ru/events/%d", f.event)
	if body := f.me.Get(path).Body; !strings.Contains(body, "Ждём согласия родителя") || !strings.Contains(body, "Кого спросили: Гүлнар Серікқызы.") {
		t.Error("the event's page does not say whom was asked")
	}
	other := h.As(h.Person("other@shtab.test", 15))
	other.Post(portaltest.Path("/ru/shifts/%d/signup", f.shift), url.Values{})
	if body := other.Get(path).Body; strings.Contains(body, "Гүлнар") || !strings.Contains(body, "Родителю вы ещё не написали") {
		t.Error("the event's page says to another whom this one asked")
	}
}

// TestNightSaysSo tells the volunteer by mail that at night a parent must be beside them, and
// shows the coordinator who comes with one, outside the capacity.
func TestNightSaysSo(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	event, shift := h.Event(w, h.Morning(5)+13*time.Hour, 1)
	f := &family{h: h, t: t, email: "night@shtab.test", mother: "mum@shtab.test", event: event, shift: shift}
	f.child = h.Person(f.email, 15)
	f.me = h.As(f.child)
	f.join()
	if mail := h.Mail("signup_awaiting", f.email); !strings.Contains(mail, "түнде ата-анасымен ғана") {
		t.Errorf("the mail does not speak of the night: %s", mail)
	}
	f.me.Post("/ru/me/guardian", f.form(""))
	f.parent = "/ru/guardian/" + f.link("guardian_ask")
	// All events, without coming along, is not enough at night.
	f.agree("all")
	f.is("awaiting_consent/held")
	f.agree(fmt.Sprintf("along-%d", event))
	f.is("confirmed")
	coordinator := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, coordinator, w.Org)
	roster := h.As(coordinator).Get(portaltest.Path("/ru/desk/events/%d/roster", event)).Body
	if !strings.Contains(roster, "Придёт с родителем") || strings.Contains(roster, "Гүлнар") {
		t.Error("the roster does not say, or says more than, that a parent comes along")
	}
	if n := h.Count(`select confirmed + held from shift where id = $1`, shift); n != 1 {
		t.Errorf("%d places taken by a volunteer and a parent", n)
	}
}

// TestStrangerIsLeftAlone holds that nobody's address is written to all day long, by naming it,
// another and it again each hour.
func TestStrangerIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.Limited, portaltest.WithoutWorker)
	child := account.Actor{PersonID: h.Person("child@shtab.test", 15), Email: "child@shtab.test"}
	day := time.Now().UTC().Truncate(24 * time.Hour)
	asked := 0
	for hour := range 24 {
		for range 2 {
			for _, to := range []string{"stranger@shtab.test", fmt.Sprintf("other%d@shtab.test", hour)} {
				err := h.Guardians.Ask(t.Context(), child, guardian.Form{Name: "Гүлнар", Relation: guardian.Mother, Email: to, Lang: i18n.KK}, day.Add(time.Duration(hour)*time.Hour))
				switch {
				case err == nil && to == "stranger@shtab.test":
					asked++
				case err != nil && fault.Of(err) != fault.KindTooMany:
					t.Fatal(err)
				}
			}
		}
	}
	if asked != 10 {
		t.Errorf("a stranger could be written to %d times a day", asked)
	}
}
