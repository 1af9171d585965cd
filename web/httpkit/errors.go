package httpkit

import (
	"context"
	"errors"
	"net/http"

	"github.com/go-chi/chi/v5/middleware"

	"shtab/internal/fault"
	"shtab/internal/postgres"
	"shtab/web/ui"
)

var statuses = map[fault.Kind]int{
	fault.KindNotFound: 404, fault.KindInvalid: 422, fault.KindConflict: 409, fault.KindForbidden: 403,
	fault.KindGone: 410, fault.KindTooMany: 429, fault.KindUnavailable: 503,
	fault.KindBadRequest: 400, fault.KindTooLarge: 413,
}

// Status returns the HTTP status of err and the catalogue key of its message: 500 and a general message
// for an error that is not a fault.
func Status(err error) (status int, key string) {
	err = postgres.Fault(err)
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return statuses[e.Kind], e.Key
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok && e != nil {
		return http.StatusRequestEntityTooLarge, "fault.too_large"
	}
	return http.StatusInternalServerError, "fault.internal"
}

// Handle makes an http.Handler from h; ServeError answers its error.
func (k *Kit) Handle(h Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			k.ServeError(w, r, err)
		}
	}
}

// ServeError answers err with its status and a localised page. The text of err goes only to the log,
// with the route and the operation that failed. A 5xx page shows the request's id, to find it there.
func (k *Kit) ServeError(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		w.WriteHeader(499) // the client has disconnected
		return
	}
	status, key := Status(err)
	reference := ""
	if status >= 500 {
		reference = middleware.GetReqID(r.Context())
		k.Log.ErrorContext(r.Context(), "request failed", "method", r.Method, "route", routeOf(r),
			"operation", postgres.Operation(err), "status", status, "error", err, "request_id", reference)
	}
	switch status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "10")
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "900") // the shortest window of account's limits
	}
	k.errorPage(w, r, status, key, reference)
}

func (k *Kit) errorPage(w http.ResponseWriter, r *http.Request, status int, key, reference string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		r = At(r, "", "") // a POST's URL is no page: the links to the other languages lead home
	}
	w.Header().Set("Cache-Control", "no-store")
	r = r.WithContext(context.WithoutCancel(r.Context())) // the page comes after the request's time, too
	if err := k.Render(w, r, status, ui.ErrorPage(status, key, reference)); err != nil {
		k.Log.ErrorContext(r.Context(), "error page failed", "error", err)
		http.Error(w, http.StatusText(status), status)
	}
}

// Error answers with the error page of status, for middleware that has no error value.
func (k *Kit) Error(w http.ResponseWriter, r *http.Request, status int, key string) {
	k.errorPage(w, r, status, key, "")
}
