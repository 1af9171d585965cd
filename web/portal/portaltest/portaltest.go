// Package portaltest runs a whole portal over a database of its own, for tests that speak to it
// as a browser does. The worker runs too unless a test leaves it out.
package portaltest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"shtab/internal/config"
	"shtab/internal/poll"
	"shtab/internal/postgres/pgtest"
	"shtab/internal/signup"
	"shtab/web/portal"
	"shtab/web/public/dev"
	"shtab/web/static"
)

// Server is a running portal over a database of its own.
type Server struct {
	*portal.Portal
	T    testing.TB
	URL  string
	Pool *pgxpool.Pool
	City *config.City
	Log  *Lines

	clock *clock // begins on the tests' own day
}

// Option changes how the portal is built.
type Option func(*options)

type options struct {
	portal.Options
	noWorker bool
}

// Limited switches the rate limits on, which tests otherwise leave off.
func Limited(o *options) { o.Config.RateLimits = "on" }

// Production serves as a portal that is no demonstration.
func Production(o *options) { o.Demo = nil }

// WithoutWorker leaves the jobs where they are.
func WithoutWorker(o *options) { o.noWorker = true }

// Named lets the portal know itself as localhost, a name, which passkeys need.
func Named(o *options) {
	o.Config.BaseURL = strings.Replace(o.Config.BaseURL, "127.0.0.1", "localhost", 1)
}

// BaseURL is what the portal believes its address to be.
func BaseURL(url string) Option { return func(o *options) { o.Config.BaseURL = url } }

// Signups changes how places are given.
func Signups(s ...signup.Option) Option { return func(o *options) { o.Signup = s } }

// sharedAssets are the embedded files, compressed once for all portals of a test program.
var sharedAssets = sync.OnceValues(static.NewAssets)

// Start runs a portal on an empty, migrated database until the test ends.
func Start(t testing.TB, with ...Option) *Server {
	t.Helper()
	return On(t, pgtest.PoolN(t, 8), with...)
}

// On runs a portal over pool until the test ends.
func On(t testing.TB, pool *pgxpool.Pool, with ...Option) *Server {
	t.Helper()
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	assets, err := sharedAssets()
	if err != nil {
		t.Fatal(err)
	}
	h := &Server{T: t, Pool: pool, City: city, URL: "http://" + listener.Addr().String(), Log: &Lines{}}
	o := options{Options: portal.Options{
		Config: config.Config{BaseURL: h.URL, RateLimits: "off"}, City: city, Demo: dev.New, Assets: assets,
		Metrics: prometheus.NewRegistry(), Log: slog.New(slog.NewJSONHandler(h.Log, nil)),
	}}
	for _, set := range with {
		set(&o)
	}
	h.clock = newClock(Day())
	o.Clock = h.Now
	live, err := portal.NewLive(pool, o.Options)
	if err != nil {
		t.Fatal(err)
	}
	h.Portal = live.Portal()
	server := httptest.NewUnstartedServer(live)
	_ = server.Listener.Close()
	server.Listener = listener
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	if o.noWorker {
		return h
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); live.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		end, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := live.Stop(end); err != nil {
			t.Logf("worker: %v", err)
		}
		<-done
	})
	return h
}

// Exec runs sql and fails the test when it does not work.
func (h *Server) Exec(sql string, args ...any) {
	h.T.Helper()
	if _, err := h.Pool.Exec(context.Background(), h.sql(sql), args...); err != nil {
		h.T.Fatalf("%s: %v", sql, err)
	}
}

// QueryRow asks for one row.
func (h *Server) QueryRow(sql string, args ...any) pgx.Row {
	return h.Pool.QueryRow(context.Background(), h.sql(sql), args...)
}

// Scan reads one row and fails the test when there is none.
func (h *Server) Scan(sql string, args []any, into ...any) {
	h.T.Helper()
	if err := h.QueryRow(sql, args...).Scan(into...); err != nil {
		h.T.Fatalf("%s: %v", sql, err)
	}
}

// Count is the one number that sql gives.
func (h *Server) Count(sql string, args ...any) (n int) {
	h.T.Helper()
	h.Scan(sql, args, &n)
	return n
}

// Person is somebody who cannot sign in by password; age is in years today.
func (h *Server) Person(email string, age int) (id int64) {
	h.T.Helper()
	h.Scan(`insert into person (email, given_name, family_name, birth_date, lang, calendar_token, joined_at)
		values ($1, 'Айгүл', 'Сейтқызы', $2, 'kk', $3, now()) returning id`,
		[]any{email, h.Now().AddDate(-age, 0, -1), rand.Text()}, &id)
	return id
}

// World is the least that events need: a headquarters, an organisation and a campaign.
type World struct{ HQ, Org, Campaign int64 }

// World makes one.
func (h *Server) World() (w World) {
	h.T.Helper()
	h.Scan(
		`insert into org (slug, kind, name, joined_on, state)
			values ('hq', 'headquarters', '{"kk":"Штаб","ru":"Штаб","en":"HQ"}', '2019-01-01', 'trusted')
				returning id`, nil, &w.HQ)
	h.Scan(
		`insert into org (slug, kind, name, joined_on, demo, state)
			values ('jastar', 'volunteer_organization', '{"kk":"Жастар","ru":"Жастар","en":"Zhastar"}', '2020-01-01',
				true, 'trusted') returning id`, nil, &w.Org)
	h.Scan(`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at)
		values ('taza-alem', $1, '{"kk":"Taza Alem","ru":"Taza Alem","en":"Taza Alem"}',
			'{"kk":"Таза қала","ru":"Чистый город","en":"A clean city"}', 'leaf', 'leaf', '2026-01-01') returning id`,
		[]any{w.HQ}, &w.Campaign)
	return w
}

