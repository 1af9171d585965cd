package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"

	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// rosterViews is the roster in every state that a coordinator meets.
func rosterViews(t testing.TB, h *portaltest.Server) []view {
	t.Helper()
	w := h.World()
	host := h.Person("host@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, host, w.Org)
	event, shift := h.Event(w, 48*time.Hour, 6)
	at := h.Now().Add(51 * time.Hour).Truncate(time.Minute)
	later := h.Shift(event, at, 4)
	h.Exec(`update event set ends_at = $2 where id = $1`, event, at.Add(2*time.Hour))
	h.Exec(`update shift set title = '{"kk":"Түстен кейін","ru":"После обеда","en":"After lunch"}' where id = $1`,
		later)
	names := [][2]string{
		{"Қожахметова", "Аружан"},
		{"Әбдірахманов", "Нұрсұлтан"},
		{"Иванов", "Пётр"},
		{"Сейтқызы", "Айгүл"},
		{"Жұмағалиева-Төлегенова", "Гүлбаршын"},
		{"Ким", "Виктория"},
		{"Оспанов", "Ерасыл"},
		{"Тілеуберген", "Дана"},
		{"Ұзақбай", "Мирас"},
		{"Бала", "Асан"},
	}
	signups := make([]int64, len(names))
	for i, n := range names {
		to, age := shift, 16+2*i
		if i == 9 {
			to, age = later, 13
		}
		id := h.Person(fmt.Sprintf("p%d@shtab.test", i), age)
		h.Exec(
			`update person set family_name = $2, given_name = $3, phone = '+7 701 555 01 0' || $4::int, lang = $5
				where id = $1`, id, n[0], n[1], i, i18n.Langs[i%2])
		h.As(id).Post(portaltest.Path("/kk/shifts/%d/signup", to), nil)
		h.Scan(`select id from signup where person_id = $1`, []any{id}, &signups[i])
	}
	coordinator := h.As(host)
	coordinator.Post(portaltest.Path("/ru/desk/signups/%d/remove", signups[2]),
		map[string][]string{"reason": {"asked"}})
	coordinator.Post(portaltest.Path("/ru/desk/events/%d/messages", event), map[string][]string{
		"deed": {"send"}, "key": {"k"}, "audience": {"all"}, "subject_kk": {"Жаңбыр"}, "body_kk": {"Шатыр алыңыз."},
		"subject_ru": {"Дождь"}, "body_ru": {"Возьмите зонт."},
	})
	h.Exec(`update shift set capacity = 8 where id = $1`, shift) // somebody waits who can be promoted
	roster := func(q string) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return link.DeskRoster(l, event) + q }
	}
	one := func(signup int64) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return link.DeskSignup(l, signup) }
	}
	messages := func(l i18n.Lang) string { return link.DeskMessages(l, event) }
	h.Person("new@shtab.test", 20)
	upload := func(text string) func(*tab, i18n.Lang) {
		return func(p *tab, _ i18n.Lang) {
			js[bool](p, `(() => {
				const files = new DataTransfer()
				files.items.add(new File([`+quoted(text)+`], 'roster.csv'))
				document.querySelector('#f-file').files = files.files
				return true
			})()`)
			submit(p, "")
		}
	}
	return []view{
		{name: "roster", path: roster(""), who: host, main: true},
		{name: "roster-waiting", path: roster("?state=waitlisted"), who: host},
		{name: "roster-cancelled", path: roster("?state=cancelled"), who: host},
		{name: "roster-nobody", path: roster("?q=zzz"), who: host},
		{name: "roster-add", path: roster(""), who: host, do: func(p *tab, _ i18n.Lang) {
			p.touch(`.roster-add > summary`)
			p.fill("email", "nobody@shtab.test")
			p.press(`.roster-add button`)
		}, then: 422},
		{name: "roster-person", path: one(signups[0]), who: host, main: true},
		{name: "roster-person-waiting", path: one(signups[8]), who: host},
		{name: "roster-person-removed", path: one(signups[2]), who: host},
		{name: "roster-person-errors", path: one(signups[0]), who: host, do: func(p *tab, _ i18n.Lang) {
			js[bool](p, `document.querySelector('#why-special').checked = true`)
			p.press(`[aria-labelledby=remove] button`)
		}, then: 422},
		{name: "roster-print", path: roster("/print"), who: host},
		{name: "roster-import", path: roster("/import"), who: host},
		{
			name: "roster-import-plan", path: roster("/import"), who: host,
			do: upload(fmt.Sprintf("Sign-up no.;Remove;Shift no.;New person’s e-mail\n%d;x;;\n;;1;new@shtab.test\n",
				signups[3])), then: 200,
		},
		{
			name: "roster-import-problems", path: roster("/import"), who: host,
			do: upload("Sign-up no.;Remove;Shift no.;New person’s e-mail\n99;x;;\n;;;nobody\n"), then: 422,
		},
		{name: "messages", path: messages, who: host, main: true},
		{name: "messages-errors", path: messages, who: host, do: func(p *tab, _ i18n.Lang) {
			js[bool](p, `document.querySelector('main form.form').noValidate = true`)
			submit(p, "")
		}, then: 422},
		{name: "messages-preview", path: messages, who: host, do: func(p *tab, _ i18n.Lang) {
			for name, text := range map[string]string{
				"subject_kk": "Кездесу орны",
				"body_kk":    "Саябақтың батыс қақпасы.\nКүтеміз!", "subject_ru": "Где встречаемся",
				"body_ru": "У западных ворот парка.\nЖдём!",
			} {
				p.fill(name, text)
			}
			submit(p, "")
		}, then: 200},
	}
}

