// Package exports is the page of the files that stand on no other page, and of how far a file is.
package exports

import (
	"net/http"

	"shtab/internal/export"
	"shtab/web/hq/hqui"
	"shtab/web/httpkit"
)

// Handler answers /hq/exports.
type Handler struct{ hqui.Exporter }

// ShowExports is the files that stand on no other page: GET /{lang}/hq/exports.
func (h *Handler) ShowExports(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, listPage())
}

// ExportRegister makes the ministry's register of volunteer activity: POST /{lang}/hq/exports/register.
func (h *Handler) ExportRegister(w http.ResponseWriter, r *http.Request) error {
	return h.Export(w, r, export.Register)
}

// ShowExport is how far a file is; the page is loaded again by itself until the file is ready:
// GET /{lang}/hq/exports/{export}.
func (h *Handler) ShowExport(w http.ResponseWriter, r *http.Request) error {
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
	return h.Render(w, r, http.StatusOK, exportPage(x))
}

// DownloadExport is the file itself: GET /{lang}/hq/exports/{export}/file.
func (h *Handler) DownloadExport(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "export")
	if err != nil {
		return err
	}
	f, err := h.Exports.Download(r.Context(), httpkit.Actor(r), id, h.Now())
	if err != nil {
		return err
	}
	return hqui.SendFile(w, f)
}
