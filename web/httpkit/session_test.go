package httpkit_test

import (
	"io"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"shtab/internal/account"
	"shtab/web/httpkit"
)

// TestPasswordWaitsTenMinutes checks that the password of a person with a second factor signs nobody in
// by itself, and that the second factor may follow within ten minutes.
func TestPasswordWaitsTenMinutes(t *testing.T) {
	k, now := newKit(t, io.Discard), portalDay
	k.Clock = func() time.Time { return now }
	k.Sessions = httpkit.NewSessions(memstore.New(), "http://localhost")
	ctx, err := k.Sessions.Load(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	r, w := httptest.NewRequest("POST", "/ru/login", nil).WithContext(ctx), httptest.NewRecorder()
	if p := k.Pending(r); p.PersonID != 0 {
		t.Errorf("before: %+v", p)
	}
	if err := k.CompleteLogin(
		w, r, account.SignedIn{PersonID: 7, Epoch: 3, HasMFA: true}, "/ru/hq",
	); err != nil || w.Header().Get("Location") != "/ru/login/factor?next=%2Fru%2Fhq" {
		t.Errorf("%v, to %s", err, w.Header().Get("Location"))
	}
	now = now.Add(9 * time.Minute)
	if p := k.Pending(r); p.PersonID != 7 || p.Epoch != 3 {
		t.Errorf("after nine minutes: %+v", p)
	}
	now = now.Add(2 * time.Minute)
	if p := k.Pending(r); p.PersonID != 0 {
		t.Errorf("after eleven: %+v", p)
	}
}

// TestDevice checks the names of browsers, without a version.
func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1":    "Safari, iPhone",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 YaBrowser/25.10.0.0 Safari/537.36":        "Yandex Browser, Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0":              "Edge, Windows",
		"Mozilla/5.0 (Linux; Android 15; SM-A556B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": "Samsung Internet, Android",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15":                      "Safari, macOS",
		"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0":                                                                     "Firefox, Linux",
		"curl/8.5.0": "", "": "",
	} {
		if got := httpkit.Device(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}
