// Package audit is the page of who did what, when and from where.
package audit

import (
	"net/http"
	"strconv"

	"shtab/internal/audit"
	"shtab/internal/export"
	"shtab/internal/postgres"
	"shtab/web/hq/hqui"
)

// Handler answers /hq/audit.
type Handler struct {
	hqui.Exporter
	DB postgres.DB
}

// ShowAudit is a page of the audit: GET /{lang}/hq/audit?who&verb&object&object_id&from&to&before.
func (h *Handler) ShowAudit(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
	q.Del("before")
	v := view{Query: q, Filter: export.ParseAuditQuery(q, h.City.Location())}
	if v.List, v.Next, err = audit.List(r.Context(), h.DB, v.Filter, max(before, 0)); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page(v))
}

// ExportAudit makes a file of the same: POST /{lang}/hq/audit/export.
func (h *Handler) ExportAudit(w http.ResponseWriter, r *http.Request) error {
	return h.Export(w, r, export.AuditLog)
}
