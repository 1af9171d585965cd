package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestOf(t *testing.T) {
	t.Parallel()
	cause := errors.New("no connection")
	for _, c := range []struct {
		err  error
		want Kind
	}{
		{NotFound(), KindNotFound},
		{Forbidden(), KindForbidden},
		{Conflict("fault.capacity"), KindConflict},
		{Gone("fault.gone"), KindGone},
		{TooMany("fault.too_many"), KindTooMany},
		{Unavailable(cause), KindUnavailable},
		{BadRequest(cause), KindBadRequest},
		{fmt.Errorf("signup.Join: %w", NotFound()), KindNotFound},
		{cause, 0},
		{nil, 0},
	} {
		if got := Of(c.err); got != c.want {
			t.Errorf("%v is of kind %d, not %d", c.err, got, c.want)
		}
	}
	if !errors.Is(Unavailable(cause), cause) {
		t.Error("the cause is lost")
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	fields := Fields{}
	if err := fields.Err(); err != nil {
		t.Errorf("nothing is wrong, but %v", err)
	}
	fields.Add("phone", "form.required")
	fields.Add("phone", "form.phone")
	fields.Add("email", "form.email")
	err := fields.Err()
	if Of(err) != KindInvalid || err.Error() != "fault: fault.invalid email=form.email phone=form.required" {
		t.Errorf("%v", err)
	}
}
