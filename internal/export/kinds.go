package export

import (
	"context"
	"net/url"
	"slices"
	"time"

	"shtab/internal/account"
	"shtab/internal/i18n"
)

// Kind is what a file holds. It is the file's name, and the last word of the verb export.<kind> in the
// audit.
type Kind string

// The kinds.
const (
	AuditLog   Kind = "audit"    // who did what, as the audit's page shows it
	Register   Kind = "register" // of volunteer activity, for the ministry
	FigureRows Kind = "totals"   // the rows behind a figure of the totals
	Report     Kind = "report"   // the headquarters' first page
)

// declaration is everything that there is to know of a kind.
type declaration struct {
	kind   Kind
	needs  []account.Capability // all of them
	sheets func(ctx context.Context, s *Store, in input) ([]Sheet, error)
}

// input is what a file is made of: the filters in the address of its page, and the language.
type input struct {
	filters url.Values
	printer *i18n.Printer
	now     time.Time
}

// declarations are all kinds. A new one is a line here, a constant above, and the words of its verb and
// of its columns; TestKinds names what is missing.
var declarations = checkDeclarations([]declaration{
	{AuditLog, []account.Capability{account.SeeAudit, account.ExportPeople}, auditSheets},
	{Register, []account.Capability{account.ExportPeople}, registerSheets},
	{FigureRows, []account.Capability{account.SeeReports, account.ExportPeople}, figureRowSheets},
	{Report, []account.Capability{account.SeeReports}, reportSheets},
})

// checkDeclarations panics when the program starts with an incomplete kind.
func checkDeclarations(list []declaration) []declaration {
	for i, d := range list {
		if d.kind == "" || len(d.needs) == 0 || d.sheets == nil {
			panic("export: the kind " + string(d.kind) + " lacks a name, a capability or its sheets")
		}
		if slices.ContainsFunc(list[:i], func(other declaration) bool { return other.kind == d.kind }) {
			panic("export: the kind " + string(d.kind) + " is declared twice")
		}
	}
	return list
}

// declared is the declaration of a kind; nil: there is none.
func (k Kind) declared() *declaration {
	i := slices.IndexFunc(declarations, func(d declaration) bool { return d.kind == k })
	if i < 0 {
		return nil
	}
	return &declarations[i]
}
