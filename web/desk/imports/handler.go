// Package imports is the page where a coordinator uploads a spreadsheet of events: it says what is wrong in the
// file, or what the file would make, and makes it.
package imports

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"

	"shtab/internal/campaign"
	"shtab/internal/eventimport"
	"shtab/internal/fault"
	"shtab/internal/postgres"
	"shtab/internal/sheet"
	"shtab/web/desk/deskui"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers the page's requests.
type Handler struct {
	*httpkit.Kit
	DB      postgres.DB
	Imports *eventimport.Store
}

// ShowUpload asks for a file of events: GET /{lang}/desk/import.
func (h *Handler) ShowUpload(w http.ResponseWriter, r *http.Request) error {
	return h.renderUpload(w, r, http.StatusOK, uploadView{})
}

func (h *Handler) renderUpload(w http.ResponseWriter, r *http.Request, status int, v uploadView) (err error) {
	if v.Orgs, err = deskui.Organizations(r, h.DB); err != nil {
		return err
	}
	return h.Render(w, r, status, uploadPage(v))
}

// UploadFile lists every problem of a file, or keeps the file when there is none; no event is made yet: POST
// /{lang}/desk/import.
func (h *Handler) UploadFile(w http.ResponseWriter, r *http.Request) error {
	file, err := httpkit.ReadFile(r, "file")
	v := uploadView{Org: r.FormValue("org"), Publish: r.FormValue("publish") != ""}
	again := httpkit.AtLink(r, link.DeskImport(httpkit.Lang(r)))
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		v.Reading = &eventimport.ReadResult{Wrong: 1, Problems: []eventimport.Problem{{Key: "sheet.too_large"}}}
		return h.renderUpload(w, again, http.StatusRequestEntityTooLarge, v)
	case errors.Is(err, http.ErrMissingFile):
		v.Problems = map[string]string{"file": "intake.error.file"}
		return h.renderUpload(w, again, http.StatusUnprocessableEntity, v)
	case err != nil:
		return err
	}
	org, _ := strconv.ParseInt(v.Org, 10, 64)
	reading, err := h.Imports.Read(r.Context(), httpkit.Actor(r), org, file, v.Publish, h.Now())
	if err != nil {
		return err
	}
	if reading.ID == 0 {
		v.Reading = &reading
		return h.renderUpload(w, again, http.StatusUnprocessableEntity, v)
	}
	return h.Redirect(w, r, link.DeskImported(httpkit.Lang(r), reading.ID))
}

// ShowImport shows what a file without mistakes would make, or has made: GET /{lang}/desk/import/{import}.
func (h *Handler) ShowImport(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "import")
	if err != nil {
		return err
	}
	k, err := h.Imports.Get(r.Context(), httpkit.Actor(r), id, h.Now())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, importPage(k))
}

// ConfirmImport makes the events of a file: POST /{lang}/desk/import/{import}.
func (h *Handler) ConfirmImport(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "import")
	if err != nil {
		return err
	}
	to := link.DeskImported(httpkit.Lang(r), id)
	_, err = h.Imports.Confirm(r.Context(), httpkit.Actor(r), id, h.Now())
	if err != nil {
		to = link.DeskImport(httpkit.Lang(r)) // where a conflict is told
	}
	return h.RedirectAfter(w, r, err, to)
}

// DownloadTemplate sends an empty file to fill in, with an example and the names that may be used: GET
// /{lang}/desk/import/template/{form}?org=.
func (h *Handler) DownloadTemplate(w http.ResponseWriter, r *http.Request) error {
	orgs, err := deskui.Organizations(r, h.DB)
	if err != nil {
		return err
	}
	org, _ := strconv.ParseInt(r.URL.Query().Get("org"), 10, 64)
	if org == 0 && len(orgs) > 0 {
		org = orgs[0].ID
	}
	if !httpkit.Actor(r).ActsFor(org) {
		return fault.NotFound()
	}
	campaigns, err := campaign.Choices(r.Context(), h.DB, []int64{org}, false, 0)
	if err != nil {
		return err
	}
	p := h.Catalogue.For(httpkit.Lang(r))
	events := eventSheet(p, h.City, campaigns, h.Now())
	var b bytes.Buffer
	name, kind := "shtab-import.xlsx", sheet.XLSX
	if r.PathValue("form") == "csv" {
		name, kind = "shtab-import.csv", sheet.CSV
		err = sheet.WriteCSV(&b, events)
	} else {
		err = sheet.WriteXLSX(&b, events, nameSheet(p, h.City, campaigns))
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return httpkit.Send(w, kind, b.Bytes())
}
