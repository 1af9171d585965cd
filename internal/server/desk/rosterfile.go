package desk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/roster"
	"shtab/internal/sheet"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"

	"shtab/web/link"
)

// File is the list as a file: GET /{lang}/desk/events/{id}/roster.xlsx and .csv.
func (d *Room) File(w http.ResponseWriter, r *http.Request) error {
	e, err := d.rosterEvent(r)
	if err != nil {
		return err
	}
	people, err := d.Roster.Export(r.Context(), httpkit.Actor(r), e, d.Now())
	if err != nil {
		return err
	}
	p := d.Catalogue.For(httpkit.Lang(r))
	ctx := i18n.With(r.Context(), p)
	s := sheet.Sheet{Name: p.T("desk.section.roster")}
	columns := page.RosterColumns(e)
	for _, c := range columns {
		s.Head = append(s.Head, p.T("roster.column."+c))
	}
	for _, one := range people {
		row := make([]any, len(columns))
		for i, c := range columns {
			row[i] = page.RosterCell(ctx, e, one, c)
		}
		s.Rows = append(s.Rows, row)
	}
	var b bytes.Buffer
	kind, ext := sheet.XLSX, "xlsx"
	if strings.HasSuffix(r.URL.Path, ".csv") {
		kind, ext = sheet.CSV, "csv"
		err = sheet.WriteCSV(&b, s)
	} else {
		err = sheet.WriteXLSX(&b, s)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="roster-%d.%s"`, e.ID, ext))
	return httpkit.Send(w, kind, b.Bytes())
}

// ImportForm takes a roster's file back: GET /{lang}/desk/events/{id}/roster/import.
func (d *Room) ImportForm(w http.ResponseWriter, r *http.Request) error {
	e, err := d.rosterEvent(r)
	if err != nil {
		return err
	}
	return d.Render(w, r, http.StatusOK, page.RosterImport(page.ImportView{Event: e}))
}

// Import says what a file would change, and does it when that comes back: POST
// /{lang}/desk/events/{id}/roster/import.
func (d *Room) Import(w http.ResponseWriter, r *http.Request) error {
	e, err := d.rosterEvent(r)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return d.importNow(w, r, e)
	}
	v := page.ImportView{Event: e, Checked: true}
	lines, err := d.lines(r)
	if err == nil {
		v.Plan, err = d.Roster.Plan(r.Context(), e, lines)
	}
	if p, ok := errors.AsType[*sheet.Problem](err); ok {
		if err = fault.Invalid(map[string]string{"file": p.Key}); p.Row > 0 { // it stands in a cell
			v.Plan.Problems, err = []roster.Problem{{Row: p.Row, Column: sheet.Letter(p.Column), Key: p.Key}}, nil
		}
	}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems, v.Checked = problems, false
		return d.Render(w, r, http.StatusUnprocessableEntity, page.RosterImport(v))
	}
	if err != nil {
		return err
	}
	status := http.StatusOK
	if len(v.Plan.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return d.Render(w, r, status, page.RosterImport(v))
}

// lines reads the file of a form.
func (d *Room) lines(r *http.Request) (lines []roster.Line, err error) {
	file, _, err := r.FormFile("file")
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, fault.Invalid(map[string]string{"file": "sheet.too_large"})
	}
	if err != nil {
		return nil, fault.Invalid(map[string]string{"file": "roster.file.missing"})
	}
	defer file.Close()
	body, err := io.ReadAll(file) // no more than any request may hold
	if err != nil {
		return nil, err
	}
	var at map[string]int // the columns, by the first row
	err = sheet.Read(body, func(row sheet.Row) error {
		if at == nil {
			if at = d.columns(row.Cells); len(at) < 2 {
				return fault.Invalid(map[string]string{"file": "roster.file.columns"})
			}
			return nil
		}
		cell := func(column string) string {
			if i, ok := at[column]; ok {
				return strings.TrimSpace(row.Cell(i))
			}
			return ""
		}
		lines = append(lines, roster.Line{
			Row: row.Number, Signup: cell("signup"), Email: cell("email"), Shift: cell("shift_no"), Remove: cell("remove"),
		})
		return nil
	})
	if err == nil && at == nil {
		err = fault.Invalid(map[string]string{"file": "roster.file.columns"})
	}
	return lines, err
}

// columns is where the columns stand that are read, in whatever language their heads are.
func (d *Room) columns(head []string) map[string]int {
	at := map[string]int{}
	for _, c := range []string{"signup", "email", "shift_no", "remove"} {
		for _, l := range i18n.Langs {
			name := d.Catalogue.For(l).T("roster.column." + c)
			if i := slices.IndexFunc(head, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) }); i >= 0 {
				at[c] = i
			}
		}
	}
	if _, ok := at["signup"]; !ok {
		return nil
	}
	return at
}

// importNow does what a file asked for and the coordinator has seen, each by its own rules.
func (d *Room) importNow(w http.ResponseWriter, r *http.Request, e roster.Event) error {
	var f struct {
		Add    []string `form:"add"` // "shift e-mail"
		Remove []int64  `form:"remove"`
		Reason string   `form:"reason"`
		Words  string   `form:"words"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, actor := r.Context(), httpkit.Actor(r)
	v := page.ImportView{Event: e, Why: signup.Removal{Reason: f.Reason, Words: f.Words}}
	if n := len(f.Add) + len(f.Remove); n == 0 || n > roster.FileMost {
		v.Problems = map[string]string{"file": "roster.file.missing"}
		return d.Render(w, r, http.StatusUnprocessableEntity, page.RosterImport(v))
	}
	names, err := d.Roster.Names(ctx, e, f.Remove)
	if err != nil {
		return err
	}
	var additions []roster.Addition
	for _, a := range f.Add {
		id, email, _ := strings.Cut(a, " ")
		shift, _ := strconv.ParseInt(id, 10, 64)
		if e.Shift(shift).ID == 0 {
			return fault.NotFound()
		}
		additions = append(additions, roster.Addition{Email: email, Shift: shift})
	}
	for i, id := range f.Remove {
		_, err := d.Signups.Remove(ctx, actor, id, v.Why, d.Now())
		if problems, ok := httpkit.Problems(err); ok && i == 0 { // the reason, before anything is done
			v.Checked, v.Problems, v.Plan.Additions = true, problems, additions
			for i, id := range f.Remove {
				v.Plan.Removals = append(v.Plan.Removals, roster.Removal{SignupID: id, Name: names[i]})
			}
			return d.Render(w, r, http.StatusUnprocessableEntity, page.RosterImport(v))
		}
		if err := v.Failed(names[i], signup.Result{}, err); err != nil {
			return err
		}
	}
	for _, a := range additions {
		res, err := d.Signups.Add(ctx, actor, a.Shift, a.Email, d.Now())
		if err := v.Failed(a.Email, res, err); err != nil {
			return err
		}
	}
	if len(v.Failures) > 0 {
		return d.Render(w, r, http.StatusOK, page.RosterImport(v))
	}
	d.Flash(ctx, "good", "roster.flash.imported")
	return d.Redirect(w, r, link.DeskRoster(httpkit.Lang(r), e.ID))
}
