// Package imports is the page that takes files with events of the years before the portal.
package imports

import (
	"bytes"
	"errors"
	"net/http"

	"shtab/internal/eventimport"
	"shtab/internal/sheet"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers /hq/import.
type Handler struct {
	*httpkit.Kit
	Intake *eventimport.Store
}

// ShowUpload asks for a file: GET /{lang}/hq/import.
func (h *Handler) ShowUpload(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, uploadPage(uploadView{}))
}

// UploadFile checks a file and keeps it when it has no mistake; no event is made yet: POST
// /{lang}/hq/import.
func (h *Handler) UploadFile(w http.ResponseWriter, r *http.Request) error {
	v := uploadView{}
	file, err := httpkit.ReadFile(r, "file")
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		v.Reading = &eventimport.ReadResult{Wrong: 1, Problems: []eventimport.Problem{{Key: "sheet.too_large"}}}
		return h.Render(w, r, http.StatusRequestEntityTooLarge, uploadPage(v))
	case errors.Is(err, http.ErrMissingFile):
		v.Problems = map[string]string{"file": "intake.error.file"}
		return h.Render(w, r, http.StatusUnprocessableEntity, uploadPage(v))
	case err != nil:
		return err
	}
	reading, err := h.Intake.ReadHistory(r.Context(), httpkit.Actor(r), file, h.Now())
	if err != nil {
		return err
	}
	if reading.ID == 0 {
		v.Reading = &reading
		return h.Render(w, r, http.StatusUnprocessableEntity, uploadPage(v))
	}
	return h.Redirect(w, r, link.HQImported(httpkit.Lang(r), reading.ID))
}

// ShowImport is what a file without mistakes would make, or has made: GET /{lang}/hq/import/{import}.
func (h *Handler) ShowImport(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "import")
	if err != nil {
		return err
	}
	k, err := h.Intake.History(r.Context(), httpkit.Actor(r), id, h.Now())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, importPage(k))
}

// ConfirmImport makes the events of a file: POST /{lang}/hq/import/{import}.
func (h *Handler) ConfirmImport(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "import")
	if err != nil {
		return err
	}
	if _, err := h.Intake.ConfirmHistory(r.Context(), httpkit.Actor(r), id, h.Now()); err != nil {
		return err
	}
	return h.Redirect(w, r, link.HQImported(httpkit.Lang(r), id))
}

// DownloadTemplate is an empty file to fill in, with an example and the names that may be used:
// GET /{lang}/hq/import/template.
func (h *Handler) DownloadTemplate(w http.ResponseWriter, r *http.Request) error {
	orgs, campaigns, kinds, err := h.Intake.HistoryWords(r.Context(), httpkit.Lang(r))
	if err != nil {
		return err
	}
	p := h.Catalogue.For(httpkit.Lang(r))
	var b bytes.Buffer
	if err := sheet.WriteXLSX(&b, eventSheet(p, h.City, orgs, campaigns, kinds),
		nameSheet(p, h.City, orgs, campaigns)); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="shtab-history.xlsx"`)
	return httpkit.Send(w, sheet.XLSX, b.Bytes())
}
