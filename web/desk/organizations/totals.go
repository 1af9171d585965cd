package organizations

import (
	"bytes"
	"net/http"
	"strings"

	"shtab/internal/audit"
	"shtab/internal/sheet"
	"shtab/internal/totals"
	"shtab/web/httpkit"
)

// ShowTotals shows what an organisation did, month by month: GET
// /{lang}/desk/organizations/{org}/totals?period=.
func (h *Handler) ShowTotals(w http.ResponseWriter, r *http.Request) error {
	v, err := h.totals(r)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, totalsPage(v))
}

// totals is what the organisation of the address did in the period of the query.
func (h *Handler) totals(r *http.Request) (v totalsView, err error) {
	if v.Org, err = h.organization(r); err != nil {
		return v, err
	}
	v.Period = r.URL.Query().Get("period")
	period := totals.PeriodOf(v.Period, h.Now().In(h.City.Location()))
	v.Months, err = h.Totals.OrgMonths(r.Context(), v.Org.ID, period)
	return v, err
}

// ExportTotals sends the same as a file: GET /{lang}/desk/organizations/{org}/totals/{form}?period=.
func (h *Handler) ExportTotals(w http.ResponseWriter, r *http.Request) error {
	v, err := h.totals(r)
	if err != nil {
		return err
	}
	p := h.Catalogue.For(httpkit.Lang(r))
	s := sheet.Sheet{Name: p.T("team.totals.title"), Head: []string{
		p.T("team.totals.month"), p.T("team.totals.events"), p.T("team.totals.hosted"),
		p.T("team.totals.participations"),
		p.T("team.totals.hours"),
	}}
	for _, m := range v.Months {
		hours := float64(m.Sums[totals.Minutes]) / 60
		s.Rows = append(s.Rows, []any{m.Month, m.Sums[totals.Events], m.Hosted, m.Sums[totals.Participations], hours})
	}
	var b bytes.Buffer
	kind, ext := sheet.XLSX, "xlsx"
	if strings.HasSuffix(r.URL.Path, "csv") {
		kind, ext = sheet.CSV, "csv"
		err = sheet.WriteCSV(&b, s)
	} else {
		err = sheet.WriteXLSX(&b, s)
	}
	if err != nil {
		return err
	}
	entry := audit.Entry{
		At: h.Now(), ActorID: httpkit.Actor(r).PersonID, Verb: "org.export", Object: "org",
		ObjectID: v.Org.ID,
	}
	if err := audit.Write(r.Context(), h.DB, entry); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="totals-`+v.Org.Slug+"."+ext+`"`)
	return httpkit.Send(w, kind, b.Bytes())
}
