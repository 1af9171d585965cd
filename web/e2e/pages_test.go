package e2e_test

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// tabs are lent to views that are looked at side by side.
type tabs struct {
	t      testing.TB
	origin string
	free   chan *tab
}

func openTabs(t testing.TB, origin string) *tabs {
	t.Helper()
	n := runtime.GOMAXPROCS(0)
	ts := &tabs{t: t, origin: origin, free: make(chan *tab, n)}
	for range n {
		ts.free <- openUnwatched(t, origin)
	}
	return ts
}

// with lends a tab to do; what the watch saw meanwhile is the test's.
func (ts *tabs) with(t *testing.T, do func(p *tab)) {
	t.Helper()
	p := <-ts.free
	p.t = t
	defer func() {
		for _, s := range p.watch.drain() {
			t.Errorf("%s", s)
		}
		p.t = ts.t
		ts.free <- p
	}()
	do(p)
}

// Every page in every state: axe finds nothing by day and by night at 360 pixels, nothing
// reaches over the side at 320, and nothing goes wrong or leaves the portal meanwhile.
func TestPages(t *testing.T) {
	h := demonstration(t)
	all := views(t, h)
	t.Run("first visit", func(t *testing.T) { firstVisit(t, h) })

	ts := openTabs(t, h.URL)
	var found findings
	began := time.Now()
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
					ts.with(t, func(p *tab) { look(p, h, v, l, n == 0, place, &found) })
				})
			}
		}
	})
	t.Logf("%d views in %v", len(all), time.Since(began).Round(100*time.Millisecond))
	found.report(t)
}

func look(p *tab, h *portaltest.Server, v view, l i18n.Lang, withAxe bool, place string, found *findings) {
	p.t.Helper()
	p.size(360, 800)
	if withAxe {
		p.scheme("dark")
	}
	p.show(h, v, l)
	if at := p.where(); strings.HasPrefix(at, "/") {
		want, _, ok := link.Split(strings.SplitN(at, "?", 2)[0])
		if got := js[string](p, `document.documentElement.lang`); ok && got != string(want) {
			p.t.Errorf("%s: the page at %s is in %q", place, at, got)
		}
	}
	if broken := js[string](p,
		`(document.documentElement.innerText + ' ' + document.title).match(/.{0,40}(<no value>|%!|\bundefined\b|\bNaN\b|\{\{|\b(ui|event|events|home|me|totals|account|register|login)\.[a-z_]+\.?[a-z_]*\b).{0,40}/)?.[0] ?? ''`); broken != "" {
		p.t.Errorf("%s: the page reads %q", place, broken)
		found.add("broken text: "+broken, place)
	}
	if withAxe {
		for _, scheme := range []string{"dark", "light"} {
			p.scheme(scheme)
			ask := p.axe
			if scheme == "light" {
				ask = p.axeColours
			}
			fs, unsure := ask()
			found.cannotTell(unsure)
			for _, f := range fs {
				p.t.Errorf("axe: %s at %s (%s, 360, %s): see the end", f.Rule, f.Target, place, scheme)
				found.add(f.String(), place+"."+scheme)
			}
		}
	}
	p.size(320, 800)
	if width, culprits := p.wide(); width > 320 {
		p.t.Errorf("%s is %d wide at 320: %s", place, width, strings.Join(culprits, "; "))
		for _, c := range culprits {
			found.add("reaches over the side at 320: "+c, place)
		}
	}
	for _, c := range p.covered() {
		p.t.Errorf("%s: %s", place, c)
		found.add("covered at 320: "+c, place)
	}
}

// firstVisit weighs the first page for somebody who was never here.
func firstVisit(t *testing.T, h *portaltest.Server) {
	for _, l := range i18n.Langs {
		p := open(t, h.URL)
		p.visit(link.Home(l), 200)
		p.settle()
		// for what scripts may fetch on their own
		js[bool](p, `new Promise(done => requestIdleCallback(() => done(true)))`)
		all, sum := p.watch.loads()
		var scripts float64
		for _, f := range all {
			if f.Kind == network.ResourceTypeScript {
				scripts += f.Bytes
			}
			t.Logf("%s: %6.0f %-10s %s", l, f.Bytes, f.Kind, strings.TrimPrefix(f.URL, h.URL))
		}
		t.Logf("%s: %.1f KB in %d requests, scripts %.1f KB", l, sum/1024, len(all), scripts/1024)
		if len(all) < 3 {
			t.Errorf("%s: only %d requests were seen", l, len(all))
		}
		if sum >= 100*1024 {
			t.Errorf("%s: the first visit weighs %.1f KB, want under 100", l, sum/1024)
		}
		if scripts >= 15*1024 {
			t.Errorf("%s: its scripts weigh %.1f KB, want under 15", l, scripts/1024)
		}
	}
}

