package portal_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/poll"
	"shtab/internal/postgres/pgtest"
	"shtab/web/portal/portaltest"
)

// TestBadInput sends what no page of ours sends: each gets a 4xx page or is ignored, never a 5xx.
func TestBadInput(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	h.Event(w, 48*time.Hour, 5)
	b := h.As(h.Person("a@shtab.test", 20))

	for path, want := range map[string]int{
		"/ru/events/999999":                   404,
		"/ru/events/-1":                       404,
		"/ru/events/0":                        404,
		"/ru/events/99999999999999999999999":  404,
		"/ru/events/abc":                      404,
		"/ru/events/1e3":                      404,
		"/ru/events/999999.ics":               404,
		"/ru/campaigns/nothing":               404,
		"/ru/organizations/%27%3B--":          404,
		"/ru/nothing":                         404,
		"/de":                                 404,
		"/kkk":                                404,
		"/xrux/events":                        404,
		"/ru/events/+1":                       404,
		"/ru/events/01":                       404,
		"/ru/events/1.ics?shift=99":           404,
		"/ru/events/?q=a":                     301,
		"/nothing":                            404,
		"/c/nothing":                          404,
		"/calendar/nothing.ics":               404,
		"/calendar/nothing":                   404,
		"/ru/password/nothing":                410,
		"/ru/me/tickets/1":                    404,
		"/ru/me/tickets/99999999999999999999": 404,
		"/static/0000/css/shtab.css":          404,
		"/ru/events?q=%00":                    400,
		"/ru/events?q=%ff%fe":                 400,
		"/ru/events?q=%zz":                    400,
		"/ru/events?when=never&age=-5&from=2026-02-31&to=x":   200,
		"/ru/events?age=99999999999999999999&after=zzz-zzz":   200,
		"/ru/events?after=-1--1":                              200,
		"/ru/events?when=dates&from=0001-01-01&to=9999-12-31": 200,
		"/ru/events?district=%D1%8B&campaign=x&org=y&foo=bar": 200,
		"/ru/events?q=%25%25%5C_":                             200,
		"/ru/totals?year=0001":                                200,
		"/ru/totals?year=99999999999999":                      200,
		"/ru/totals?year=9999":                                200,
		"/ru/login?next=https://example.org/":                 303,
	} {
		t.Run("GET "+path, func(t *testing.T) {
			if a := b.Get(path); a.Status != want {
				t.Errorf("%d, want %d", a.Status, want)
			}
		})
	}
	visitor := h.Browser()
	for _, c := range []struct {
		path string
		form url.Values
		want int
	}{
		{"/ru/shifts/999999/signup", url.Values{}, 404},
		{"/ru/shifts/x/signup", url.Values{}, 404},
		{"/ru/register", url.Values{}, 422},
		{"/ru/register", url.Values{"email": {"a\x00b"}}, 400},
		{"/ru/register", url.Values{"email": {"\xff\xfe"}}, 400},
		{"/ru/register", url.Values{"given_name": {strings.Repeat("а", 100_000)}}, 413},
		{"/ru/register", url.Values{"given_name": {strings.Repeat("а", 10<<20)}}, 413},
		{"/ru/register", url.Values{"birth_date": {"2026-02-31"}}, 422},
		{"/ru/register", url.Values{"birth_date": {"0001-01-01"}}, 422},
		{"/ru/register", url.Values{"birth_date": {"1870-01-01"}}, 422},
		{"/ru/register", url.Values{"birth_date": {"2999-01-01"}}, 422},
		{"/ru/register", url.Values{"agree": {"perhaps"}}, 400},
		{"/ru/login", url.Values{"email": {"x"}, "password": {strings.Repeat("x", 60_000)}}, 422},
		{"/ru/register/code", url.Values{"code": {"123456"}}, 303}, // nothing was begun here
		{"/ru/signups/1/cancel", url.Values{}, 303},
		{"/ru/password", url.Values{"email": {"nobody"}}, 422},
		{"/ru/password/nothing", url.Values{"password": {"long enough words"}}, 410},
		{"/ru/events", url.Values{}, 405},
	} {
		t.Run("POST "+c.path, func(t *testing.T) {
			if a := visitor.Post(c.path, c.form); a.Status != c.want {
				t.Errorf("%.60q: %d, want %d", c.form.Encode(), a.Status, c.want)
			}
		})
	}
	if n := h.Count(`select count(*) from registration`); n != 0 {
		t.Errorf("%d registrations written by bad input", n)
	}
	if strings.Contains(h.Log.String(), `"status":5`) {
		t.Errorf("a 5xx in the log:\n%s", h.Log)
	}
}

