package portal_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

var guardianLink = regexp.MustCompile(`/(?:kk|ru|en)/guardian/([A-Za-z0-9_-]{43})`)

// family is a volunteer of fifteen, awaiting consent in an event, and the link of their mother.
type family struct {
	h                     *portaltest.Server
	t                     *testing.T
	child                 int64
	me                    *portaltest.Browser
	event, shift          int64
	email, mother, parent string // the volunteer's and the mother's addresses, the page behind her link
}

func newFamily(t *testing.T, h *portaltest.Server, w portaltest.World, capacity int) *family {
	t.Helper()
	f := &family{h: h, t: t, email: strings.ToLower(rand.Text()[:8]) + "@shtab.test", mother: strings.ToLower(rand.Text()[:8]) + "@shtab.test"}
	f.child = h.Person(f.email, 15)
	f.me = h.As(f.child)
	f.event, f.shift = h.Event(w, h.Morning(4), capacity)
	f.join()
	if a := f.me.Post("/ru/me/guardian", f.form("")); a.Status != http.StatusSeeOther {
		t.Fatalf("asking: %d\n%s", a.Status, a.Body)
	}
	f.parent = "/ru/guardian/" + f.link("guardian_ask")
	return f
}

func (f *family) form(email string) url.Values {
	if email == "" {
		email = f.mother
	}
	return url.Values{"name": {"Гүлнар Серікқызы"}, "relation": {"mother"}, "email": {email}, "lang": {"ru"}}
}

func (f *family) join() {
	f.t.Helper()
	a := f.me.Post(portaltest.Path("/ru/shifts/%d/signup", f.shift), url.Values{})
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/ru/me/guardian" {
		f.t.Fatalf("signing up: %d to %s", a.Status, a.Header.Get("Location"))
	}
}

func (f *family) link(kind string) string {
	f.t.Helper()
	m := guardianLink.FindStringSubmatch(f.h.Mail(kind, f.mother))
	if m == nil {
		f.t.Fatal("the mail holds no link")
	}
	return m[1]
}

func (f *family) state() (state string) {
	f.t.Helper()
	f.h.Scan(`select state || coalesce('/' || cancel_cause, '') || case when hold_until is not null then '/held' else '' end from signup where person_id = $1 and shift_id = $2`, []any{f.child, f.shift}, &state)
	return state
}

// answer goes through choosing and the code.
func (f *family) answer(scope string) portaltest.Answer {
	f.t.Helper()
	g := f.h.Browser()
	if a := g.Post(f.parent+"/choose", url.Values{"scope": {scope}, "name": {"Гүлнар Серікқызы"}}); a.Status != http.StatusSeeOther {
		f.t.Fatalf("choosing %s: %d\n%s", scope, a.Status, a.Body)
	}
	var code string
	f.h.Scan(`select code from guardian_code c join guardian g on g.id = c.guardian_id where g.email = $1`, []any{f.mother}, &code)
	f.h.Mail("guardian_code", f.mother)
	return g.Post(f.parent+"/agree", url.Values{"code": {code}})
}

func (f *family) agree(scope string) {
	f.t.Helper()
	if a := f.answer(scope); a.Status != http.StatusSeeOther {
		f.t.Fatalf("agreeing: %d\n%s", a.Status, a.Body)
	}
}

func (f *family) is(want string) {
	f.t.Helper()
	if got := f.state(); got != want {
		f.t.Fatalf("the sign-up is %s, not %s", got, want)
	}
}

