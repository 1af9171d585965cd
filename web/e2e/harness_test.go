package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The tests of this package are only worth what their instruments see: here each of them is
// shown what it must find.
func TestInstruments(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	serve := func(path, csp, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", csp)
			_, _ = w.Write([]byte(`<!doctype html><html lang="en"><head><title>A page</title>
				<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
				</head><body>` + body + `</body></html>`))
		})
	}
	const strict = "default-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:"
	serve("/good", strict, `<main><h1>Good</h1><p>Nothing is wrong here.</p></main>`)
	serve("/script", "default-src 'none'", `<main><h1>Script</h1></main><script>document.title = 'ran'</script>`)
	serve("/foreign", "default-src *", `<main><h1>Foreign</h1><img alt="" src="https://example.com/pixel.png"></main>`)
	serve("/console", "default-src 'self' 'unsafe-inline'",
		`<main><h1>Console</h1></main><script>console.error('oh'); setTimeout(() => { throw new Error('thrown') })</script>`)
	serve("/missing", strict, `<main><h1>Missing</h1><img alt="" src="/nothing.png"></main>`)
	serve("/axe", strict,
		`<main><h1>Axe</h1><img src="data:,"><p style="color:#bbb;background:#fff">Pale</p><button style="width:12px;height:12px;padding:0;border:0">x</button><button style="width:12px;height:12px;padding:0;border:0">y</button></main>`)
	serve("/wide", strict, `<main><h1>Wide</h1><div id="culprit" style="width:500px">500</div></main>`)
	serve("/dark", strict,
		`<style>:root{color-scheme:light dark} @media (prefers-color-scheme:dark){p{color:#333;background:#222}}</style><main><h1>Dark</h1><p>Unreadable at night.</p></main>`)
	serve("/gradient", strict,
		`<style>p{padding:20px;background:linear-gradient(90deg,#fff,#000)}</style><main><h1>Gradient</h1><p style="color:#000">From readable to unreadable, all along a line that is long enough to reach into the dark</p><p style="color:#000;background:linear-gradient(90deg,#fff,#eee)">Readable all along</p><p style="position:absolute;top:560px;color:#000;background:linear-gradient(90deg,#fff,#eee)">Readable past the bar</p></main><div style="position:fixed;inset:560px 0 0 0;background:#222"></div>`)
	serve("/form", strict,
		`<main><h1>Form</h1><form action="/good"><label for="f-word">Word</label><input id="f-word" name="word"><button>Go</button></form><p style="height:2000px"></p><a id="low" href="/good">Low</a><p style="height:200px"></p><a id="covered" href="/good">Covered</a></main><div id="lid" style="position:fixed;inset:auto 0 0 0;height:100px;background:#000"></div>`)
	serve("/over", strict,
		`<style>p{margin:0;line-height:20px;white-space:nowrap}</style><main style="padding-bottom:40px"><h1>Over</h1><p style="height:1500px">Free when it stands in the middle</p><p id="grown" style="height:10px">Grows into the next</p><p>Overrun</p><p id="end">The end</p></main><div style="position:fixed;inset:auto 0 0 0;height:70px;background:#fff">A bar</div>`)
	serve("/own-script", strict, `<main><h1>Own</h1></main><script src="/own.js"></script>`)
	mux.HandleFunc("/own.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte(`document.title = 'ran'`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	wrong := func(t *testing.T, path, want string) {
		t.Helper()
		p := openUnwatched(t, server.URL)
		p.visit(path, 200)
		p.settle()
		if got := strings.Join(p.watch.list(), "\n"); !strings.Contains(got, want) {
			t.Errorf("the watch over %s says %q, want %q in it", path, got, want)
		}
	}
	t.Run("a good page", func(t *testing.T) {
		p := open(t, server.URL)
		p.visit("/good", 200)
		found, _ := p.axe()
		for _, f := range found {
			t.Error(f)
		}
		if width, _ := p.wide(); width != 360 {
			t.Errorf("it is %d wide", width)
		}
		if _, sum := p.watch.loads(); sum < 300 || sum > 2000 {
			t.Errorf("it weighs %.0f bytes", sum)
		}
		t.Logf("rules: %s", strings.Join(p.axeRules(), " "))
	})
	t.Run("a script against the policy", func(t *testing.T) { wrong(t, "/script", "ContentSecurityPolicyIssue") })
	t.Run("a foreign request", func(t *testing.T) {
		wrong(t, "/foreign", "a request leaves the portal: https://example.com/pixel.png")
	})
	t.Run("a console error", func(t *testing.T) { wrong(t, "/console", "console.error: ") })
	t.Run("an exception", func(t *testing.T) { wrong(t, "/console", "exception: Uncaught Error: thrown") })
	t.Run("a missing image", func(t *testing.T) { wrong(t, "/missing", "/nothing.png (Image) answered 404") })
	t.Run("axe", func(t *testing.T) {
		p := open(t, server.URL)
		p.visit("/axe", 200)
		found, _ := p.axe()
		rules := map[string]bool{}
		for _, f := range found {
			rules[f.Rule] = true
		}
		for _, rule := range []string{"image-alt", "color-contrast", "target-size"} {
			if !rules[rule] {
				t.Errorf("axe does not find %s, only %v", rule, found)
			}
		}
	})
	t.Run("dark", func(t *testing.T) {
		p := open(t, server.URL)
		p.visit("/dark", 200)
		light, _ := p.axe()
		p.scheme("dark")
		dark, _ := p.axe()
		if len(light) != 0 || len(dark) != 1 || dark[0].Rule != "color-contrast" {
			t.Errorf("light: %v, dark: %v", light, dark)
		}
	})
	t.Run("text on a gradient", func(t *testing.T) {
		p := open(t, server.URL)
		p.visit("/gradient", 200)
		found, _ := p.axe()
		if len(found) != 1 || !strings.Contains(found[0].HTML, "unreadable") {
			t.Errorf("found %v", found)
		}
	})
	t.Run("a wide page", func(t *testing.T) {
		p := open(t, server.URL)
		p.visit("/wide", 200)
		p.size(320, 800)
		if width, culprits := p.wide(); width <= 320 || len(culprits) != 1 ||
			!strings.Contains(culprits[0], "culprit") {
			t.Errorf("%d wide because of %q", width, culprits)
		}
	})
	t.Run("covered text", func(t *testing.T) {
		p := open(t, server.URL)
		p.visit("/over", 200)
		got := strings.Join(p.covered(), "\n")
		if n := strings.Count(got, "lies under"); n != 2 || !strings.Contains(got, `id="grown"`) ||
			!strings.Contains(got, `id="end"`) {
			t.Errorf("%d texts are covered:\n%s", n, got)
		}
		p.visit("/form", 200)
		if got := p.covered(); len(got) != 0 {
			t.Errorf("nothing is covered by a lid that one scrolls past: %q", got)
		}
	})
	t.Run("scripts off", func(t *testing.T) {
		p := open(t, server.URL)
		title := func() string { p.visit("/own-script", 200); return js[string](p, `document.title`) }
		if got := title(); got != "ran" {
			t.Errorf("with scripts the title is %q", got)
		}
		p.scriptsOff()
		if got := title(); got != "A page" {
			t.Errorf("without scripts the title is %q", got)
		}
	})
	t.Run("fingers", func(t *testing.T) {
		for _, off := range []bool{false, true} {
			p := open(t, server.URL)
			if off {
				p.scriptsOff()
			}
			p.visit("/form", 200)
			p.fill("word", "Айгүл")
			p.press("button")
			if got := js[string](p, `location.search`); got != "?word=%D0%90%D0%B9%D0%B3%D2%AF%D0%BB" {
				t.Errorf("the form sent %q (scripts off: %v)", got, off)
			}
			p.visit("/form", 200)
			p.press("#low")
			if got := p.where(); got != "/good" {
				t.Errorf("the link led to %s", got)
			}
			p.visit("/form", 200)
			if _, _, wrong := p.find("#covered"); !strings.Contains(wrong, "lid") {
				t.Errorf("what lies under the lid: %q", wrong)
			}
			if p.taps != 2 || p.fields != 1 {
				t.Errorf("%d taps and %d fields", p.taps, p.fields)
			}
		}
	})
}
