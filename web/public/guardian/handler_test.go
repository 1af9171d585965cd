package guardian_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// TestConsent is the way from "I'm in" to a confirmed place, with what is kept of it.
func TestConsent(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := h.NewFamily(t, h.World(), 5)
	f.WantState("awaiting_consent/held")

	page := h.Browser().Get(f.Page)
	t.Run("the page is kept by nobody", func(t *testing.T) {
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "Speculation-Rules": "",
			"X-Robots-Tag": "noindex, nofollow",
		} {
			if got := page.Header.Get(name); got != want {
				t.Errorf("%s is %q, not %q", name, got, want)
			}
		}
	})
	t.Run("the page says what is asked", func(t *testing.T) {
		for _, want := range []string{
			"Айгүл С.", "Посадка деревьев", "Парк", "Чего до 18 лет не бывает никогда", "Что мы храним",
		} {
			if !strings.Contains(page.Body, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
	})
	t.Run("the page shows nobody's data", func(t *testing.T) {
		for _, no := range []string{"Сейтқызы", f.ChildEmail, f.GuardianEmail, "Ближайшие события"} {
			if strings.Contains(page.Body, no) {
				t.Errorf("the page says %q before anybody has shown who they are", no)
			}
		}
	})
	kk := h.Browser().Get(strings.Replace(f.Page, "/ru/", "/kk/", 1))
	t.Run("the page in Kazakh", func(t *testing.T) {
		if kk.Status != 200 || !strings.Contains(kk.Body, "сізден келісім сұрайды") {
			t.Errorf("in Kazakh: %d", kk.Status)
		}
	})

	f.Agree("all")
	f.WantState("confirmed")
	h.Mail("signup_confirmed", f.ChildEmail)
	receipt := h.Mail("guardian_receipt", f.GuardianEmail)
	t.Run("the receipt says what was agreed to", func(t *testing.T) {
		if !strings.Contains(receipt, "во всех событиях") {
			t.Errorf("the receipt: %s", receipt)
		}
	})
	var version, address, name, relation, lang string
	h.Scan(
		`select text_version, agreed_from, guardian_name, relation, lang from guardian_consent where person_id = $1
			and event_id is null`,
		[]any{f.Child}, &version, &address, &name, &relation, &lang,
	)
	t.Run("what is kept of it", func(t *testing.T) {
		if version == "" || address != "127.0.0.1" || name != "Гүлнар Серікқызы" || relation != "mother" ||
			lang != "ru" {
			t.Errorf("kept: %s %s %s %s %s", version, address, name, relation, lang)
		}
	})
	after := h.Browser().Get(f.Page)
	t.Run("the page after it shows events and the way back", func(t *testing.T) {
		if !strings.Contains(after.Body, "Ближайшие события") || !strings.Contains(after.Body, "Забрать согласие") {
			t.Error("the page after agreeing shows neither events nor the way back")
		}
	})
	_, other := h.Event(portaltest.World{Org: 2, Campaign: 1}, h.Morning(8), 5)
	a := f.Me.Post(portaltest.Path("/ru/shifts/%d/signup", other), url.Values{})
	t.Run("the next event needs no asking", func(t *testing.T) {
		if strings.Contains(a.Header.Get("Location"), "guardian") {
			t.Error("asked again although everything was agreed to")
		}
	})
}

// TestRepeatedPosts: a second post of anything changes nothing and mails nobody.
func TestRepeatedPosts(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := h.NewFamily(t, h.World(), 5)
	mails := func() int { return h.Count(`select count(*) from river_job where kind = 'mail'`) }

	before := mails()
	f.Me.Post("/ru/me/guardian", f.GuardianForm())
	f.JoinAgain()
	if n := mails(); n != before {
		t.Errorf("%d more mails after a repeated question", n-before)
	}
	g := h.Browser()
	choice := url.Values{"scope": {fmt.Sprintf("event-%d", f.Event)}, "name": {"Гүлнар С"}}
	g.Post(f.Page+"/choose", choice)
	h.Mail("guardian_code", f.GuardianEmail)
	var code string
	h.Scan(`select code from guardian_code`, nil, &code)
	before = mails()
	g.Post(f.Page+"/choose", choice)
	if n := mails(); n != before || h.Count(`select count(*) from guardian_code where code = $1`, code) != 1 {
		t.Errorf("%d more mails after the same choice", n-before)
	}
	for range 3 {
		if a := g.Post(f.Page+"/agree", url.Values{"code": {code}}); a.Status != http.StatusSeeOther {
			t.Fatalf("agreeing: %d", a.Status)
		}
	}
	f.WantState("confirmed")
	if n := h.Count(`select count(*) from guardian_consent`); n != 1 {
		t.Errorf("%d consents", n)
	}
	consent := url.Values{"consent": {fmt.Sprint(h.Count(`select id from guardian_consent`))}}
	for range 3 {
		if a := g.Post(f.Page+"/withdraw", consent); a.Status != http.StatusSeeOther {
			t.Fatalf("withdrawing: %d", a.Status)
		}
	}
	f.WantState("cancelled/consent")
	h.Mail("signup_cancelled", f.ChildEmail)
	if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'signup_cancelled'`); n != 1 {
		t.Errorf("told %d times", n)
	}
}

// TestRefusal frees the place for who waits and tells volunteer and coordinator; the
// same link takes the refusal back.
func TestRefusal(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	coordinator := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, coordinator, w.Org)
	f := h.NewFamily(t, w, 1)
	waits := h.Person("waits@shtab.test", 30)
	h.As(waits).Post(portaltest.Path("/ru/shifts/%d/signup", f.Shift), url.Values{})

	g := h.Browser()
	if a := g.Post(f.Page+"/refuse", url.Values{"event": {fmt.Sprint(f.Event)}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	f.WantState("cancelled/consent")
	h.Mail("signup_promoted", "waits@shtab.test")
	h.Mail("signup_cancelled", f.ChildEmail)
	lost := h.Mail("consent_lost", "coordinator@shtab.test")
	if !strings.Contains(lost, "Айгүл С.") || strings.Contains(lost, "Сейтқызы") || strings.Contains(lost, "Гүлнар") {
		t.Errorf("the coordinator reads: %s", lost)
	}
	if page := f.Me.Get("/ru/me/guardian"); !strings.Contains(page.Body, "Ответ — нет") {
		t.Error("the volunteer is not told on the page")
	}
	// They talk at home; she signs up again and the same link lets her mother agree.
	f.Join()
	if h.Count(`select count(*) from guardian_ask where refused_at is not null`) != 1 {
		t.Error("the refusal was forgotten by signing up again")
	}
}

// TestLateRefusal: a no given on a page that was opened before the yes is no
// less of an answer: it ends the consent to that event, and never passes over one to all.
func TestLateRefusal(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	f := h.NewFamily(t, w, 5)
	f.AgreeToEvent()
	f.WantState("confirmed")
	if a := h.Browser().Post(
		f.Page+"/refuse", url.Values{"event": {fmt.Sprint(f.Event)}},
	); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	f.WantState("cancelled/consent")
	if n := h.Count(
		`select count(*) from guardian_consent where person_id = $1 and withdrawn_at is null`, f.Child,
	); n != 0 {
		t.Errorf("%d consents in force after a no", n)
	}

	g := h.NewFamily(t, w, 5)
	g.Agree("all")
	b := h.Browser()
	b.Post(g.Page+"/refuse", url.Values{"event": {fmt.Sprint(g.Event)}})
	if page := b.Get(g.Page).Body; !strings.Contains(page, "сначала заберите это согласие") {
		t.Error("a parent who agreed to all is not told why the no does not hold")
	}
	g.WantState("confirmed")

	// A no makes an answer that waits for its code void.
	u := h.NewFamily(t, w, 5)
	c := h.Browser()
	c.Post(u.Page+"/choose", url.Values{"scope": {fmt.Sprintf("event-%d", u.Event)}, "name": {"Гүлнар"}})
	c.Post(u.Page+"/refuse", url.Values{"event": {fmt.Sprint(u.Event)}})
	if n := h.Count(
		`select count(*) from guardian_code c join guardian g on g.id = c.guardian_id where g.person_id = $1`,
		u.Child,
	); n != 0 {
		t.Error("the code of the yes outlives the no")
	}
}

// TestChangeOfMind: who said no can say yes by the same link: to the new
// sign-up, which nobody mails about, or, before it, to every event.
func TestChangeOfMind(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	for name, again := range map[string]bool{"to the new sign-up": true, "in advance": false} {
		f := h.NewFamily(t, w, 5)
		f.WantMails("guardian_ask", f.GuardianEmail, 1)
		h.Browser().Post(f.Page+"/refuse", url.Values{"event": {fmt.Sprint(f.Event)}})
		f.WantState("cancelled/consent")
		page := h.Browser().Get(f.Page).Body
		if strings.Contains(page, "просит вашего согласия") || !strings.Contains(page, "Мой ответ изменился") {
			t.Errorf("%s: a parent who said no is asked again at once", name)
		}
		scope := "all"
		if again {
			f.Join()
			f.WantMails("guardian_ask", f.GuardianEmail, 1)
			if page := h.Browser().Get(f.Page).Body; !strings.Contains(
				page, "Вы ответили «нет»",
			) || strings.Contains(page, "Да, отказать") {
				t.Errorf("%s: the page does not say what was answered", name)
			}
			if mine := f.Me.Get("/ru/me/guardian").Body; strings.Contains(mine, "Отправить ещё раз") {
				t.Errorf("%s: the volunteer could press for another answer", name)
			}
			scope = fmt.Sprintf("event-%d", f.Event)
		}
		f.Agree(scope)
		if !again {
			f.JoinAgain()
		}
		f.WantState("confirmed")
	}
}

// TestAnswerTooLate lets the volunteer give the sign-up up before the answer: the page
// says so, nothing is confirmed, and nothing breaks.
func TestAnswerTooLate(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	f := h.NewFamily(t, w, 5)
	choice := url.Values{"scope": {fmt.Sprintf("event-%d", f.Event)}, "name": {"Гүлнар"}}
	g := h.Browser()
	g.Post(f.Page+"/choose", choice)
	var code string
	h.Scan(`select code from guardian_code`, nil, &code)
	f.Leave()
	if a := g.Post(f.Page+"/agree", url.Values{"code": {code}}); a.Status != http.StatusSeeOther {
		t.Errorf("a code that was on its way: %d", a.Status)
	}
	f.WantState("cancelled/self")

	late := h.NewFamily(t, w, 5)
	late.Leave()
	b := h.Browser()
	if a := b.Post(
		late.Page+"/choose", url.Values{"scope": {fmt.Sprintf("event-%d", late.Event)}, "name": {"Гүлнар"}},
	); a.Status != http.StatusSeeOther {
		t.Errorf("an answer that nothing waits for: %d", a.Status)
	}
	if page := b.Get(late.Page).Body; !strings.Contains(page, "уже не ждёт вашего ответа") {
		t.Error("the page does not say that nothing waits")
	}
}

// TestComingAlong lets a minor into a night shift beside a guardian, outside the capacity.
func TestComingAlong(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	zone := h.City.Location()
	y, m, d := h.Now().In(zone).AddDate(0, 0, 5).Date()
	night := time.Date(y, m, d, 22, 0, 0, 0, zone)
	event, shift := h.Event(w, night.Sub(h.Now()), 1)
	f := h.FamilyOf("teen@shtab.test", 17, "dad@shtab.test", event, shift)
	f.Join()
	f.WantState("awaiting_consent/held")
	f.Ask()
	page := h.Browser().Get(f.Page).Body
	if strings.Contains(page, `value="all"`) || strings.Contains(
		page, fmt.Sprintf("event-%d", event),
	) || !strings.Contains(page, fmt.Sprintf("along-%d", event)) {
		t.Error("a night shift offers more than coming along")
	}
	if a := h.Browser().Post(
		f.Page+"/choose", url.Values{"scope": {"all"}, "name": {"Серік"}},
	); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a choice that is not offered: %d", a.Status)
	}
	f.Agree(fmt.Sprintf("along-%d", event))
	f.WantState("confirmed")
	if n := h.Count(`select confirmed + held from shift where id = $1`, shift); n != 1 {
		t.Errorf("%d places taken", n)
	}
}

// TestCodeHasFiveTries: a code is good for five tries and the latest choice only.
func TestCodeHasFiveTries(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := h.NewFamily(t, h.World(), 5)
	g := h.Browser()
	g.Post(f.Page+"/choose", url.Values{"scope": {"all"}, "name": {"Гүлнар"}})
	var code string
	h.Scan(`select code from guardian_code`, nil, &code)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	for range 5 {
		if a := g.Post(f.Page+"/agree", url.Values{"code": {wrong}}); a.Status != http.StatusUnprocessableEntity {
			t.Fatalf("a wrong code: %d", a.Status)
		}
	}
	a := g.Post(f.Page+"/agree", url.Values{"code": {code}})
	if a.Status != http.StatusSeeOther || f.State() != "awaiting_consent/held" {
		t.Fatalf("a code after five wrong ones: %d, %s", a.Status, f.State())
	}
	if page := g.Get(f.Page); !strings.Contains(page.Body, "Код больше не действует") {
		t.Error("the page does not say what to do")
	}
	f.Agree("all")
	f.WantState("confirmed")
}