// TestOutages looks at the pages for when something is wrong with the portal itself.
func TestOutages(t *testing.T) {
	t.Parallel()
	limited := portaltest.Start(t, portaltest.Limited, portaltest.WithoutWorker)
	b := limited.Browser()
	gone := link.PasswordToken(i18n.RU, strings.Repeat("x", 43))
	for range 40 {
		b.Get(gone)
	}
	// nobody listens there
	away, err := pgxpool.New(t.Context(), "postgres://shtab@127.0.0.1:1/shtab?connect_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(away.Close)
	down := portaltest.On(t, away, portaltest.WithoutWorker)
	for _, c := range []struct {
		name   string
		h      *portaltest.Server
		path   string
		status int
	}{
		{"429", limited, gone, 429},
		{"503", down, link.Events(i18n.KK, nil), 503},
	} {
		t.Run(c.name, func(t *testing.T) {
			var found findings
			p := open(t, c.h.URL)
			look(p, c.h, view{name: "error-" + c.name, path: same(c.path), status: c.status}, i18n.KK, true,
				"error-"+c.name, &found)
			found.report(t)
		})
	}
}

// paper is the page as it is printed on A4, a PDF.
func (p *tab) paper() []byte {
	return call(p, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69}).Data
}

// The headquarters' figures are one sheet of paper in each language, with the period in the title.
func TestReportOnPaper(t *testing.T) {
	t.Parallel()
	h := demonstration(t)
	var staff int64
	h.Scan(`select id from person where email = 'staff@shtab.test'`, nil, &staff)
	p := open(t, h.URL)
	for _, l := range i18n.Langs {
		p.forget()
		p.as(h, staff)
		p.visit(link.HQ(l)+"?period=last_year", 200)
		if title := js[string](p, `document.title`); !strings.Contains(title, strconv.Itoa(h.Now().Year()-1)) {
			t.Errorf("%s: the title says %q", l, title)
		}
		if n := regexp.MustCompile(`/Count (\d+)`).FindSubmatch(p.paper()); n == nil || string(n[1]) != "1" {
			t.Errorf("%s: %s pages", l, n)
		}
	}
}

// TestGallery writes pictures of every view, or of those that SHOTS_OF lists (home,me), into the
// folder that SHOTS names, and each as it is printed: to be looked at. A picture of one colour fails.
func TestGallery(t *testing.T) {
	dir := os.Getenv("SHOTS")
	if dir == "" {
		t.Skip("SHOTS names no folder")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	h := demonstration(t)
	ts := openTabs(t, h.URL)
	for _, v := range views(t, h) {
		if only := os.Getenv("SHOTS_OF"); only != "" && !strings.Contains(","+only+",", ","+v.name+",") {
			continue
		}
		for _, l := range i18n.Langs {
			t.Run(v.name+"."+string(l), func(t *testing.T) {
				t.Parallel()
				ts.with(t, func(p *tab) {
					p.size(360, 800)
					p.scheme("light")
					p.show(h, v, l)
					for _, size := range [][2]int64{{360, 800}, {1280, 900}} {
						for _, scheme := range []string{"light", "dark"} {
							p.size(size[0], size[1])
							p.scheme(scheme)
							p.settle()
							picture := call(p, page.CaptureScreenshot,
								page.CaptureScreenshotParams{
									Format:                page.CaptureScreenshotFormatPng,
									CaptureBeyondViewport: new(true),
								})
							name := fmt.Sprintf("%s.%s.%d.%s.png", v.name, l, size[0], scheme)
							if isBlank(t, picture.Data) {
								t.Errorf("%s shows nothing", name)
							}
							if err := os.WriteFile(filepath.Join(dir, name), picture.Data, 0o644); err != nil {
								t.Fatal(err)
							}
						}
					}
					p.scheme("light")
					if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s.%s.pdf", v.name, l)), p.paper(),
						0o644); err != nil {
						t.Fatal(err)
					}
				})
			})
		}
	}
}

// isBlank reports whether a picture has one colour only.
func isBlank(t *testing.T, picture []byte) bool {
	t.Helper()
	im, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	b := im.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 4 {
		for x := b.Min.X; x < b.Max.X; x += 4 {
			if im.At(x, y) != im.At(b.Min.X, b.Min.Y) {
				return false
			}
		}
	}
	return true
}
