package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// stop is where the keyboard's focus stands.
type stop struct {
	Is      string // the element's first tag
	Href    string
	Outline bool // something shows that the focus is here
	Hidden  bool // something lies over all of it
}

// tabKey goes one stop on.
func (p *tab) tabKey() stop {
	p.t.Helper()
	must(p, "Tab", chromedp.KeyEvent(kb.Tab))
	return p.focus()
}

func (p *tab) focus() stop {
	p.t.Helper()
	return js[stop](p, `(() => {
		const e = document.activeElement
		if (!e || e === document.body) return {Is: '', Href: '', Outline: true, Hidden: false}
		const ring = e => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' &&
			parseFloat(s.outlineWidth) >= 2 && s.outlineColor !== 'rgba(0, 0, 0, 0)' && s.visibility === 'visible' }
		// A card may show the focus of the link that stretches over it, a pill that of the dot inside.
		// The button that opens a date's calendar is the browser's own, and so is its ring.
		let outline = ring(e) || e.type === 'date' && !e.matches(':focus-visible') || [...(e.nextElementSibling ?
			[e.nextElementSibling] : [])].some(ring)
		for (let a = e.parentElement; a && a.localName !== 'main' && !outline; a = a.parentElement) outline = ring(a)
		const r = e.getBoundingClientRect()
		const at = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(([x, y]) =>
			document.elementFromPoint(r.left + r.width * x, r.top + r.height * y))
		const hidden = !at.some(hit => hit && (e.contains(hit) || hit.contains(e) ||
			hit.closest('label')?.control === e))
		return {Is: e.cloneNode(false).outerHTML.slice(0, 160), Href: e.getAttribute('href') ?? '', Outline: outline,
			Hidden: hidden}
	})()`)
}

// good complains about a stop that cannot be seen.
func (p *tab) good(s stop, where string) {
	p.t.Helper()
	if !s.Outline {
		p.t.Errorf("%s: the focus does not show on %s", where, s.Is)
	}
	if s.Hidden {
		p.t.Errorf("%s: something covers the focused %s", where, s.Is)
	}
}

// tabTo goes on by Tab until the focus is on what selector names.
func (p *tab) tabTo(selector string) {
	p.t.Helper()
	where := p.where()
	for range 200 {
		s := p.tabKey()
		p.good(s, where)
		if js[bool](p, `document.activeElement.matches(`+quoted(selector)+`)`) {
			return
		}
	}
	p.t.Fatalf("%s: Tab does not reach %s", where, selector)
}

// enter presses what has the focus and waits for the next page.
func (p *tab) enter() {
	p.t.Helper()
	p.follow("Enter", chromedp.KeyEvent(kb.Enter))
}

// From home to a place and back, with the keyboard alone.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	event, shift := h.Event(w, 48*time.Hour, 5)
	person := h.Person("keys@shtab.test", 33)
	for _, size := range [][2]int64{{1280, 900}, {360, 800}} {
		for l, scheme := range map[i18n.Lang]string{i18n.KK: "light", i18n.RU: "dark"} {
			t.Run(fmt.Sprintf("%s %d %s", l, size[0], scheme), func(t *testing.T) {
				p := open(t, h.URL)
				p.as(h, person)
				p.size(size[0], size[1])
				p.scheme(scheme)

				p.visit(link.Home(l), 200)
				s := p.tabKey()
				p.good(s, "the first stop")
				if s.Href != "#main" || !p.sees("a.skip") {
					t.Fatalf("the first stop of home is %s, want the link that skips the head", s.Is)
				}
				must(p, "Enter", chromedp.KeyEvent(kb.Enter))
				if s := p.tabKey(); !js[bool](p, `document.getElementById('main').contains(document.activeElement)`) {
					t.Errorf("after skipping the head the next stop is %s, not in the main part", s.Is)
				}
				p.tabTo(`a[href="` + link.Event(l, event) + `"]`)
				p.enter()
				p.expect(200)

				p.tabTo(`form[action="` + link.Signup(l, shift) + `"] button`)
				p.enter()
				if got := p.shiftState(shift); got != "is-in" {
					t.Fatalf("after signing up: %q", got)
				}
				if p.sees(`.shift details > summary`) { // asks once more
					p.tabTo(`.shift details > summary`)
					must(p, "Enter", chromedp.KeyEvent(kb.Enter))
				}
				p.tabTo(`form[action*="/signups/"] button`)
				p.enter()
				if got := p.shiftState(shift); got != "is-join" {
					t.Fatalf("after cancelling: %q", got)
				}
			})
		}
	}
}

// Every stop of every form and list can be seen and is not covered, all around the page.
func TestFocusShows(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	for i := range 4 {
		h.Event(w, time.Duration(30+24*i)*time.Hour, 5)
	}
	person := h.Person("stops@shtab.test", 33)
	p := open(t, h.URL)
	for _, size := range [][2]int64{{1280, 900}, {360, 640}} {
		p.size(size[0], size[1])
		for _, signed := range []bool{false, true} {
			p.forget()
			if signed {
				p.as(h, person)
			}
			paths := []string{
				link.Events(i18n.KK, nil), link.Register(i18n.RU, ""), link.Login(i18n.EN, ""),
				link.Totals(i18n.RU), link.Campaigns(i18n.EN),
			}
			if signed {
				paths = []string{
					link.Events(i18n.RU, nil), link.Me(i18n.KK), link.Profile(i18n.RU),
					link.Security(i18n.EN),
				}
			}
			for _, path := range paths {
				p.visit(path, 200)
				js[bool](p, `document.querySelectorAll('details').forEach(d => d.open = true) ?? true`)
				where := fmt.Sprintf("%s at %d, signed in %v", path, size[0], signed)
				var last string
				for n := 0; ; n++ {
					s := p.tabKey()
					if s.Is == "" || n > 150 {
						if n < 8 {
							t.Errorf("%s: only %d stops, the last %s", where, n, last)
						}
						break
					}
					p.good(s, where)
					last = s.Is
				}
			}
		}
	}
}