// Event publishes an event of w with one shift of capacity places, so long from now.
func (h *Server) Event(w World, in time.Duration, capacity int) (event, shift int64) {
	h.T.Helper()
	at := h.Now().Add(in).Truncate(time.Minute)
	h.Scan(
		`insert into event (campaign_id, org_id, state, title, place, district, starts_at, ends_at, created_at,
			updated_at, published_at)
		values ($1, $2, 'published', '{"kk":"Ағаш егу","ru":"Посадка деревьев","en":"Planting trees"}',
			'{"kk":"Саябақ","ru":"Парк","en":"Park"}',
		'yesil', $3, $4, now(), now(), now()) returning id`, []any{w.Campaign, w.Org, at, at.Add(2 * time.Hour)},
		&event)
	return event, h.Shift(event, at, capacity)
}

// Morning is how long it is until ten in the morning, in the city, so many days from now: events
// for minors must not fall into the night, at whatever hour the tests run.
func (h *Server) Morning(days int) time.Duration {
	now := h.Now()
	y, m, d := now.In(h.City.Location()).Date()
	return time.Date(y, m, d+days, 10, 0, 0, 0, h.City.Location()).Sub(now)
}

// Shift adds a shift of two hours to an event.
func (h *Server) Shift(event int64, at time.Time, capacity int) (id int64) {
	h.T.Helper()
	h.Scan(`insert into shift (event_id, starts_at, ends_at, capacity) values ($1, $2, $3, $4) returning id`,
		[]any{event, at, at.Add(2 * time.Hour), capacity}, &id)
	return id
}

// Browser is a client that keeps cookies and does not follow redirects.
type Browser struct {
	*http.Client
	h *Server
}

// Browser opens a new one, of a visitor.
func (h *Server) Browser() *Browser {
	h.T.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.T.Fatal(err)
	}
	return &Browser{h: h, Client: &http.Client{
		Jar: jar, Timeout: 30 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 4},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// As opens a browser in which person is signed in and has just shown password and second factor,
// without the cost of either.
func (h *Server) As(person int64) *Browser {
	h.T.Helper()
	b, _ := h.Session(person)
	return b
}

// Session is As with the id of the person's session.
func (h *Server) Session(person int64) (b *Browser, session int64) {
	h.T.Helper()
	h.Scan(`insert into person_session (person_id, epoch, device, began_at, seen_at, proved_at, factor_at)
		select id, epoch, 'Firefox, Linux', now(), now(), now(), now() from person where id = $1 returning id`,
		[]any{person}, &session)
	expiry := time.Now().Add(time.Hour).UTC() // of the cookie, which scs holds against the machine's clock
	data, err := scs.GobCodec{}.Encode(expiry, map[string]any{"session": session})
	if err != nil {
		h.T.Fatal(err)
	}
	token := rand.Text()
	sum := sha256.Sum256([]byte(token))
	h.Exec(`insert into sessions (token, data, expiry) values ($1, $2, $3)`,
		base64.RawURLEncoding.EncodeToString(sum[:]), data, expiry)
	b = h.Browser()
	u, _ := url.Parse(h.URL)
	b.Jar.SetCookies(u, []*http.Cookie{{Name: "shtab", Value: token, Path: "/"}})
	return b, session
}

// Answer is a response, read whole.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Get asks for path.
func (b *Browser) Get(path string) Answer {
	b.h.T.Helper()
	return b.Do(http.MethodGet, path, nil)
}

// Post sends a form to path.
func (b *Browser) Post(path string, form url.Values) Answer {
	b.h.T.Helper()
	return b.Do(http.MethodPost, path, form)
}

// Do asks for path; a form goes as the body.
func (b *Browser) Do(method, path string, form url.Values) Answer {
	b.h.T.Helper()
	a, err := b.Try(method, path, form)
	if err != nil {
		b.h.T.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// Try is Do for goroutines of a test, which may not end it.
func (b *Browser) Try(method, path string, form url.Values) (Answer, error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, b.h.URL+path, body)
	if err != nil {
		return Answer{}, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.Client.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return Answer{resp.StatusCode, resp.Header, string(text)}, err
}

// Mail waits for a kept mail of kind to recipient and returns its text.
func (h *Server) Mail(kind, recipient string) (text string) {
	h.T.Helper()
	defer func() {
		if h.T.Failed() {
			h.T.Logf("the log says:\n%s", h.Log)
		}
	}()
	poll.Until(h.T, "a mail "+kind+" to "+recipient, func() bool {
		return h.QueryRow(
			`select text_body from outbox_mail where kind = $1 and recipient = $2 order by id desc limit 1`, kind,
			recipient).Scan(&text) == nil
	})
	return text
}

// Path is a formatted path.
func Path(format string, args ...any) string { return fmt.Sprintf(format, args...) }