// TestRosterPages holds the roster to what TestPages asks of every page, and writes pictures of
// it into the folder that SHOTS names.
func TestRosterPages(t *testing.T) {
	h := portaltest.Start(t)
	all := rosterViews(t, h)
	ts := openTabs(t, h.URL)
	var found findings
	t.Run("of", func(t *testing.T) {
		for i, v := range all {
			for n := range i18n.Langs {
				l := i18n.Langs[(i+n)%len(i18n.Langs)]
				if n > 0 && !v.main {
					break
				}
				place := v.name + "." + string(l)
				t.Run(place, func(t *testing.T) {
					t.Parallel()
					ts.with(t, func(p *tab) {
						look(p, h, v, l, n == 0, place, &found)
						rosterShots(p, place)
					})
				})
			}
		}
	})
	found.report(t)
}

func rosterShots(p *tab, place string) {
	dir := os.Getenv("SHOTS")
	if dir == "" {
		return
	}
	p.scheme("light")
	for _, width := range []int64{360, 1280} {
		p.size(width, 800)
		p.settle()
		picture := call(p, page.CaptureScreenshot,
			page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: new(true)})
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s.%d.png", place, width)), picture.Data,
			0o644); err != nil {
			p.t.Fatal(err)
		}
	}
}

// TestRosterTaps does what a coordinator does most, on a phone without scripts, and counts the
// taps; typing is not counted.
func TestRosterTaps(t *testing.T) {
	h := portaltest.Start(t)
	all := map[string]view{}
	for _, v := range rosterViews(t, h) {
		all[v.name] = v
	}
	p := open(t, h.URL)
	p.size(360, 800)
	p.scriptsOff()
	p.as(h, all["roster"].who)
	list := all["roster"].path(i18n.RU)
	job := func(name string, most int, do func()) {
		t.Helper()
		p.visit(list, 200)
		before := p.taps
		do()
		n := p.taps - before
		t.Logf("%s: %d taps", name, n)
		if n > most {
			t.Errorf("%s takes %d taps", name, n)
		}
	}
	job("find a person and call", 1, func() {
		p.fill("q", "кожахмет")
		p.press(`.roster-search button`)
		p.mustSee(`.person-call[href="tel:+77015550100"]`) // one more tap calls
	})
	job("promote", 1, func() {
		p.press(`form[action$="/` + fmt.Sprint(signupOf(h, "p7")) + `/promote"] button`)
		p.mustSee(`.flash-good`)
	})
	job("remove", 3, func() {
		p.press(`.person-name[href$="/signups/` + fmt.Sprint(signupOf(h, "p3")) + `"]`)
		p.touch(`#why-asked`)
		p.press(`[aria-labelledby=remove] button`)
		p.mustSee(`form[action$="/restore"]`)
	})
	job("write to all", 3, func() {
		p.press(`.roster-tools a`)
		for name, text := range map[string]string{
			"subject_kk": "Кездесу", "body_kk": "Күтеміз!",
			"subject_ru": "Встреча", "body_ru": "Ждём!",
		} {
			p.fill(name, text)
		}
		p.press(`main form.form button[value=preview]`)
		p.press(`button[value=send]`)
		p.mustSee(`.flash-good`)
	})
	if n := h.Count(`select count(*) from message`); n != 2 {
		t.Errorf("%d messages", n)
	}
}

func signupOf(h *portaltest.Server, name string) (id int64) {
	h.T.Helper()
	h.Scan(`select g.id from signup g join person p on p.id = g.person_id where p.email = $1`,
		[]any{name + "@shtab.test"}, &id)
	return id
}
