// Package e2e_test looks at the portal with the eyes of a person: through a real browser, on a
// phone's screen, with a keyboard alone, without scripts, in the dark. It knows pages, not
// packages: what it needs of the database it gets through portaltest.
package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"shtab/internal/poll"
	"shtab/web/portal/portaltest"
)

// patience is how long a page may take on a busy machine.
const patience = 30 * time.Second

// The one browser process of a run.
var chromium struct {
	once sync.Once
	ctx  context.Context
	stop context.CancelFunc
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.stop != nil {
		chromium.stop()
	}
	os.Exit(code)
}

// theBrowser starts the browser, once.
func theBrowser() (context.Context, error) {
	chromium.once.Do(func() {
		path, err := chromiumPath()
		if err != nil {
			chromium.err = err
			return
		}
		opts := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path),
			chromedp.NoSandbox, // root has no other way, and every page is our own
			chromedp.DisableGPU,
			chromedp.Flag("js-flags", "--single-threaded --min-semi-space-size=32"), // tabs are at work on every core
			chromedp.Flag("disable-quic", true),
			chromedp.Flag("disable-component-update", true),
			chromedp.Flag("hide-scrollbars", true),
			// The names of other hosts lead nowhere: what leaves the portal fails, and is reported.
			chromedp.Flag("host-resolver-rules", "MAP localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		)
		alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
		ctx, stop := chromedp.NewContext(alloc)
		if err := chromedp.Do(ctx); err != nil {
			chromium.err = fmt.Errorf("%s does not start: %w", path, err)
			stop()
			stopAlloc()
			return
		}
		chromium.ctx = ctx
		chromium.stop = func() {
			_ = chromedp.Cancel(ctx)
			stop()
			stopAlloc()
		}
	})
	return chromium.ctx, chromium.err
}

func chromiumPath() (string, error) {
	if path := os.Getenv("CHROMIUM"); path != "" {
		if _, err := exec.LookPath(path); err != nil {
			return "", fmt.Errorf("CHROMIUM=%s is no program: unset it and run `make browser`", path)
		}
		return path, nil
	}
	for _, name := range []string{
		"chromium-headless-shell", // draws the same pages with a third of the work
		"chromium", "chromium-browser", "google-chrome",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium here: run `make browser`")
}

// tab is a browser of its own, with its own cookies and cache, and a watch over what it does.
// Whatever stands on the watch's list fails the test when it ends.
type tab struct {
	t      testing.TB
	ctx    context.Context
	origin string
	watch  *watch
	still  bool // its pages' scripts do not run
	taps   int  // links, buttons and boxes touched
	fields int  // fields filled
}

// open opens a tab on a phone of 360 by 800, for pages of origin.
func open(t testing.TB, origin string) *tab {
	t.Helper()
	p := openUnwatched(t, origin)
	t.Cleanup(func() {
		for _, s := range p.watch.list() {
			t.Errorf("%s", s)
		}
	})
	return p
}

func openUnwatched(t testing.TB, origin string) *tab {
	t.Helper()
	browser, err := theBrowser()
	if err != nil {
		t.Fatal(err)
	}
	w := newWatch(origin)
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(w.see))
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx, origin: origin, watch: w}
	if err := chromedp.Do(ctx); err != nil { // not under a deadline, or the tab would end with it
		t.Fatal("no tab: ", err)
	}
	call(p, audits.Enable, cdp.Empty{})
	call(p, page.SetPrerenderingAllowed, page.SetPrerenderingAllowedParams{IsAllowed: false})
	p.size(360, 800)
	p.scheme("light")
	return p
}

// must is the answer to a question put to the browser; without one the test ends.
func must[T any](p *tab, what string, a chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		p.t.Fatalf("%s at %s: %v", what, p.where(), err)
	}
	return v
}

func call[P, R any](p *tab, cmd cdp.Command[P, R], params P) R {
	p.t.Helper()
	return must(p, cmd.Method, func(ctx context.Context, t *chromedp.Target) (R,
		error,
	) {
		return cdp.Call(ctx, t, cmd, params)
	})
}

