package portal

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/klauspost/compress/gzhttp"

	"shtab/internal/fault"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// maxBody is how many bytes of a request are read where its route says nothing else.
const maxBody = 1 << 20

// requestTimeout is how long the work on one request may take.
const requestTimeout = 8 * time.Second

// newHandler is the portal over HTTP: the middleware that every request passes, then the routes.
func newHandler(k *httpkit.Kit, routes []route, proxies []string) (http.Handler, error) {
	compressed, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(1), gzhttp.MinSize(1024))
	if err != nil {
		return nil, err
	}
	clientIP := middleware.ClientIPFromRemoteAddr
	if len(proxies) > 0 {
		clientIP = middleware.ClientIPFromXFF(proxies...)
	}
	mux := chi.NewMux()
	mux.Use(httpkit.RequestID, clientIP, k.Observe, k.Headers, middleware.GetHead)
	mux.Handle("/static/*", k.Assets)
	mux.Group(func(mux chi.Router) {
		mux.Use(func(h http.Handler) http.Handler { return compressed(h) },
			k.Recover, httpkit.Deadline(requestTimeout), k.ValidInput, crossOrigin(k).Handler, k.Session)
		for _, r := range routes {
			mux.With(k.Body(cmp.Or(r.MaxBody, maxBody)), k.Limit(r.method()+" "+r.path(), r.PerMinute)).
				Method(r.method(), r.path(), k.Handle(k.Guard(r.access(), r.Do)))
		}
	})
	outside := func(h httpkit.Handler) http.HandlerFunc { return compressed(k.Recover(k.Session(k.Handle(h)))) }
	mux.NotFound(outside(notFound))
	mux.MethodNotAllowed(outside(func(w http.ResponseWriter, r *http.Request) error {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if mux.Match(chi.NewRouteContext(), method, r.URL.Path) {
				w.Header().Add("Allow", method)
			}
		}
		k.Error(w, r, http.StatusMethodNotAllowed, "fault.method")
		return nil
	}))
	return mux, nil
}

// crossOrigin refuses forms that other sites send.
func crossOrigin(k *httpkit.Kit) *http.CrossOriginProtection {
	p := http.NewCrossOriginProtection()
	// A guardian's page lets no referrer out, so that browsers which send no Sec-Fetch-Site name no
	// origin either. Who may answer there is said by the link alone.
	p.AddInsecureBypassPattern("POST /{lang}/guardian/{token}/{do}")
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.Error(w, r, http.StatusForbidden, "fault.cross_site")
	}))
	return p
}

// notFound answers an address that is no route. Somebody who typed a slash at the end is led on.
func notFound(w http.ResponseWriter, r *http.Request) error {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if l, rest, ok := link.Split(r.URL.Path); ok && reads && strings.HasSuffix(r.URL.Path, "/") {
		to := url.URL{Path: link.In(l, rest), RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusMovedPermanently)
		return nil
	}
	return fault.NotFound()
}
