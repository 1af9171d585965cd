package roster

import (
	"bytes"
	"errors"
	"fmt"
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
	"shtab/web/link"
)

// ExportRoster sends the list as a file: GET /{lang}/desk/events/{id}/roster.xlsx and .csv.
func (h *Handler) ExportRoster(w http.ResponseWriter, r *http.Request) error {
	e, err := h.event(r)
	if err != nil {
		return err
	}
	people, err := h.Roster.Export(r.Context(), httpkit.Actor(r), e, h.Now())
	if err != nil {
		return err
	}
	p := h.Catalogue.For(httpkit.Lang(r))
	s := fileSheet(i18n.With(r.Context(), p), e, people)
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

// ShowImport asks for a file of the list that was changed: GET /{lang}/desk/events/{id}/roster/import.
func (h *Handler) ShowImport(w http.ResponseWriter, r *http.Request) error {
	e, err := h.event(r)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, importPage(importView{Event: e}))
}

// ImportRoster says what an uploaded file would change; the form of that page, sent back, does it: POST
// /{lang}/desk/events/{id}/roster/import.
func (h *Handler) ImportRoster(w http.ResponseWriter, r *http.Request) error {
	e, err := h.event(r)
	if err != nil {
		return err
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return h.previewImport(w, r, e)
	}
	return h.applyImport(w, r, e)
}

// previewImport shows what the uploaded file asks for, or what is wrong in it. Nothing is changed.
func (h *Handler) previewImport(w http.ResponseWriter, r *http.Request, e roster.Event) error {
	v := importView{Event: e, Checked: true}
	rows, err := h.readFile(r)
	if err == nil {
		v.Changes, err = h.Roster.CompareFile(r.Context(), e, rows)
	}
	if p, ok := errors.AsType[*sheet.Problem](err); ok {
		if err = fault.Invalid(map[string]string{"file": p.Key}); p.Row > 0 { // it stands in a cell
			v.Changes.Problems, err = []roster.Problem{{Row: p.Row, Column: sheet.Letter(p.Column), Key: p.Key}}, nil
		}
	}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems, v.Checked = problems, false
		return h.Render(w, r, http.StatusUnprocessableEntity, importPage(v))
	}
	if err != nil {
		return err
	}
	status := http.StatusOK
	if len(v.Changes.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return h.Render(w, r, status, importPage(v))
}

// readFile reads the uploaded file. A file that is no roster is Invalid.
func (h *Handler) readFile(r *http.Request) (rows []roster.FileRow, err error) {
	body, err := httpkit.ReadFile(r, "file")
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return nil, fault.Invalid(map[string]string{"file": "sheet.too_large"})
	case errors.Is(err, http.ErrMissingFile), fault.Of(err) == fault.KindBadRequest:
		return nil, fault.Invalid(map[string]string{"file": "roster.file.missing"})
	case err != nil:
		return nil, err
	}
	var at map[string]int // the columns, by the first row
	err = sheet.Read(body, func(row sheet.Row) error {
		if at == nil {
			if at = h.columns(row.Cells); len(at) < 2 {
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
		rows = append(rows, roster.FileRow{
			Row: row.Number, Signup: cell("signup"), Email: cell("email"), Shift: cell("shift_no"),
			Remove: cell("remove"),
		})
		return nil
	})
	if err == nil && at == nil {
		err = fault.Invalid(map[string]string{"file": "roster.file.columns"})
	}
	return rows, err
}

// columns finds the columns that are read by their heads in any of the languages; nil without the one of
// the sign-ups.
func (h *Handler) columns(head []string) map[string]int {
	at := map[string]int{}
	for _, c := range []string{"signup", "email", "shift_no", "remove"} {
		for _, l := range i18n.Langs {
			name := h.Catalogue.For(l).T("roster.column." + c)
			i := slices.IndexFunc(head, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) })
			if i >= 0 {
				at[c] = i
			}
		}
	}
	if _, ok := at["signup"]; !ok {
		return nil
	}
	return at
}

// applyImport does what a file asked for and the coordinator has confirmed. Each change keeps the rules of
// a single one; those that are refused are listed and do not stop the others.
func (h *Handler) applyImport(w http.ResponseWriter, r *http.Request, e roster.Event) error {
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
	v := importView{Event: e, Why: signup.Removal{Reason: f.Reason, Words: f.Words}}
	if n := len(f.Add) + len(f.Remove); n == 0 || n > roster.MaxFileChanges {
		v.Problems = map[string]string{"file": "roster.file.missing"}
		return h.Render(w, r, http.StatusUnprocessableEntity, importPage(v))
	}
	names, err := h.Roster.Names(ctx, e, f.Remove)
	if err != nil {
		return err
	}
	additions, err := parseAdditions(e, f.Add)
	if err != nil {
		return err
	}
	for i, id := range f.Remove {
		_, err := h.Signups.Remove(ctx, actor, id, v.Why, h.Now())
		if problems, ok := httpkit.Problems(err); ok && i == 0 { // the reason, before anything is done
			v.Checked, v.Problems, v.Changes.Additions = true, problems, additions
			for i, id := range f.Remove {
				v.Changes.Removals = append(v.Changes.Removals, roster.Removal{SignupID: id, Name: names[i]})
			}
			return h.Render(w, r, http.StatusUnprocessableEntity, importPage(v))
		}
		if err := v.noteFailure(names[i], signup.Result{}, err); err != nil {
			return err
		}
	}
	for _, a := range additions {
		res, err := h.Signups.Add(ctx, actor, a.Shift, a.Email, h.Now())
		if err := v.noteFailure(a.Email, res, err); err != nil {
			return err
		}
	}
	if len(v.Failures) > 0 {
		return h.Render(w, r, http.StatusOK, importPage(v))
	}
	h.Flash(ctx, "good", "roster.flash.imported")
	return h.Redirect(w, r, link.DeskRoster(httpkit.Lang(r), e.ID))
}

// parseAdditions reads "shift e-mail" of each field; NotFound for a shift of another event.
func parseAdditions(e roster.Event, fields []string) (additions []roster.Addition, err error) {
	for _, s := range fields {
		id, email, _ := strings.Cut(s, " ")
		shift, _ := strconv.ParseInt(id, 10, 64)
		if e.Shift(shift).ID == 0 {
			return nil, fault.NotFound()
		}
		additions = append(additions, roster.Addition{Email: email, Shift: shift})
	}
	return additions, nil
}
