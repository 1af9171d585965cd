// Package httpkit is what every page uses: handlers that return an error, sessions and logins, access
// checks, forms, rendering into a buffer, and the error page. Of the domains it knows only account and
// mfa.
package httpkit

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/static"
	"shtab/web/ui"
)

// Kit is what all pages share. Its fields are set once, at start.
type Kit struct {
	Accounts  *account.Store
	Assets    *static.Assets
	BaseURL   string // scheme and host, no slash at the end
	Catalogue *i18n.Catalogue
	City      *config.City
	Clock     func() time.Time
	Demo      bool
	Limits    *Limits // per network address; nil: no limits
	Log       *slog.Logger
	Metrics   *Metrics
	Sessions  *scs.SessionManager
}

// DemoPages are the demonstration's additional pages, which sign their reader in. Only shtab-demo
// passes them, so that a city's program is built without them.
type DemoPages struct {
	ShowOutbox, ShowCodes Handler
	LoginNote             templ.Component // the accounts and their password
}

// Handler answers a request or returns an error for ServeError.
type Handler func(http.ResponseWriter, *http.Request) error

// Now is the present instant.
func (k *Kit) Now() time.Time { return k.Clock() }

// Lang returns the language in the request's URL, or for a URL without one the visitor's Preferred.
func Lang(r *http.Request) i18n.Lang {
	if l, _, ok := link.Split(r.URL.Path); ok {
		return l
	}
	return Preferred(r)
}

// Preferred returns the language that the visitor chose last, or else the browser's, or Kazakh.
func Preferred(r *http.Request) i18n.Lang {
	if c, err := r.Cookie(langCookie); err == nil {
		if l, ok := i18n.Parse(c.Value); ok {
			return l
		}
	}
	return i18n.Match(r.Header.Get("Accept-Language"))
}

const langCookie = "lang"

// ID reads a positive id from the URL; NotFound for anything else.
func ID(r *http.Request, name string) (int64, error) {
	s := chi.URLParam(r, name)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || s != strconv.FormatInt(n, 10) { // +7 and 07 are not other URLs of 7
		return 0, fault.NotFound()
	}
	return n, nil
}

// maxPage limits the page number of a list; nobody turns that many pages.
const maxPage = 10_000

// PageNumber returns the page of a list that the URL asks for with page=; the first is 0.
func PageNumber(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 0 || n > maxPage {
		return 0
	}
	return n
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render renders page into a buffer and then sends it, so that a failing page is a 500 and not an
// incomplete 200.
func (k *Kit) Render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	view := k.view(w, r)
	buf := buffers.Get().(*bytes.Buffer)
	defer func() { buf.Reset(); buffers.Put(buf) }()
	if err := page.Render(ui.With(r.Context(), view), buf); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(view.Printer.Lang()))
	h.Add("Vary", "Cookie")
	if status == http.StatusOK && h.Get("Referrer-Policy") != "no-referrer" {
		// The rules name public pages only: a browser may load those before the visitor opens them.
		h.Set("Speculation-Rules", `"`+k.Assets.URL("speculation.json")+`"`)
	}
	if h.Get("Cache-Control") == "" {
		if view.Actor.SignedIn() || status >= 400 {
			h.Set("Cache-Control", "private, no-store")
		} else {
			h.Set("Cache-Control", "private, no-cache")
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes())
	return nil
}

type (
	atKey struct{}
	at    struct{ path, query string }
)

// At makes the links to the other languages lead to path (without a language) and query, for a POST r
// that is answered with a page.
func At(r *http.Request, path, query string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), atKey{}, at{path, query}))
}

// WithNext keeps next, the page to continue with, in the links to the other languages.
func WithNext(r *http.Request, path, next string) *http.Request {
	if next == "" {
		return r
	}
	return At(r, path, url.Values{"next": {next}}.Encode())
}

func (k *Kit) view(w http.ResponseWriter, r *http.Request) *ui.View {
	l := Lang(r)
	v := &ui.View{
		Printer: k.Catalogue.For(l), Actor: Actor(r), City: k.City, Assets: k.Assets, Now: k.Now(),
		BaseURL: k.BaseURL, Path: pathWithoutLang(r), Query: r.URL.RawQuery, Demo: k.Demo,
	}
	if at, ok := r.Context().Value(atKey{}).(at); ok {
		v.Path, v.Query = at.path, at.query
	} else if r.Method != http.MethodGet && r.Method != http.MethodHead {
		v.Query = ""
	}
	if strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch") {
		return v // nobody sees it yet: neither store the language nor use up the message
	}
	_, _, ok := link.Split(r.URL.Path)
	if c, err := r.Cookie(langCookie); ok && (err != nil || c.Value != string(l)) {
		http.SetCookie(w, &http.Cookie{
			Name: langCookie, Value: string(l), Path: "/", MaxAge: 365 * 86400,
			HttpOnly: true, Secure: k.Sessions.Cookie.Secure, SameSite: http.SameSiteLaxMode,
		})
	}
	if s, ok := r.Context().Value(sessionKey{}).(bool); ok && s {
		if key := k.Sessions.PopString(r.Context(), flashKey); key != "" {
			v.Flash = &ui.Flash{Tone: k.Sessions.PopString(r.Context(), flashTone), Key: key}
		}
	}
	return v
}

// Flash keeps a message for the next page. Tone is "good", "warn" or "bad".
func (k *Kit) Flash(ctx context.Context, tone, key string) {
	k.Sessions.Put(ctx, flashKey, key)
	k.Sessions.Put(ctx, flashTone, tone)
}

const flashKey, flashTone = "flash", "flash_tone"

// Redirect redirects the browser after a POST whose changes are committed.
func (k *Kit) Redirect(w http.ResponseWriter, r *http.Request, url string) error {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, url, http.StatusSeeOther)
	return nil
}

// Secret marks an answer whose URL is itself a secret: it is not cached, indexed or prefetched, and its
// URL is not sent as a referrer.
func Secret(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("X-Robots-Tag", "noindex, nofollow")
}

// Address returns the client's network address; for IPv6, its network.
func Address(r *http.Request) string {
	return httprate.CanonicalizeIP(middleware.GetClientIP(r.Context()))
}

// Send sends content other than a page: a calendar, a feed.
func Send(w http.ResponseWriter, contentType string, body []byte) error {
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(body)
	return nil
}
