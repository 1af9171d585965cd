package hq

import (
	"net/http"
	"strconv"

	"shtab/internal/audit"
	"shtab/internal/export"
	page "shtab/web/page/hq"
)

// Audit is who did what, when and from where: GET /{lang}/hq/audit?who&verb&object&object_id&from&to&before.
func (h *Room) Audit(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
	q.Del("before")
	v := page.AuditView{Query: q, Filter: export.AuditFilter(q, h.City.Location())}
	if v.List, v.Next, err = audit.List(r.Context(), h.DB, v.Filter, max(before, 0)); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page.Audit(v))
}

// AuditFile is the same as a file: POST /{lang}/hq/audit/export.
func (h *Room) AuditFile(w http.ResponseWriter, r *http.Request) error {
	return h.export(w, r, export.AuditLog)
}
