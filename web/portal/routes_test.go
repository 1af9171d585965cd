package portal

import (
	"net/http"
	"strings"
	"testing"

	"shtab/internal/account"
	"shtab/web/httpkit"
)

// A route that cannot be meant as it is written is an error when the portal starts.
func TestRouteCheck(t *testing.T) {
	t.Parallel()
	do := func(http.ResponseWriter, *http.Request) error { return nil }
	for name, c := range map[string]struct {
		route route
		ok    bool
	}{
		"anybody":                       {route{GET: "/x", Do: do}, true},
		"an account":                    {route{POST: "/x", Do: do, SignedIn: true, Fresh: true}, true},
		"a capability":                  {route{GET: "/x", Do: do, Can: account.SetCity, Fresh: true}, true},
		"nothing answers":               {route{GET: "/x", SignedIn: true}, false},
		"no address":                    {route{Do: do}, false},
		"two methods":                   {route{GET: "/x", POST: "/x", Do: do}, false},
		"fresh, but anybody":            {route{GET: "/x", Do: do, Fresh: true}, false},
		"an account and a capability":   {route{GET: "/x", Do: do, SignedIn: true, Can: account.SetCity}, false},
		"a second without a first":      {route{GET: "/x", Do: do, AndCan: account.SetCity}, false},
		"a capability that no role has": {route{GET: "/x", Do: do, Can: "fly"}, false},
	} {
		if err := c.route.check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One wrong route stops the portal from starting.
func TestRoutesAreChecked(t *testing.T) {
	t.Parallel()
	p := &pages{demo: httpkit.DemoPages{ShowCodes: func(http.ResponseWriter, *http.Request) error { return nil }}}
	if _, err := p.routes(); err == nil || !strings.Contains(err.Error(), "/dev/outbox: nothing answers it") {
		t.Errorf("started with %v", err)
	}
}
