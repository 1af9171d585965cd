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

// constraints is what a person is told when the database refuses what the rules let through.
var constraints = map[string]string{
	"person_email_key": "fault.email_taken",
	"shift_capacity":   "fault.capacity",
	"signup_overlap":   "fault.overlap",
	"signup_once":      "fault.already_in",
}

// Fault turns what PostgreSQL says into something that can be shown: no row is NotFound, a known
// constraint a Conflict, an outage Unavailable. Any other error is for the log: it, and the cause of an
// outage, gets the name of the operation under way, once, see [Operation].
func Fault(err error) error {
	if err == nil || fault.Of(err) != 0 {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.NotFound()
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok { // whatever the server said to it
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

// IsOutage reports whether err says that the database cannot be reached right now.
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

// operationError is an error with the operation in which it happened.
type operationError struct {
	operation string
	err       error
}

func (e *operationError) Error() string { return e.operation + ": " + e.err.Error() }

func (e *operationError) Unwrap() error { return e.err }

// Operation is the operation that Fault has named in err: the package and the exported function that
// asked the database, "signup.Join". Empty when err has not come by Fault.
func Operation(err error) string {
	if e, ok := errors.AsType[*operationError](err); ok {
		return e.operation
	}
	return ""
}

// inOperation wraps err with the operation under way, unless it has been already. The name is taken from
// the stack, so that nobody has to write one or keep it right; an error that is shown to people
// (no row, a known constraint) does not pay for it.
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
	if operation == "" { // not called by the portal
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

// closure is what the compiler calls a function without a name.
var closure = regexp.MustCompile(`^(func|gowrap|deferwrap)?[0-9]+$`)
