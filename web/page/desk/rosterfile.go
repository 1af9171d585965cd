package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/roster"
	"shtab/internal/signup"
	"shtab/web/ui"
)

// RosterColumns is the columns of a roster's file; phones are one only while they may be seen.
func RosterColumns(e roster.Event) []string {
	columns := []string{"signup", "remove", "family_name", "given_name", "state", "age", "consent", "language", "shift_no", "shift", "phone", "email"}
	if !e.Phones {
		columns = slices.DeleteFunc(columns, func(c string) bool { return c == "phone" })
	}
	return columns
}

// RosterCell is what a roster's file says of somebody in a column. The e-mail is left to the
// person: the column takes those of new people.
func RosterCell(ctx context.Context, e roster.Event, one roster.Person, column string) any {
	switch column {
	case "signup":
		return one.SignupID
	case "family_name":
		return one.FamilyName
	case "given_name":
		return one.GivenName
	case "state":
		return ui.T(ctx, "roster.filter."+string(one.State))
	case "age":
		return ageText(ctx, one.Age)
	case "consent":
		return ui.T(ctx, "roster.consent."+string(one.Consent))
	case "language":
		return one.Lang.Name()
	case "shift_no":
		return e.Number(one.ShiftID)
	case "shift":
		return shiftText(ctx, one.ShiftTitle, one.StartsAt, one.EndsAt)
	case "phone":
		return one.Phone
	}
	return nil
}

// ImportView is the way back of a roster's file: the form, what it would change, or what of that
// could not be done.
type ImportView struct {
	Event    roster.Event
	Checked  bool // Plan says what the file asks for
	Plan     roster.Plan
	Why      signup.Removal
	Problems map[string]string
	Failures []Failure
}

// Failure is somebody about whom nothing could be done.
type Failure struct {
	Who     string
	Reasons []event.Reason
	Key     string // of the catalogue, where there are no reasons
}

// Failed notes what became of a deed; an error that is not about the person is returned.
func (v *ImportView) Failed(who string, res signup.Result, err error) error {
	switch e, ok := errors.AsType[*fault.Error](err); {
	case err == nil && res.Refused:
		v.Failures = append(v.Failures, Failure{Who: who, Reasons: res.Reasons})
	case ok && e.Kind == fault.KindInvalid:
		for _, key := range e.Fields {
			v.Failures = append(v.Failures, Failure{Who: who, Key: key})
			break
		}
	case ok && e.Kind == fault.KindConflict:
		v.Failures = append(v.Failures, Failure{Who: who, Key: e.Key})
	default:
		return err
	}
	return nil
}

// columnText is the name of a column, or its letter.
func columnText(ctx context.Context, column string) string {
	if strings.ToUpper(column) == column {
		return column
	}
	return ui.T(ctx, "roster.column."+column)
}