// where is the address shown, for messages.
func (p *tab) where() string {
	ctx, cancel := context.WithTimeout(p.ctx, 2*time.Second)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + location.search + location.hash`))
	if err != nil {
		return "(no page)"
	}
	return at
}

// js is what an expression gives in the page. It runs past the page's policy and with its
// scripts off, as a debugger does.
func js[T any](p *tab, expression string) T {
	p.t.Helper()
	return must(p, "script", chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// await waits until a condition holds in the page.
func (p *tab) await(condition string) {
	p.t.Helper()
	// not in the page, whose scripts may be off
	poll.Until(p.t, condition, func() bool { return js[bool](p, condition) })
}

// quoted is s as a script's text.
func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// size sets the screen; a narrow one is a phone's and takes touches.
func (p *tab) size(width, height int64) {
	p.t.Helper()
	call(p, emulation.SetDeviceMetricsOverride,
		emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
	call(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: width < 600})
}

// scheme is the person's wish for "light" or "dark"; nothing moves while tests look.
func (p *tab) scheme(s string) {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: s}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// scriptsOff makes the pages' own scripts stop.
func (p *tab) scriptsOff() {
	p.t.Helper()
	p.still = true
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// as gives the tab the cookies of a signed-in browser.
func (p *tab) as(h *portaltest.Server, person int64) {
	p.t.Helper()
	p.cookies(h.As(person))
}

func (p *tab) cookies(b *portaltest.Browser) {
	p.t.Helper()
	for _, c := range cookiesOf(b, p.origin) {
		call(p, network.SetCookie, network.SetCookieParams{
			Name: c.Name, Value: c.Value, URL: p.origin + "/",
			HTTPOnly: new(true),
		})
	}
}

// forget makes the tab a visitor's again.
func (p *tab) forget() {
	p.t.Helper()
	call(p, network.ClearBrowserCookies, cdp.Empty{})
	call(p, storage.ClearDataForOrigin, storage.ClearDataForOriginParams{Origin: p.origin, StorageTypes: "all"})
}

// visit goes to a path and expects the page with status.
func (p *tab) visit(path string, status int) {
	p.t.Helper()
	p.watch.answered(0)
	must(p, "going to "+path, chromedp.Navigate(p.origin+path))
	p.expect(status)
}

// expect is about the status of the page that is shown.
func (p *tab) expect(status int) {
	p.t.Helper()
	if got := p.watch.status(); got != status {
		p.t.Errorf("%s answered %d, want %d", p.where(), got, status)
	}
}

// follow does something and waits for the page to which it leads.
func (p *tab) follow(what string, do chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	must(p, what, chromedp.WaitEvent(page.LoadEventFired, nil, do))
}

// press touches what selector names, which must lie open under the finger, and waits for the
// page to which it leads.
func (p *tab) press(selector string) {
	p.t.Helper()
	x, y := p.point(selector)
	p.taps++
	p.follow("pressing "+selector, chromedp.TapXY(x, y))
}

// touch is press for what leads nowhere.
func (p *tab) touch(selector string) {
	p.t.Helper()
	x, y := p.point(selector)
	p.taps++
	must(p, "touching "+selector, chromedp.TapXY(x, y))
	if !p.still {
		p.settle()
	}
}

// point brings the first visible element of selector into view, as a thumb would, and gives its
// middle. It fails the test where there is none, or something else lies over it.
func (p *tab) point(selector string) (x, y float64) {
	p.t.Helper()
	x, y, wrong := p.find(selector)
	if wrong != "" {
		p.t.Fatalf("%s: %s", p.where(), wrong)
	}
	return x, y
}

func (p *tab) find(selector string) (x, y float64, wrong string) {
	p.t.Helper()
	at := js[struct {
		X, Y  float64
		Wrong string
	}](p, `(sel => {
		const e = [...document.querySelectorAll(sel)].find(e => e.checkVisibility({visibilityProperty: true}) &&
			e.getBoundingClientRect().width > 0)
		if (!e) return {Wrong: 'there is no visible ' + sel + '; the page says: ' + document.body.innerText.slice(0,
			600)}
		const middle = () => { const r = e.getBoundingClientRect(); return [r.left + r.width / 2,
			r.top + r.height / 2] }
		const open = () => { const hit = document.elementFromPoint(...middle()); return hit && e.contains(hit) }
		if (!open()) e.scrollIntoView({block: 'center', behavior: 'instant'})
		if (!open()) return {Wrong: sel + ' is covered by ' + (document.elementFromPoint(...middle())?.outerHTML.slice(0, 200) ?? 'the edge of the screen')}
		const [X, Y] = middle()
		return {X, Y}
	})(`+quoted(selector)+`)`)
	return at.X, at.Y, at.Wrong
}

// fill types text into the field called name. A date is set as the browser's own picker does.
func (p *tab) fill(name, text string) {
	p.t.Helper()
	selector := `#f-` + name
	x, y := p.point(selector)
	p.fields++
	if js[string](p, `document.querySelector(`+quoted(selector)+`).type`) == "date" {
		js[bool](p, `(e => { e.value = `+quoted(
			text)+`; return e.dispatchEvent(new Event('change', {bubbles: true})) })(document.querySelector(`+quoted(
			selector)+`))`)
		return
	}
	focused := `document.activeElement === document.querySelector(` + quoted(selector) + `)`
	poll.Until(p.t, "focus on "+selector, func() bool { // a page that still moves is tapped beside the field
		must(p, "touching "+selector, chromedp.TapXY(x, y))
		x, y, _ = p.find(selector)
		return js[bool](p, focused)
	})
	call(p, input.InsertText, input.InsertTextParams{Text: text})
	if got := js[string](p, `document.querySelector(`+quoted(selector)+`).value`); got != text {
		p.t.Fatalf("%s: %s holds %q after typing %q", p.where(), selector, got, text)
	}
}

// sees reports whether something visible matches selector.
func (p *tab) sees(selector string) bool {
	p.t.Helper()
	return js[bool](p, `[...document.querySelectorAll(`+quoted(
		selector)+`)].some(e => e.checkVisibility({visibilityProperty: true}))`)
}

// mustSee fails the test where nothing visible matches selector.
func (p *tab) mustSee(selector string) {
	p.t.Helper()
	if !p.sees(selector) {
		p.t.Fatalf("%s: there is no visible %s; the page says: %s", p.where(), selector,
			js[string](p, `document.querySelector('main').innerText.slice(0, 600)`))
	}
}
