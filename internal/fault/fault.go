// Package fault holds the refusals that may be shown to a person: what went wrong, as a
// catalogue key, and nothing else. Every other error is a bug or an outage and is shown as a
// reference id only. How a fault looks on a page is the server's business.
package fault

import (
	"errors"
	"maps"
	"slices"
)

// Kind says what sort of refusal it is; the server maps it to a status.
type Kind int

// The kinds, with the HTTP status each becomes.
const (
	KindNotFound    Kind = iota + 1 // 404: missing, or somebody else's
	KindInvalid                     // 422: fields to correct
	KindConflict                    // 409: the state has changed meanwhile
	KindForbidden                   // 403: known, but not for this person
	KindGone                        // 410: it was there and has ended
	KindTooMany                     // 429: too often
	KindUnavailable                 // 503: try again soon
	KindBadRequest                  // 400: not a request a page of ours makes
	KindTooLarge                    // 413: more than is read
)

// Error is a refusal. Key is a key of the catalogue.
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

// NotFound is a missing row, or one that is not the asker's.
func NotFound() error { return &Error{Kind: KindNotFound, Key: "fault.not_found"} }

// Invalid names the fields to correct, each with a catalogue key.
func Invalid(fields map[string]string) error {
	return &Error{Kind: KindInvalid, Key: "fault.invalid", Fields: fields}
}

// Conflict is a state that no longer allows what was asked.
func Conflict(key string) error { return &Error{Kind: KindConflict, Key: key} }

// Forbidden is something that this person may not do.
func Forbidden() error { return &Error{Kind: KindForbidden, Key: "fault.forbidden"} }

// Gone is something that has ended for good: a used link, a cancelled event.
func Gone(key string) error { return &Error{Kind: KindGone, Key: key} }

// TooMany asks to slow down.
func TooMany(key string) error { return &Error{Kind: KindTooMany, Key: key} }

// Unavailable is an outage that passes: a database that is away, a queue that is full.
func Unavailable(err error) error {
	return &Error{Kind: KindUnavailable, Key: "fault.unavailable", Err: err}
}

// BadRequest is input that no page of ours sends.
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

// Fields collects what is wrong with a form, one key a field; the first found stays.
type Fields map[string]string

// Add notes key against field unless it has one already.
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
