package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// axeTags are the rules that are on; target-size, which axe leaves off, is on as well.
var axeTags = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}

var axeSource = sync.OnceValues(func() (string, error) {
	const path = "../../.tools/node_modules/axe-core/axe.min.js"
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("no axe-core in %s: run `make browser`", filepath.Dir(filepath.Clean(path)))
	}
	return string(b), nil
})

// finding is one element that breaks one rule.
type finding struct {
	Rule, Impact, Help, Target, HTML, Summary string
}

func (f finding) String() string {
	return fmt.Sprintf("%s (%s): %s\n      at %s\n      %s\n      %s", f.Rule, f.Impact, f.Help, f.Target, f.HTML,
		strings.ReplaceAll(f.Summary, "\n", "\n      "))
}

// axe asks axe-core about the page as it is shown, and the eye about what axe cannot tell: text
// on a gradient or a picture. left counts by rule what neither can tell.
func (p *tab) axe() (found []finding, left map[string]int) {
	p.t.Helper()
	return p.ask(`{type: 'tag', values: ['` + strings.Join(axeTags,
		"','") + `']}, rules: {'target-size': {enabled: true}}`)
}

// axeColours asks only what depends on colours, for a page that axe has seen in other ones.
func (p *tab) axeColours() (found []finding, left map[string]int) {
	p.t.Helper()
	return p.ask(`{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`)
}

func (p *tab) ask(rules string) (found []finding, left map[string]int) {
	p.t.Helper()
	source, err := axeSource()
	if err != nil {
		p.t.Fatal(err)
	}
	if !js[bool](p, `typeof axe === 'object'`) {
		js[bool](p, source+"\n;typeof axe === 'object'")
	}
	p.settle()
	r := js[struct {
		Found  []finding
		Text   []text
		Unsure map[string]int
	}](p, `axe.run(document, {
		runOnly: `+rules+`, resultTypes: ['violations', 'incomplete'],
	}).then(r => {
		const Text = [], Unsure = {}
		for (const v of r.incomplete) for (const n of v.nodes) {
			const key = n.any[0]?.data?.messageKey
			if (v.id === 'color-contrast' && (key === 'bgGradient' ||
				key === 'imgNode')) Text.push({Target: n.target.flat().join(' '), HTML: n.html.slice(0, 300)})
			else Unsure[v.id + ' ' + (key ?? '')] = (Unsure[v.id + ' ' + (key ?? '')] ?? 0) + 1
		}
		return {Text, Unsure, Found: r.violations.flatMap(v => v.nodes.map(n => ({Rule: v.id, Impact: v.impact ?? '',
			Help: v.help, Target: n.target.flat().join(' '), HTML: n.html.slice(0, 300),
				Summary: n.failureSummary ?? ''})))}
	})`)
	return append(r.Found, p.pale(r.Text)...), r.Unsure
}

// axeRules names the rules that are on.
func (p *tab) axeRules() []string {
	p.t.Helper()
	p.axe()
	return js[[]string](p, `axe.getRules(['`+strings.Join(axeTags,
		"','")+
		`']).filter(r => !r.tags.includes('experimental') && !r.tags.includes('deprecated')).map(r => r.ruleId).concat('target-size').sort().filter((r, i, all) => r !== all[i - 1])`)
}

// settle ends what moves and waits for the page to be drawn.
func (p *tab) settle() {
	p.t.Helper()
	js[bool](p, `new Promise(done => {
		for (const a of document.getAnimations()) try { a.finish() } catch {}
		const after = () => done(true)
		requestAnimationFrame(() => requestAnimationFrame(after))
		setTimeout(after, 300)
	})`)
}

// findings gathers what is wrong on many pages: the same thing is told once, with all the places.
type findings struct {
	mu     sync.Mutex
	order  []string
	at     map[string][]string
	unsure map[string]int
}

func (f *findings) add(what, where string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at == nil {
		f.at = map[string][]string{}
	}
	if _, ok := f.at[what]; !ok {
		f.order = append(f.order, what)
	}
	f.at[what] = append(f.at[what], where)
}

func (f *findings) cannotTell(rules map[string]int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.unsure == nil {
		f.unsure = map[string]int{}
	}
	for rule, n := range rules {
		f.unsure[rule] += n
	}
}

func (f *findings) report(t testing.TB) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, what := range f.order {
		places := slices.Clone(f.at[what])
		slices.Sort(places)
		n := len(places)
		if n > 6 {
			places = append(places[:6:6], "...")
		}
		t.Errorf("%s\n      on %d: %s", what, n, strings.Join(places, ", "))
	}
	if len(f.unsure) > 0 {
		t.Logf("left to the eye by axe: %v", f.unsure)
	}
}

// wide lists the elements that make a page wider than its screen, if it is.
func (p *tab) wide() (width int, culprits []string) {
	p.t.Helper()
	r := js[struct {
		Width    int
		Culprits []string
	}](p, `(() => {
		const w = document.documentElement.clientWidth, width = document.documentElement.scrollWidth
		if (width <= w) return {Width: width, Culprits: []}
		const inside = e => { for (let a = e.parentElement; a && a !== document.body;
			a = a.parentElement) if (getComputedStyle(a).overflowX !== 'visible') return true; return false }
		const out = [...document.body.querySelectorAll('*')].filter(e => e.checkVisibility() &&
			e.getBoundingClientRect().right > w + 0.5 && !inside(e))
		return {Width: width, Culprits: out.filter(e => ![...e.children].some(c => out.includes(c))).slice(0,
			5).map(e => e.outerHTML.slice(0, 160) + ' reaches ' + Math.round(e.getBoundingClientRect().right))}
	})()`)
	return r.Width, r.Culprits
}
