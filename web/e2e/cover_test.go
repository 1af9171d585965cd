package e2e_test

import (
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// covered lists the texts of the page that cannot be read because something lies over them, also
// after the reader has scrolled to them: a fixed bar over the end of the page, a text that grew into
// its neighbour. Each line of text is brought to the middle half of the screen and probed at six points.
func (p *tab) covered() []string {
	p.t.Helper()
	p.settle()
	return js[[]string](p, `(() => {
		const seen = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}) &&
			!e.closest('.sr, .skip, .menu-word, svg')
		const clear = c => c === 'transparent' || / 0\)$/.test(c)
		const lines = n => { const r = document.createRange(); r.selectNodeContents(n);
			return [...r.getClientRects()].filter(b => b.width > 3 && b.height > 6) }
		const at = (b, x, y) => x >= b.left && x <= b.right && y >= b.top + b.height * .15 &&
			y <= b.bottom - b.height * .15
		const painted = (e, x, y) => {
			const s = getComputedStyle(e)
			if (!clear(s.backgroundColor) || s.backgroundImage !== 'none' ||
				/^(img|canvas|video|iframe|path|rect|circle|use)$/.test(e.localName)) return true
			return [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim() && lines(n).some(b => at(b, x, y)))
		}
		const over = (e, x, y) => {
			const first = document.elementFromPoint(x, y)
			if (!first || first.contains(e)) return null
			for (const top of document.elementsFromPoint(x, y)) {
				if (top.contains(e) || top.closest(':popover-open')) return null
				if (!e.contains(top) && !top.closest('label')?.contains(e) && painted(top, x, y)) return top
			}
			return null
		}
		const scrolls = new Map()
		const scroller = e => { if (!scrolls.has(e)) scrolls.set(e, outer(e)); return scrolls.get(e) }
		const outer = e => { for (let a = e.parentElement; a && a !== document.body;
			a = a.parentElement) if (/auto|scroll/.test(getComputedStyle(a).overflow)) return a; return null }
		const found = [], from = scrollY
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
		for (let n; n = walk.nextNode();) {
			const e = n.parentElement
			if (!n.data.trim() || !seen(e)) continue
			const box = scroller(e)
			if (box) e.scrollIntoView({block: 'center', inline: 'start', behavior: 'instant'})
			for (let i = 0, all = lines(n); i < all.length; i++) {
				if (all[i].top < innerHeight * .25 || all[i].bottom > innerHeight * .75) {
					scrollTo({top: scrollY + all[i].top - innerHeight / 4, behavior: 'instant'})
					all = lines(n)
				}
				const b = all[i], edge = box?.getBoundingClientRect()
				if (edge && (b.left < edge.left || b.right > edge.right || b.top < edge.top ||
					b.bottom > edge.bottom)) continue
				const top = [.2, .8].flatMap(y => [b.left + 2, (b.left + b.right) / 2, b.right - 2].map(x => over(e,
					x, b.top + b.height * y))).find(Boolean)
				if (top) { found.push(e.cloneNode(false).outerHTML.slice(0, 80) + ' "' + n.data.trim().slice(0,
					40) + '" lies under ' + top.cloneNode(false).outerHTML.slice(0, 80)); break }
			}
		}
		scrollTo({top: from, behavior: 'instant'})
		return found
	})()`)
}

// The question that opens before something is cancelled stands in view as a whole, above the bars.
func TestConfirmStandsInView(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	person := h.Person("sure@shtab.test", 33)
	event, shift := h.Event(h.World(), 48*time.Hour, 5)
	if a := h.As(person).Post(link.Signup(i18n.KK, shift), nil); a.Status != 303 {
		t.Fatalf("signing up answered %d", a.Status)
	}
	p := open(t, h.URL)
	p.as(h, person)
	for _, path := range []string{link.Me(i18n.KK), link.Event(i18n.KK, event)} {
		for _, size := range [][2]int64{{320, 560}, {360, 640}, {360, 800}, {1280, 900}} {
			p.size(size[0], size[1])
			p.visit(path, 200)
			p.touch(`details.sure > summary`)
			p.settle()
			if over := js[string](p, `(e => {
				const r = e.getBoundingClientRect(), hit = document.elementFromPoint(r.left + r.width / 2,
					r.bottom - 4)
				return e.contains(hit) ? '' : hit?.outerHTML.slice(0, 120) ?? 'the edge of the screen'
			})(document.querySelector('details.sure[open] button'))`); over != "" {
				t.Errorf("%s at %d x %d: the button lies under %s", path, size[0], size[1], over)
			}
		}
	}
}
