package roster

import (
	"context"
	"errors"
	"slices"
	"strings"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/roster"
	"shtab/internal/sheet"
	"shtab/internal/signup"
	"shtab/web/desk/deskui"
	"shtab/web/ui"
)

// fileColumns is the columns of a roster's file; phones are one only while they may be seen.
func fileColumns(e roster.Event) []string {
	columns := []string{
		"signup", "remove", "family_name", "given_name", "state", "age", "consent", "language", "shift_no", "shift",
		"phone", "email",
	}
	if !e.Phones {
		columns = slices.DeleteFunc(columns, func(c string) bool { return c == "phone" })
	}
	return columns
}

// fileSheet is a roster as a file has it, in the language of ctx.
func fileSheet(ctx context.Context, e roster.Event, people []roster.Person) sheet.Sheet {
	s := sheet.Sheet{Name: ui.T(ctx, "desk.section.roster")}
	columns := fileColumns(e)
	for _, c := range columns {
		s.Head = append(s.Head, ui.T(ctx, "roster.column."+c))
	}
	for _, p := range people {
		row := make([]any, len(columns))
		for i, c := range columns {
			row[i] = fileCell(ctx, e, p, c)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// fileCell is what a roster's file says of p in a column. The column of the e-mail stays empty: it is for
// those of new people.
func fileCell(ctx context.Context, e roster.Event, p roster.Person, column string) any {
	switch column {
	case "signup":
		return p.SignupID
	case "family_name":
		return p.FamilyName
	case "given_name":
		return p.GivenName
	case "state":
		return ui.T(ctx, "roster.filter."+string(p.State))
	case "age":
		return ageText(ctx, p.Age)
	case "consent":
		return ui.T(ctx, "roster.consent."+string(p.Consent))
	case "language":
		return p.Lang.Name()
	case "shift_no":
		return e.Number(p.ShiftID)
	case "shift":
		return deskui.ShiftText(ctx, p.ShiftTitle, p.StartsAt, p.EndsAt)
	case "phone":
		return p.Phone
	}
	return nil
}

// importView is the form that takes a roster's file back, what the file would change, or what of that
// could not be done.
type importView struct {
	Event    roster.Event
	Checked  bool // Changes says what the file asks for
	Changes  roster.FileChanges
	Why      signup.Removal
	Problems map[string]string
	Failures []failure
}

// failure is somebody whom the import could not add or remove.
type failure struct {
	Who     string
	Reasons []event.Reason
	Key     string // of the catalogue, where there are no reasons
}

// noteFailure keeps who could not be added or removed and why; an error that is not about the person is
// returned.
func (v *importView) noteFailure(who string, res signup.Result, err error) error {
	switch e, ok := errors.AsType[*fault.Error](err); {
	case err == nil && res.Refused:
		v.Failures = append(v.Failures, failure{Who: who, Reasons: res.Reasons})
	case ok && e.Kind == fault.KindInvalid:
		for _, key := range e.Fields {
			v.Failures = append(v.Failures, failure{Who: who, Key: key})
			break
		}
	case ok && e.Kind == fault.KindConflict:
		v.Failures = append(v.Failures, failure{Who: who, Key: e.Key})
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
