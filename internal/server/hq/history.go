package hq

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"shtab/internal/fault"
	"shtab/internal/intake"
	"shtab/internal/sheet"
	"shtab/web/httpkit"
	page "shtab/web/page/hq"

	"shtab/web/link"
)

// History asks for a file of the years before the portal: GET /{lang}/hq/import.
func (h *Room) History(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, page.History(page.HistoryView{}))
}

// ReadHistory reads it, and changes nothing: POST /{lang}/hq/import.
func (h *Room) ReadHistory(w http.ResponseWriter, r *http.Request) error {
	v := page.HistoryView{}
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			v.Reading = &intake.Reading{Wrong: 1, Problems: []intake.Problem{{Key: "sheet.too_large"}}}
			return h.Render(w, r, http.StatusRequestEntityTooLarge, page.History(v))
		}
		return fault.BadRequest(err)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	file, _, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		v.Problems = map[string]string{"file": "intake.error.file"}
		return h.Render(w, r, http.StatusUnprocessableEntity, page.History(v))
	}
	if err != nil {
		return fault.BadRequest(err)
	}
	body, err := io.ReadAll(file)
	_ = file.Close()
	if err != nil {
		return err
	}
	reading, err := h.Intake.ReadHistory(r.Context(), httpkit.Actor(r), body, h.Now())
	if err != nil {
		return err
	}
	if reading.ID == 0 {
		v.Reading = &reading
		return h.Render(w, r, http.StatusUnprocessableEntity, page.History(v))
	}
	return h.Redirect(w, r, link.HQImported(httpkit.Lang(r), reading.ID))
}

// HistoryFile is what a clean file would make, or has made: GET /{lang}/hq/import/{import}.
func (h *Room) HistoryFile(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "import")
	if err != nil {
		return err
	}
	k, err := h.Intake.History(r.Context(), httpkit.Actor(r), id, h.Now())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page.HistoryFile(k))
}

// ConfirmHistory makes its events: POST /{lang}/hq/import/{import}.
func (h *Room) ConfirmHistory(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "import")
	if err != nil {
		return err
	}
	if _, err := h.Intake.ConfirmHistory(r.Context(), httpkit.Actor(r), id, h.Now()); err != nil {
		return err
	}
	return h.Redirect(w, r, link.HQImported(httpkit.Lang(r), id))
}

// HistoryTemplate is an empty file to fill in, with an example and the words that may be used:
// GET /{lang}/hq/import/template.
func (h *Room) HistoryTemplate(w http.ResponseWriter, r *http.Request) error {
	orgs, campaigns, things, err := h.Intake.HistoryWords(r.Context(), httpkit.Lang(r))
	if err != nil {
		return err
	}
	p := h.Catalogue.For(httpkit.Lang(r))
	events := sheet.Sheet{Name: p.T("intake.sheet_events")}
	for _, c := range intake.HistoryColumns {
		events.Head = append(events.Head, p.T("history.column."+c))
	}
	for _, t := range things {
		events.Head = append(events.Head, p.Text(t.Name))
	}
	row := []any{
		p.T("intake.example"), time.Date(h.City.Since, time.May, 9, 0, 0, 0, 0, time.UTC), "Саябақты тазалау", "Уборка парка", "Cleaning the park",
		"", "", p.Text(h.City.Open()[0].Name), 45, 135,
	}
	if len(orgs) > 0 {
		row[5] = p.Text(orgs[0].Name)
	}
	if len(campaigns) > 0 {
		row[6] = p.Text(campaigns[0].Name)
	}
	events.Rows = [][]any{row}
	allowed := sheet.Sheet{Name: p.T("intake.sheet_words"), Head: []string{p.T("history.column.organization"), p.T("history.column.campaign"), p.T("history.column.district")}}
	for i := range max(len(orgs), len(campaigns), len(h.City.Districts)) {
		line := make([]any, 3)
		if i < len(orgs) {
			line[0] = p.Text(orgs[i].Name)
		}
		if i < len(campaigns) {
			line[1] = p.Text(campaigns[i].Name)
		}
		if i < len(h.City.Districts) {
			line[2] = p.Text(h.City.Districts[i].Name)
		}
		allowed.Rows = append(allowed.Rows, line)
	}
	var b bytes.Buffer
	if err := sheet.WriteXLSX(&b, events, allowed); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="shtab-history.xlsx"`)
	return httpkit.Send(w, sheet.XLSX, b.Bytes())
}
