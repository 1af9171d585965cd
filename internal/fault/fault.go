// Package fault has the errors that may be shown to people. They say what went wrong as a key of the catalogue,
// and nothing else. Every other error is a bug or an outage, and people are shown a reference id only. What a
// fault looks like on a page is decided in web.
package fault

import (
	"errors"
	"maps"
	"slices"
)

// Kind is what sort of fault it is; web turns it into a status.
type Kind int

// The kinds, with the HTTP status each becomes.
const (
	KindNotFound    Kind = iota + 1 // 404: missing, or somebody else's
	KindInvalid                     // 422: fields to correct
	KindConflict                    // 409: the state has changed meanwhile
	KindForbidden                   // 403: not allowed for this person
	KindGone                        // 410: it was there and has ended
	KindTooMany                     // 429: too often
	KindUnavailable                 // 503: try again soon
	KindBadRequest                  // 400: not a request that a page of the portal makes
	KindTooLarge                    // 413: more than the portal reads
)

// Error is a fault. Key is a key of the catalogue.
type Error struct {
	Kind   Kind
	Key    string
	Fields map[string]string // field name -> catalogue key, for KindInvalid
	Err    error             // the cause, for the log only
}

func (e *Error) Error() string {
	s := "fault: " + e.Key
	for _, f := range slices.Sorted(maps.Keys(e.Fields)) {
		s += " " + f + "=" + e.Fields[f]
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// NotFound is about a row that is missing, or that this person may not know of.
func NotFound() error { return &Error{Kind: KindNotFound, Key: "fault.not_found"} }

// Invalid names the fields to correct, each with a key of the catalogue.
func Invalid(fields map[string]string) error {
	return &Error{Kind: KindInvalid, Key: "fault.invalid", Fields: fields}
}

// Conflict is about something that the present state does not allow any more.
func Conflict(key string) error { return &Error{Kind: KindConflict, Key: key} }

// Forbidden is about something that this person may not do.
func Forbidden() error { return &Error{Kind: KindForbidden, Key: "fault.forbidden"} }

// Gone is about something that has ended for good: a used link, a cancelled event.
func Gone(key string) error { return &Error{Kind: KindGone, Key: key} }

// TooMany is about something that was asked for too often.
func TooMany(key string) error { return &Error{Kind: KindTooMany, Key: key} }

// Unavailable is an outage that will pass: a database that cannot be reached, a full queue.
func Unavailable(err error) error {
	return &Error{Kind: KindUnavailable, Key: "fault.unavailable", Err: err}
}

// BadRequest is about input that no page of the portal sends.
func BadRequest(err error) error {
	return &Error{Kind: KindBadRequest, Key: "fault.bad_request", Err: err}
}

// Of returns the kind of err, or 0 when it is no fault.
func Of(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return 0
}

// Fields collects what is wrong with a form: one key a field, the first that was added.
type Fields map[string]string

// Add adds key to a field that has none yet.
func (f Fields) Add(field, key string) {
	if _, ok := f[field]; !ok {
		f[field] = key
	}
}

// Err is nil when nothing was added, otherwise Invalid.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return Invalid(f)
}
