package hq

import (
	"net/http"

	"shtab/internal/export"
	"shtab/web/httpkit"
	page "shtab/web/page/hq"

	"shtab/web/link"
)

// export makes a file of the filters in a form's query: a small one is sent at once, a large one
// is made by a job, whose page this leads to.
func (h *Room) export(w http.ResponseWriter, r *http.Request, kind export.Kind) error {
	var f struct {
		Query string `form:"query"`
		Form  string `form:"form"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	file, id, err := h.Exports.Request(r.Context(), httpkit.Actor(r), kind, f.Query, export.Format(f.Form), httpkit.Lang(r), h.Now())
	if err != nil {
		return err
	}
	if id != 0 {
		return h.Redirect(w, r, link.HQExport(httpkit.Lang(r), id))
	}
	return send(w, file)
}

func send(w http.ResponseWriter, f export.File) error {
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.Name+"."+string(f.Format)+`"`)
	return httpkit.Send(w, f.MediaType(), f.Data)
}

// ExportsPage is the files that are more than a page's: GET /{lang}/hq/exports.
func (h *Room) ExportsPage(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, page.Exports())
}

// RegisterFile is the ministry's register of volunteer activity: POST /{lang}/hq/exports/register.
func (h *Room) RegisterFile(w http.ResponseWriter, r *http.Request) error {
	return h.export(w, r, export.Register)
}

// Export is how far a file has come: GET /{lang}/hq/exports/{export}.
func (h *Room) Export(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "export")
	if err != nil {
		return err
	}
	x, err := h.Exports.Get(r.Context(), httpkit.Actor(r), id, h.Now())
	if err != nil {
		return err
	}
	if x.ReadyAt == nil && x.FailedAt == nil {
		w.Header().Set("Refresh", "2")
	}
	return h.Render(w, r, http.StatusOK, page.Export(x))
}

// ExportFile is the file itself: GET /{lang}/hq/exports/{export}/file.
func (h *Room) ExportFile(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "export")
	if err != nil {
		return err
	}
	f, err := h.Exports.Download(r.Context(), httpkit.Actor(r), id, h.Now())
	if err != nil {
		return err
	}
	return send(w, f)
}
