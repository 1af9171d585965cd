package postgres

import (
	"context"
	"errors"
	"net"
	"regexp"
	"runtime"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"shtab/internal/fault"
)

// constraints are the catalogue keys of the messages for violated constraints.
var constraints = map[string]string{
	"person_email_key": "fault.email_taken",
	"shift_capacity":   "fault.capacity",
	"signup_overlap":   "fault.overlap",
	"signup_once":      "fault.already_in",
}

// Fault turns an error of PostgreSQL into a fault that can be shown: no row is NotFound, a known
// constraint a Conflict, an outage Unavailable. Any other error is for the log: it, and the cause of an
// outage, is wrapped once with the name of the current operation, see [Operation].
func Fault(err error) error {
	if err == nil || fault.Of(err) != 0 {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.NotFound()
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok { // whatever the server answered
		return fault.Unavailable(inOperation(err))
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		if key, known := constraints[e.ConstraintName]; known {
			return &fault.Error{Kind: fault.KindConflict, Key: key, Err: err}
		}
		switch e.Code[:2] {
		case "57", "53", "08": // shutting down, out of resources, connection
			return fault.Unavailable(inOperation(err))
		}
		return inOperation(err)
	}
	if IsOutage(err) {
		return fault.Unavailable(inOperation(err))
	}
	return inOperation(err)
}

// IsOutage reports whether err means that the database cannot be reached at the moment.
func IsOutage(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return pgconn.Timeout(err) || errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded) ||
		pgconn.SafeToRetry(err)
}

// operationError is an error with the name of the operation in which it happened.
type operationError struct {
	operation string
	err       error
}

func (e *operationError) Error() string { return e.operation + ": " + e.err.Error() }

func (e *operationError) Unwrap() error { return e.err }

// Operation returns the operation that Fault recorded in err: the package and the exported function that
// used the database, such as "signup.Join". Empty when err did not pass through Fault.
func Operation(err error) string {
	if e, ok := errors.AsType[*operationError](err); ok {
		return e.operation
	}
	return ""
}

// inOperation wraps err with the current operation, unless it is wrapped already. The name comes from
// the call stack, so that no caller has to give one. An error that is shown to people (no row, a known
// constraint) is not wrapped, which saves reading the stack.
func inOperation(err error) error {
	if Operation(err) != "" {
		return err
	}
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	operation := ""
	for {
		frame, more := frames.Next()
		name, exported := operationName(frame.Function)
		if name != "" && (operation == "" || exported) {
			operation = name
		}
		if exported || !more {
			break
		}
	}
	if operation == "" { // not called by code of the portal
		return err
	}
	return &operationError{operation, err}
}

// operationName shortens a function's name, "shtab/internal/signup.(*Store).Join.func1", to "signup.Join",
// and says whether it is exported. Empty for a function of this package or of a library.
func operationName(function string) (name string, exported bool) {
	path, ok := strings.CutPrefix(function, "shtab/")
	if !ok || strings.HasPrefix(path, "internal/postgres.") {
		return "", false
	}
	path = strings.ReplaceAll(path, "[...]", "") // type parameters
	parts := strings.Split(path[strings.LastIndexByte(path, '/')+1:], ".")
	last := len(parts) - 1
	for last > 1 && closure.MatchString(parts[last]) {
		last--
	}
	function, _, _ = strings.Cut(parts[last], "-") // the body of a range loop over a function
	return parts[0] + "." + function, function != "" && unicode.IsUpper(rune(function[0]))
}

// closure matches the compiler's names of anonymous functions.
var closure = regexp.MustCompile(`^(func|gowrap|deferwrap)?[0-9]+$`)