func TestErrorPagesSpeakTheLanguage(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	for lang, word := range map[string]string{"kk": "Мұндай бет", "ru": "Такой страницы", "en": "no such page"} {
		a := h.Browser().Get("/" + lang + "/campaigns/nothing")
		if a.Status != 404 || !strings.Contains(a.Body, word) || !strings.Contains(a.Body, `lang="`+lang+`"`) {
			t.Errorf("%s: %d without %q", lang, a.Status, word)
		}
	}
	if a := h.Browser().Post("/ru/events", url.Values{}); a.Status != 405 || !strings.Contains(a.Body, "<html") {
		t.Errorf("405: %d", a.Status)
	}
}

// written says of each table how many rows it has and which transaction wrote last of them.
func written(h *portaltest.Server) (all string) {
	h.T.Helper()
	h.Scan(`select string_agg(relname || ' ' || (xpath('/row/is/text()', query_to_xml(
			format('select count(*) || '' '' || coalesce(max(xmin::text::bigint), 0) as is from %I', relname), false,
				true, '')))[1]::text, E'\n' order by relname)
		from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like 'river%'`,
		nil, &all)
	return all
}

// TestVisitorsLeaveNoTrace holds that anonymous public pages cost neither a session nor a write.
func TestVisitorsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	w := h.World()
	h.Event(w, 48*time.Hour, 5)
	before := written(h)
	b := h.Browser()
	for _, path := range []string{
		"/ru", "/ru/events", "/ru/events/1", "/ru/campaigns", "/ru/campaigns/taza-alem",
		"/ru/organizations", "/ru/organizations/jastar", "/ru/totals", "/ru/help", "/ru/privacy", "/ru/login",
		"/ru/register",
	} {
		a := b.Get(path)
		if a.Status != 200 {
			t.Errorf("%s: %d", path, a.Status)
		}
		for _, c := range a.Header.Values("Set-Cookie") {
			if !strings.HasPrefix(c, "lang=") {
				t.Errorf("%s sets %s", path, c)
			}
		}
	}
	if after := written(h); after != before || h.Count(`select count(*) from sessions`) != 0 {
		t.Errorf("rows were written: before\n%s\nafter\n%s", before, after)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	a := h.Browser().Get("/kk")
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "same-origin", "Content-Language": "kk", "Content-Type": "text/html; charset=utf-8",
	} {
		if got := a.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if csp := a.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") ||
		strings.Contains(csp, "http") {
		t.Errorf("CSP lets too much through: %s", csp)
	}
	if strings.Contains(a.Body, " style=") || strings.Contains(a.Body, " onclick=") ||
		strings.Contains(a.Body, "<style") {
		t.Error("inline style or script in the page")
	}
}

func TestForeignPostsAreRefused(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	_, shift := h.Event(w, 48*time.Hour, 5)
	b := h.As(h.Person("a@shtab.test", 20))
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://example.org"} {
		r, err := http.NewRequest(http.MethodPost, h.URL+portaltest.Path("/ru/shifts/%d/signup", shift), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(name, value)
		resp, err := b.Client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
	if n := h.Count(`select count(*) from signup`); n != 0 {
		t.Errorf("%d sign-ups", n)
	}
}

func TestRateLimitByAddress(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.Limited)
	b := h.Browser()
	var last portaltest.Answer
	for range 22 {
		last = b.Post("/ru/password", url.Values{"email": {"nobody"}})
	}
	if last.Status != http.StatusTooManyRequests || last.Header.Get("Retry-After") == "" ||
		!strings.Contains(last.Body, "Слишком") {
		t.Errorf("%d, Retry-After %q", last.Status, last.Header.Get("Retry-After"))
	}
}

