package httpkit_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/web/httpkit"
	"shtab/web/locale"
	"shtab/web/static"
)

// portalDay is the time of the tests' requests.
var portalDay = time.Date(2026, 11, 18, 5, 0, 0, 0, time.UTC)

func newKit(t *testing.T, log io.Writer) *httpkit.Kit {
	t.Helper()
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.Load(locale.FS, city.Location())
	if err != nil {
		t.Fatal(err)
	}
	assets, err := static.NewAssets()
	if err != nil {
		t.Fatal(err)
	}
	return &httpkit.Kit{
		Assets: assets, BaseURL: "https://portal.example", Catalogue: texts, City: city,
		Clock: func() time.Time { return portalDay },
		Log:   slog.New(slog.NewTextHandler(log, nil)), Sessions: httpkit.NewSessions(nil, "https://portal.example"),
	}
}

// TestFailuresBecomePages checks what a person sees after a panic, a bug and a page that fails half way:
// a complete page with a reference that is also in the log, and nothing of the error's text.
func TestFailuresBecomePages(t *testing.T) {
	var k *httpkit.Kit
	for name, h := range map[string]httpkit.Handler{
		"panic": func(http.ResponseWriter, *http.Request) error { panic("secret of the server") },
		"bug":   func(http.ResponseWriter, *http.Request) error { return errors.New("secret of the server") },
		"half a page": func(w http.ResponseWriter, r *http.Request) error {
			return k.Render(w, r, http.StatusOK, templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
				_, _ = io.WriteString(w, "<p>the first half")
				return errors.New("secret of the server")
			}))
		},
	} {
		var log bytes.Buffer
		k = newKit(t, &log)
		w := httptest.NewRecorder()
		httpkit.RequestID(k.Recover(k.Handle(h))).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/ru/events", nil))
		reference := w.Header().Get("X-Request-Id")
		body := w.Body.String()
		if w.Code != http.StatusInternalServerError || !strings.Contains(body, reference) ||
			!strings.Contains(body, `lang="ru"`) {
			t.Errorf("%s: %d\n%s", name, w.Code, body)
		}
		if strings.Contains(body, "secret") || strings.Contains(body, "first half") {
			t.Errorf("%s: the page tells\n%s", name, body)
		}
		if !strings.Contains(log.String(), "secret of the server") || !strings.Contains(log.String(), reference) {
			t.Errorf("%s: the log does not tell\n%s", name, &log)
		}
	}
}

// TestLateErrorIsAPage checks that a request whose time is over is answered with the page, in its language.
func TestLateErrorIsAPage(t *testing.T) {
	k := newKit(t, io.Discard)
	over, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	h := k.Handle(func(http.ResponseWriter, *http.Request) error { return fault.Unavailable(over.Err()) })
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(over, http.MethodGet, "/ru/events", nil))
	if body := w.Body.String(); w.Code != http.StatusServiceUnavailable || !strings.Contains(body, `lang="ru"`) ||
		!strings.Contains(body, "</html>") {
		t.Errorf("%d\n%s", w.Code, body)
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{fault.NotFound(), 404},
		{fault.Invalid(nil), 422},
		{fault.Conflict("fault.capacity"), 409},
		{fault.Forbidden(), 403},
		{fault.Gone("fault.not_found"), 410},
		{fault.TooMany("fault.too_many"), 429},
		{fault.Unavailable(nil), 503},
		{fault.BadRequest(nil), 400},
		{&http.MaxBytesError{}, 413},
		{context.DeadlineExceeded, 503},
		{errors.New("a bug"), 500},
	} {
		if got, _ := httpkit.Status(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

func TestFormRefusesWhatIsNoText(t *testing.T) {
	var dst struct {
		Name string `form:"name"`
	}
	read := func(body string) error {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return httpkit.Form(httptest.NewRecorder(), r, &dst)
	}
	if err := read(url.Values{"name": {"Әлия"}, "other": {"x"}}.Encode()); err != nil || dst.Name != "Әлия" {
		t.Errorf("%q, %v", dst.Name, err)
	}
	for body, want := range map[string]fault.Kind{
		"name=%00":    fault.KindBadRequest,
		"name=%ff%fe": fault.KindBadRequest,
		"name=%zz":    fault.KindBadRequest,
		"%00=x":       0,
		"name=" + strings.Repeat("x", httpkit.MaxForm): fault.KindTooLarge,
	} {
		if err := read(body); fault.Of(err) != want {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}