// TestGuardianAgrees is the way from "I'm in" to a confirmed place, with what is kept of it.
func TestGuardianAgrees(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := newFamily(t, h, h.World(), 5)
	f.is("awaiting_consent/held")

	page := h.Browser().Get(f.parent)
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "Speculation-Rules": "", "X-Robots-Tag": "noindex, nofollow"} {
		if got := page.Header.Get(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	for _, want := range []string{"Айгүл С.", "Посадка деревьев", "Парк", "Чего до 18 лет не бывает никогда", "Что мы храним"} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, no := range []string{"Сейтқызы", f.email, f.mother, "Ближайшие события"} {
		if strings.Contains(page.Body, no) {
			t.Errorf("the page says %q before anybody has shown who they are", no)
		}
	}
	if kk := h.Browser().Get(strings.Replace(f.parent, "/ru/", "/kk/", 1)); kk.Status != 200 || !strings.Contains(kk.Body, "сізден келісім сұрайды") {
		t.Errorf("in Kazakh: %d", kk.Status)
	}

	f.agree("all")
	f.is("confirmed")
	h.Mail("signup_confirmed", f.email)
	receipt := h.Mail("guardian_receipt", f.mother)
	if !strings.Contains(receipt, "во всех событиях") {
		t.Errorf("the receipt: %s", receipt)
	}
	var version, address, name, relation, lang string
	h.Scan(`select text_version, agreed_from, guardian_name, relation, lang from guardian_consent where person_id = $1 and event_id is null`, []any{f.child}, &version, &address, &name, &relation, &lang)
	if version == "" || address != "127.0.0.1" || name != "Гүлнар Серікқызы" || relation != "mother" || lang != "ru" {
		t.Errorf("kept: %s %s %s %s %s", version, address, name, relation, lang)
	}
	after := h.Browser().Get(f.parent)
	if !strings.Contains(after.Body, "Ближайшие события") || !strings.Contains(after.Body, "Забрать согласие") {
		t.Error("the page after agreeing shows neither events nor the way back")
	}
	// The next event needs no asking.
	_, other := h.Event(portaltest.World{Org: 2, Campaign: 1}, h.Morning(8), 5)
	if a := f.me.Post(portaltest.Path("/ru/shifts/%d/signup", other), url.Values{}); strings.Contains(a.Header.Get("Location"), "guardian") {
		t.Error("asked again although everything was agreed to")
	}
}

// TestGuardianRepeats holds that a second post of anything changes nothing and mails nobody.
func TestGuardianRepeats(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := newFamily(t, h, h.World(), 5)
	mails := func() int { return h.Count(`select count(*) from river_job where kind = 'mail'`) }

	before := mails()
	f.me.Post("/ru/me/guardian", f.form(""))
	f.join2()
	if n := mails(); n != before {
		t.Errorf("%d more mails after a repeated question", n-before)
	}
	g := h.Browser()
	choice := url.Values{"scope": {fmt.Sprintf("event-%d", f.event)}, "name": {"Гүлнар С"}}
	g.Post(f.parent+"/choose", choice)
	h.Mail("guardian_code", f.mother)
	var code string
	h.Scan(`select code from guardian_code`, nil, &code)
	before = mails()
	g.Post(f.parent+"/choose", choice)
	if n := mails(); n != before || h.Count(`select count(*) from guardian_code where code = $1`, code) != 1 {
		t.Errorf("%d more mails after the same choice", n-before)
	}
	for range 3 {
		if a := g.Post(f.parent+"/agree", url.Values{"code": {code}}); a.Status != http.StatusSeeOther {
			t.Fatalf("agreeing: %d", a.Status)
		}
	}
	f.is("confirmed")
	if n := h.Count(`select count(*) from guardian_consent`); n != 1 {
		t.Errorf("%d consents", n)
	}
	consent := url.Values{"consent": {fmt.Sprint(h.Count(`select id from guardian_consent`))}}
	for range 3 {
		if a := g.Post(f.parent+"/withdraw", consent); a.Status != http.StatusSeeOther {
			t.Fatalf("withdrawing: %d", a.Status)
		}
	}
	f.is("cancelled/consent")
	h.Mail("signup_cancelled", f.email)
	if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'signup_cancelled'`); n != 1 {
		t.Errorf("told %d times", n)
	}
}

func (f *family) join2() {
	f.t.Helper()
	if a := f.me.Post(portaltest.Path("/ru/shifts/%d/signup", f.shift), url.Values{}); a.Status != http.StatusSeeOther {
		f.t.Fatalf("a repeated sign-up: %d", a.Status)
	}
}

// TestGuardianRefuses frees the place for who waits and tells volunteer and coordinator; the
// same link takes the refusal back.
func TestGuardianRefuses(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	coordinator := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, coordinator, w.Org)
	f := newFamily(t, h, w, 1)
	waits := h.Person("waits@shtab.test", 30)
	h.As(waits).Post(portaltest.Path("/ru/shifts/%d/signup", f.shift), url.Values{})

	g := h.Browser()
	if a := g.Post(f.parent+"/refuse", url.Values{"event": {fmt.Sprint(f.event)}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	f.is("cancelled/consent")
	h.Mail("signup_promoted", "waits@shtab.test")
	h.Mail("signup_cancelled", f.email)
	lost := h.Mail("consent_lost", "coordinator@shtab.test")
	if !strings.Contains(lost, "Айгүл С.") || strings.Contains(lost, "Сейтқызы") || strings.Contains(lost, "Гүлнар") {
		t.Errorf("the coordinator reads: %s", lost)
	}
	if page := f.me.Get("/ru/me/guardian"); !strings.Contains(page.Body, "Ответ — нет") {
		t.Error("the volunteer is not told on the page")
	}
	// They talk at home; she signs up again and the same link lets her mother agree.
	f.join()
	if h.Count(`select count(*) from guardian_ask where refused_at is not null`) != 1 {
		t.Error("the refusal was forgotten by signing up again")
	}
}

// TestGuardianComesAlong lets a minor into a night shift beside a guardian, outside the capacity.
func TestGuardianComesAlong(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	zone := h.City.Location()
	y, m, d := time.Now().In(zone).AddDate(0, 0, 5).Date()
	night := time.Date(y, m, d, 22, 0, 0, 0, zone)
	event, shift := h.Event(w, time.Until(night), 1)
	f := &family{h: h, t: t, email: "teen@shtab.test", mother: "dad@shtab.test", event: event, shift: shift}
	f.child = h.Person(f.email, 17)
	f.me = h.As(f.child)
	f.join()
	f.is("awaiting_consent/held")
	f.me.Post("/ru/me/guardian", url.Values{"name": {"Серік"}, "relation": {"father"}, "email": {f.mother}, "lang": {"ru"}})
	f.parent = "/ru/guardian/" + f.link("guardian_ask")
	page := h.Browser().Get(f.parent).Body
	if strings.Contains(page, `value="all"`) || strings.Contains(page, fmt.Sprintf("event-%d", event)) || !strings.Contains(page, fmt.Sprintf("along-%d", event)) {
		t.Error("a night shift offers more than coming along")
	}
	if a := h.Browser().Post(f.parent+"/choose", url.Values{"scope": {"all"}, "name": {"Серік"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a choice that is not offered: %d", a.Status)
	}
	f.agree(fmt.Sprintf("along-%d", event))
	f.is("confirmed")
	if n := h.Count(`select confirmed + held from shift where id = $1`, shift); n != 1 {
		t.Errorf("%d places taken", n)
	}
}

// TestGuardianLinks holds that whatever is no good link gives one and the same page.
func TestGuardianLinks(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	f, other := newFamily(t, h, w, 5), newFamily(t, h, w, 5)
	token := strings.TrimPrefix(f.parent, "/ru/guardian/")

	links := map[string]string{}
	links["guessed"] = rand.Text() + rand.Text()[:17]
	links["cut off"] = token[:30]
	links["longer"] = token + "A"
	links["ticket"] = func() (s string) {
		h.Scan(`select ticket from signup where person_id = $1`, []any{f.child}, &s)
		return s
	}()
	late := newFamily(t, h, w, 5)
	h.Exec(`update guardian_link set sent_at = now() - interval '15 days' where guardian_id = (select id from guardian where email = $1)`, late.mother)
	links["expired"] = strings.TrimPrefix(late.parent, "/ru/guardian/")
	// The volunteer corrects the address: the first link ends.
	corrected := newFamily(t, h, w, 5)
	corrected.me.Post("/ru/me/guardian", corrected.form("right@shtab.test"))
	links["corrected"] = strings.TrimPrefix(corrected.parent, "/ru/guardian/")
	// A stranger said so: the link cannot be used again.
	stranger := newFamily(t, h, w, 5)
	if a := h.Browser().Post(stranger.parent+"/disown", url.Values{}); a.Status != http.StatusSeeOther {
		t.Fatalf("disowning: %d", a.Status)
	}
	h.Mail("guardian_stranger", stranger.email)
	links["reused"] = strings.TrimPrefix(stranger.parent, "/ru/guardian/")
	grown := newFamily(t, h, w, 5)
	h.Exec(`update person set birth_date = '1990-01-01' where id = $1`, grown.child)
	links["grown"] = strings.TrimPrefix(grown.parent, "/ru/guardian/")

	plain := h.Browser().Get("/ru/nothing/here")
	for what, link := range links {
		a := h.Browser().Get("/ru/guardian/" + link)
		if a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", what, a.Status)
		}
		if strings.ReplaceAll(a.Body, "/guardian/"+link, "/nothing/here") != plain.Body {
			t.Errorf("%s: another page than for any address that does not exist", what)
		}
		for _, do := range []string{"choose", "agree", "refuse", "withdraw", "copies", "disown"} {
			a := h.Browser().Post("/ru/guardian/"+link+"/"+do, url.Values{"scope": {"all"}, "name": {"А Б"}, "code": {"000000"}, "event": {fmt.Sprint(f.event)}, "consent": {"1"}})
			if a.Status != http.StatusNotFound {
				t.Errorf("%s, %s: %d", what, do, a.Status)
			}
		}
	}
	// A good link speaks for its own child only.
	other.agree("all")
	foreign := fmt.Sprint(h.Count(`select id from guardian_consent where person_id = $1`, other.child))
	if a := h.Browser().Post(f.parent+"/withdraw", url.Values{"consent": {foreign}}); a.Status != http.StatusNotFound {
		t.Errorf("another's consent: %d", a.Status)
	}
	if a := h.Browser().Post(f.parent+"/refuse", url.Values{"event": {fmt.Sprint(other.event)}}); a.Status != http.StatusNotFound {
		t.Errorf("another's event: %d", a.Status)
	}
	if a := h.Browser().Post(f.parent+"/choose", url.Values{"scope": {fmt.Sprintf("event-%d", other.event)}, "name": {"А Б"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("agreeing to another's event: %d", a.Status)
	}
	other.is("confirmed")
	// A used link does not expire: consent can be taken back any time.
	h.Exec(`update guardian_link set sent_at = now() - interval '400 days'`)
	if a := h.Browser().Get(other.parent); a.Status != http.StatusOK {
		t.Errorf("a used link after a year: %d", a.Status)
	}
}

// TestGuardianLinkIsTheMailsOnly holds that links in mails begin with BASE_URL, whatever the
// request says of its host.
func TestGuardianLinkIsTheMailsOnly(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.BaseURL("http://portal.example"))
	w := h.World()
	_, shift := h.Event(w, h.Morning(4), 5)
	child := h.Person("child@shtab.test", 15)
	me := h.As(child)
	me.Post(portaltest.Path("/ru/shifts/%d/signup", shift), url.Values{})
	r, _ := http.NewRequest(http.MethodPost, h.URL+"/ru/me/guardian", strings.NewReader(url.Values{
		"name": {"Гүлнар"}, "relation": {"mother"}, "email": {"mum@shtab.test"}, "lang": {"kk"},
	}.Encode()))
	r.Host = "evil.example"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-Host", "evil.example")
	u, _ := url.Parse(h.URL)
	for _, c := range me.Jar.Cookies(u) {
		r.AddCookie(c)
	}
	if _, err := me.Client.Do(r); err != nil {
		t.Fatal(err)
	}
	mail := h.Mail("guardian_ask", "mum@shtab.test")
	if !strings.Contains(mail, "http://portal.example/kk/guardian/") || strings.Contains(mail, "evil") {
		t.Error(mail)
	}
	var hashes int
	h.Scan(`select count(*) from guardian_link where octet_length(token_hash) = 32`, nil, &hashes)
	token := guardianLink.FindStringSubmatch(mail)[1]
	if hashes != 1 || h.Count(`select count(*) from guardian_link where encode(token_hash, 'escape') like '%' || $1 || '%'`, token) != 0 {
		t.Error("the link is kept as it is")
	}
	if strings.Contains(h.Log.String(), token) {
		t.Error("the link stands in the log")
	}
}

// TestGuardianForm holds what is wrong with a question, and that the volunteer cannot ask
// themselves or flood anybody.
func TestGuardianForm(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.Limited)
	child := h.Person("child@shtab.test", 15)
	me := h.As(child)
	for _, c := range []struct{ name, relation, email, lang, says string }{
		{"", "mother", "mum@shtab.test", "ru", "f-name"},
		{"Гүлнар", "aunt", "mum@shtab.test", "ru", "f-relation"},
		{"Гүлнар", "mother", "mum", "ru", "f-email"},
		{"Гүлнар", "mother", "CHILD+mum@shtab.test", "ru", "Это ваша почта"},
		{"Гүлнар", "mother", "mum@shtab.test", "de", "f-lang"},
	} {
		a := me.Post("/ru/me/guardian", url.Values{"name": {c.name}, "relation": {c.relation}, "email": {c.email}, "lang": {c.lang}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, c.says) {
			t.Errorf("%+v: %d", c, a.Status)
		}
	}
	sent := 0
	for i := range 12 {
		me.Post("/ru/me/guardian", url.Values{"name": {"Гүлнар"}, "relation": {"mother"}, "email": {fmt.Sprintf("mum%d@shtab.test", i)}, "lang": {"ru"}})
		sent = h.Count(`select count(*) from river_job where args ->> 'kind' = 'guardian_ask'`)
	}
	if sent > 6 {
		t.Errorf("%d strangers could be written to in an hour", sent)
	}
	grown := h.As(h.Person("grown@shtab.test", 18))
	if a := grown.Get("/ru/me/guardian"); a.Status != 200 || !strings.Contains(a.Body, "Согласие вам не нужно") {
		t.Errorf("somebody of age: %d", a.Status)
	}
	grown.Post("/ru/me/guardian", url.Values{"name": {"Гүлнар"}, "relation": {"mother"}, "email": {"x@shtab.test"}, "lang": {"ru"}})
	if h.Count(`select count(*) from guardian where email = 'x@shtab.test'`) != 0 {
		t.Error("somebody of age asked a guardian")
	}
	someone := h.Count(`select id from guardian`)
	if a := grown.Post(portaltest.Path("/ru/me/guardians/%d/resend", someone), url.Values{}); a.Status != http.StatusNotFound {
		t.Errorf("another's guardian: %d", a.Status)
	}
}

// TestGuardianCode holds that a code is good for five tries and the latest choice only.
func TestGuardianCode(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := newFamily(t, h, h.World(), 5)
	g := h.Browser()
	g.Post(f.parent+"/choose", url.Values{"scope": {"all"}, "name": {"Гүлнар"}})
	var code string
	h.Scan(`select code from guardian_code`, nil, &code)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	for range 5 {
		if a := g.Post(f.parent+"/agree", url.Values{"code": {wrong}}); a.Status != http.StatusUnprocessableEntity {
			t.Fatalf("a wrong code: %d", a.Status)
		}
	}
	a := g.Post(f.parent+"/agree", url.Values{"code": {code}})
	if a.Status != http.StatusSeeOther || f.state() != "awaiting_consent/held" {
		t.Fatalf("a code after five wrong ones: %d, %s", a.Status, f.state())
	}
	if page := g.Get(f.parent); !strings.Contains(page.Body, "Код больше не действует") {
		t.Error("the page does not say what to do")
	}
	f.agree("all")
	f.is("confirmed")
}

// TestGuardianOfTwo agrees for one child and not for the other.
func TestGuardianOfTwo(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	f := newFamily(t, h, w, 5)
	sister := &family{h: h, t: t, email: "sister@shtab.test", mother: f.mother, event: f.event, shift: f.shift}
	sister.child = h.Person(sister.email, 13)
	sister.me = h.As(sister.child)
	sister.join()
	sister.me.Post("/ru/me/guardian", sister.form(""))
	for range 100 {
		if h.Count(`select count(*) from outbox_mail where kind = 'guardian_ask' and recipient = $1`, f.mother) == 2 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	sister.parent = "/ru/guardian/" + sister.link("guardian_ask")
	if sister.parent == f.parent {
		t.Fatal("one link for two children")
	}
	sister.agree2()
	sister.is("confirmed")
	f.is("awaiting_consent/held")
}

func (f *family) agree2() {
	f.t.Helper()
	g := f.h.Browser()
	g.Post(f.parent+"/choose", url.Values{"scope": {"all"}, "name": {"Гүлнар"}})
	var code string
	f.h.Scan(`select code from guardian_code c join guardian g on g.id = c.guardian_id where g.person_id = $1`, []any{f.child}, &code)
	if a := g.Post(f.parent+"/agree", url.Values{"code": {code}}); a.Status != http.StatusSeeOther {
		f.t.Fatalf("%d", a.Status)
	}
}

// TestGuardianCopies sends a copy of what follows to the guardian who asked for it.
func TestGuardianCopies(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := newFamily(t, h, h.World(), 5)
	g := h.Browser()
	if a := g.Post(f.parent+"/copies", url.Values{"copies": {"1"}}); a.Status != http.StatusNotFound {
		t.Errorf("copies before the address is known to be theirs: %d", a.Status)
	}
	f.agree("all")
	if a := g.Post(f.parent+"/copies", url.Values{"copies": {"1"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	_, other := h.Event(portaltest.World{Org: 2, Campaign: 1}, h.Morning(8), 5)
	f.me.Post(portaltest.Path("/kk/shifts/%d/signup", other), url.Values{})
	if text := h.Mail("signup_confirmed", f.mother); !strings.Contains(text, "копия") || !guardianLink.MatchString(text) {
		t.Errorf("the copy: %s", text)
	}
}

// TestConsentMeetsExpiry lets a consent come while the hold runs out, a hundred times: never two
// people on one place, never a place lost, never a minor left without an answer.
func TestConsentMeetsExpiry(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	w := h.World()
	const rounds = 100
	confirmed, queued := 0, 0
	for i := range rounds {
		event, shift := h.Event(w, h.Morning(4), 1)
		child := h.Person(fmt.Sprintf("child%d@shtab.test", i), 15)
		waits := h.Person(fmt.Sprintf("waits%d@shtab.test", i), 30)
		ctx := t.Context()
		for _, id := range []int64{child, waits} {
			h.As(id).Post(portaltest.Path("/ru/shifts/%d/signup", shift), url.Values{})
		}
		var guardian int64
		h.Scan(`insert into guardian (person_id, name, relation, email, lang, created_at) values ($1, 'Г', 'mother', 'g@shtab.test', 'kk', now()) returning id`, []any{child}, &guardian)
		h.Exec(`insert into guardian_ask (guardian_id, event_id, asked_at) values ($1, $2, now())`, guardian, event)
		token := rand.Text()
		h.Exec(`insert into guardian_link (token_hash, guardian_id, sent_at) values (sha256($1::text::bytea), $2, now())`, token, guardian)
		h.Exec(`insert into guardian_code (guardian_id, scope, event_id, name, code, expires_at) values ($1, 'event', $2, 'Г', '123456', now() + interval '10 minutes')`, guardian, event)
		h.Exec(`update signup set hold_until = now() where person_id = $1`, child)

		var wg sync.WaitGroup
		wg.Go(func() {
			a, err := h.Browser().Try(http.MethodPost, "/ru/guardian/"+token+"/agree", url.Values{"code": {"123456"}})
			if err != nil || a.Status != http.StatusSeeOther {
				t.Errorf("agreeing: %d %v", a.Status, err)
			}
		})
		wg.Go(func() {
			if err := h.Signups.ExpireHolds(ctx, time.Now()); err != nil {
				t.Errorf("expiring: %v", err)
			}
		})
		wg.Wait()
		var childIs, otherIs string
		h.Scan(`select state from signup where person_id = $1`, []any{child}, &childIs)
		h.Scan(`select state from signup where person_id = $1`, []any{waits}, &otherIs)
		switch {
		case childIs == "confirmed" && otherIs == "waitlisted":
			confirmed++
		case childIs == "waitlisted" && otherIs == "confirmed":
			queued++
		default:
			t.Fatalf("round %d: the minor is %s, who waited is %s", i, childIs, otherIs)
		}
	}
	t.Logf("consent was first %d times, the end of the hold %d times", confirmed, queued)
}