// TestFailureIsFoundInTheLog: a page that fails says nothing but a reference; the line of the log that has it
// names the method, the route and the operation.
func TestFailureIsFoundInTheLog(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	h.Exec(`alter table event rename column summary to moved`)
	a := h.Browser().Get("/ru/events")
	reference := a.Header.Get("X-Request-Id")
	if a.Status != http.StatusInternalServerError || reference == "" || !strings.Contains(a.Body, reference) {
		t.Fatalf("%d, reference %q", a.Status, reference)
	}
	if strings.Contains(a.Body, "summary") {
		t.Error("the page tells what failed")
	}
	for line := range strings.Lines(h.Log.String()) {
		if strings.Contains(line, "request failed") && strings.Contains(line, reference) {
			for _, want := range []string{"GET", "/{lang:(?:kk|ru|en)}/events", "event.Coming", "summary"} {
				if !strings.Contains(line, want) {
					t.Errorf("no %s in %s", want, line)
				}
			}
			return
		}
	}
	t.Errorf("no such line in the log:\n%s", h.Log)
}

// TestDatabaseAway ends the database under a running portal: 503 with Retry-After, /readyz says
// so, and the portal recovers by itself when it returns.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	pool := pgtest.PoolOf(t, url, 4)
	h := portaltest.On(t, pool)
	if a := h.Browser().Get("/readyz"); a.Status != 200 {
		t.Fatalf("readyz: %d", a.Status)
	}
	name := pool.Config().ConnConfig.Database
	elsewhere := pool.Config().ConnConfig.Copy()
	elsewhere.Database = "postgres"
	admin, err := pgx.ConnectConfig(context.Background(), elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	allow := func(yes bool) {
		t.Helper()
		if _, err := admin.Exec(context.Background(),
			"alter database "+pgx.Identifier{name}.Sanitize()+" allow_connections "+strconv.FormatBool(
				yes)); err != nil {
			t.Fatal(err)
		}
	}
	allow(false)
	if _, err := admin.Exec(context.Background(),
		"select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
		name); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/ru/events", "/readyz"} {
		a := h.Browser().Get(path)
		if a.Status != 503 || a.Header.Get("Retry-After") == "" {
			t.Errorf("%s while away: %d, Retry-After %q\n%s", path, a.Status, a.Header.Get("Retry-After"), h.Log)
		}
	}
	if a := h.Browser().Get("/healthz"); a.Status != 200 {
		t.Errorf("healthz while away: %d", a.Status)
	}
	allow(true)
	poll.Until(t, "the portal recovers", func() bool { return h.Browser().Get("/ru/events").Status == 200 })
}

// TestCookiesInProduction holds the session's cookie over https.
func TestCookiesInProduction(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.Production, portaltest.BaseURL("https://portal.example"))
	a := h.Browser().Post("/ru/register", url.Values{
		"email": {"a@shtab.test"}, "password": {"снег и солнце"}, "given_name": {"А"}, "family_name": {"Б"},
		"birth_date": {"2000-01-01"}, "agree": {"1"},
	})
	cookie := a.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-shtab=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("no %s in %q", want, cookie)
		}
	}
	if strings.Contains(cookie, "Domain") || a.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%q, HSTS %q", cookie, a.Header.Get("Strict-Transport-Security"))
	}
}

// TestAssets follows the stylesheet of a page: named by its content, compressed, kept for ever.
func TestAssets(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	page := h.Browser().Get("/kk")
	for _, m := range regexp.MustCompile(`"(/static/[^"]+)"`).FindAllStringSubmatch(page.Body, -1) {
		if a := h.Browser().Get(m[1]); a.Status != 200 {
			t.Errorf("%s: %d", m[1], a.Status)
		}
	}
	css := regexp.MustCompile(`/static/[0-9a-f]{12}/css/shtab\.css`).FindString(page.Body)
	r, _ := http.NewRequest(http.MethodGet, h.URL+css, nil)
	r.Header.Set("Accept-Encoding", "br")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 200 || resp.Header.Get("Content-Encoding") != "br" ||
		!strings.Contains(resp.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %d %v", css, resp.StatusCode, resp.Header)
	}
	r, _ = http.NewRequest(http.MethodGet, h.URL+"/kk", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	if resp, err = http.DefaultTransport.RoundTrip(r); err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.Header.Get("Content-Encoding") != "gzip" ||
		!strings.Contains(resp.Header.Get("Speculation-Rules"), "speculation.json") {
		t.Errorf("the page: %v", resp.Header)
	}
}

func TestHeadAnswersAsGet(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	for path, want := range map[string]int{"/kk/events": 200, "/healthz": 200, "/kk/events/9": 404, "/kk/me": 303} {
		if a := h.Browser().Do(http.MethodHead, path, nil); a.Status != want || a.Body != "" {
			t.Errorf("%s: %d, %d bytes", path, a.Status, len(a.Body))
		}
	}
}
