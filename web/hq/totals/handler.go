// Package totals is the headquarters' first page: the figures of a period, and the rows behind each.
package totals

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"shtab/internal/campaign"
	"shtab/internal/export"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/internal/totals"
	"shtab/web/hq/hqui"
	"shtab/web/httpkit"
)

// Handler answers /hq, /hq/report and /hq/totals.
type Handler struct {
	hqui.Exporter
	DB     postgres.DB
	Totals *totals.Store
}

// ShowReport is the figures, each a link to its rows:
// GET /{lang}/hq?period&from&to&campaign&org&kind&district&age.
func (h *Handler) ShowReport(w http.ResponseWriter, r *http.Request) (err error) {
	ctx := r.Context()
	var v reportView
	if v.Report, err = h.Totals.Report(ctx, totals.ParseSelection(r.URL.Query(), h.City, h.Now())); err != nil {
		return err
	}
	if v.Orgs, err = org.List(ctx, h.DB, httpkit.Lang(r)); err != nil {
		return err
	}
	if v.Campaigns, err = campaign.Choices(ctx, h.DB, nil, true, v.Report.Campaign); err != nil {
		return err
	}
	if v.Waiting, err = hqui.CountWaiting(ctx, h.DB, h.Now()); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, reportPage(v))
}

// ShowRows are the rows behind a figure, with the same filters: GET /{lang}/hq/totals/{view}?part&page.
func (h *Handler) ShowRows(w http.ResponseWriter, r *http.Request) (err error) {
	v := rowsView{
		Selection: totals.ParseSelection(r.URL.Query(), h.City, h.Now()), View: totals.RowKind(r.PathValue("view")),
		Part: r.URL.Query().Get("part"), Page: httpkit.PageNumber(r),
	}
	v.Total, v.Minutes, err = h.Totals.RowsTotal(r.Context(), v.Query, v.View, v.Part)
	if errors.Is(err, totals.ErrUnknownRows) {
		return fault.NotFound()
	}
	if err != nil {
		return err
	}
	if v.Names, err = h.Totals.ScopeNames(r.Context(), v.Scope, v.View, v.Part); err != nil {
		return err
	}
	keep := func(row totals.Row) error {
		v.Rows = append(v.Rows, totals.Row{ID: row.ID, Cells: slices.Clone(row.Cells)})
		return nil
	}
	if err = h.Totals.EachRow(r.Context(), v.Query, v.View, v.Part, rowsShown+1, v.Page*rowsShown, keep); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, rowsPage(v))
}

// ExportRows makes a file of the same rows, all of them: POST /{lang}/hq/totals/{view}/export.
func (h *Handler) ExportRows(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.BadRequest(err)
	}
	q, err := url.ParseQuery(r.PostForm.Get("query"))
	if err != nil {
		return fault.BadRequest(err)
	}
	q.Set("view", r.PathValue("view"))
	r.PostForm.Set("query", q.Encode())
	return h.Export(w, r, export.FigureRows)
}

// ExportReport makes a file of the whole first page, a sheet for each of its parts:
// POST /{lang}/hq/report.
func (h *Handler) ExportReport(w http.ResponseWriter, r *http.Request) error {
	return h.Export(w, r, export.Report)
}
