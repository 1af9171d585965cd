package httpkit

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
	"github.com/prometheus/client_golang/prometheus"
)

// RequestID gives each request an id, which is in its log line and on a 5xx page.
func RequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:10]
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), middleware.RequestIDKey, id)))
	})
}

// Metrics are the measurements of requests, made once per process.
type Metrics struct{ seconds *prometheus.HistogramVec }

// NewMetrics registers the metrics. A registry accepts them only once.
func NewMetrics(registry *prometheus.Registry) (*Metrics, error) {
	m := &Metrics{prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "shtab_http_seconds", Help: "Time to answer, by route and status.",
		Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10},
	}, []string{"method", "route", "status"})}
	return m, registry.Register(m.seconds)
}

// Observe writes one log line and one measurement for each request, with the route's pattern. URLs can
// contain tokens and searches, so neither they nor the client's address are recorded.
func (k *Kit) Observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(ww, r)
		route := routeOf(r)
		took := time.Since(began)
		status := max(ww.Status(), 200)
		k.Metrics.seconds.WithLabelValues(r.Method, route, fmt.Sprint(status)).Observe(took.Seconds())
		k.Log.InfoContext(r.Context(), "request", "method", r.Method, "route", route, "status", status,
			"bytes", ww.BytesWritten(), "ms", float64(took.Microseconds())/1000, "request_id",
			middleware.GetReqID(r.Context()))
	})
}

// routeOf returns the pattern of r's route as in the table of routes, once the router has matched it.
func routeOf(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		return c.RoutePattern()
	}
	return "none"
}

// Recover turns a panic into a 500 page and a log line with the stack.
func (k *Kit) Recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			k.ServeError(w, r, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}()
		next.ServeHTTP(w, r)
	})
}

// Headers sets the headers of every answer. Scripts, styles, images and forms come from the portal only,
// no page may be framed, and no other site gets a URL as a referrer.
func (k *Kit) Headers(next http.Handler) http.Handler {
	csp := strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
		"connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
	}, "; ")
	secure := strings.HasPrefix(k.BaseURL, "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// Deadline ends the work of a request after d, so that a stuck database cannot hold it.
func Deadline(d time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), d)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// ValidInput refuses URLs that are not valid text.
func (k *Kit) ValidInput(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := url.QueryUnescape(r.URL.RawQuery)
		if err != nil || !utf8.ValidString(query) || !utf8.ValidString(r.URL.Path) ||
			strings.ContainsRune(r.URL.Path+query, 0) {
			k.Error(w, r, http.StatusBadRequest, "fault.bad_request")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Body limits the size of a request's body, in bytes, and refuses one that declares more.
func (k *Kit) Body(most int64) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > most {
				k.Error(w, r, http.StatusRequestEntityTooLarge, "fault.too_large")
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, most)
			next.ServeHTTP(w, r)
		})
	}
}

// Limits counts the requests of each network address by route, for the whole process.
type Limits struct {
	mu      sync.Mutex
	byRoute map[string]*httprate.RateLimiter
}

// NewLimits makes new, empty counters.
func NewLimits() *Limits { return &Limits{byRoute: map[string]*httprate.RateLimiter{}} }

func (l *Limits) of(route string, perMinute int) *httprate.RateLimiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byRoute[route] == nil {
		l.byRoute[route] = httprate.NewRateLimiter(perMinute, time.Minute)
	}
	return l.byRoute[route]
}

// Limit allows each network address perMinute requests of route, a method and a pattern, a minute;
// 0 is no limit.
func (k *Kit) Limit(route string, perMinute int) func(http.Handler) http.Handler {
	if perMinute == 0 || k.Limits == nil {
		return func(next http.Handler) http.Handler { return next }
	}
	limiter := k.Limits.of(route, perMinute)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if limiter.OnLimit(w, r, Address(r)) {
				w.Header().Set("Retry-After", "60")
				k.Error(w, r, http.StatusTooManyRequests, "fault.too_many")
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
