package hq

import (
	"errors"
	"net/http"
	"net/url"

	"shtab/internal/campaign"
	"shtab/internal/export"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/totals"
	"shtab/web/httpkit"
	page "shtab/web/page/hq"
)

// Home is the headquarters' figures, each a link to its rows:
// GET /{lang}/hq?period&from&to&campaign&org&kind&district&age.
func (h *Room) Home(w http.ResponseWriter, r *http.Request) (err error) {
	ctx := r.Context()
	var v page.TotalsView
	if v.Report, err = h.Figures.Report(ctx, totals.ParseSelection(r.URL.Query(), h.City, h.Now())); err != nil {
		return err
	}
	if v.Orgs, err = org.List(ctx, h.DB, httpkit.Lang(r)); err != nil {
		return err
	}
	if v.Campaigns, err = campaign.Choices(ctx, h.DB, nil, true, v.Report.Campaign); err != nil {
		return err
	}
	if v.Waiting, err = h.waiting(ctx); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page.Totals(v))
}

// Rows are the rows that make a figure, with the same filters: GET /{lang}/hq/totals/{view}?part&page.
func (h *Room) Rows(w http.ResponseWriter, r *http.Request) (err error) {
	v := page.RowsView{Selection: totals.ParseSelection(r.URL.Query(), h.City, h.Now()), View: totals.RowKind(r.PathValue("view")), Part: r.URL.Query().Get("part"), Page: httpkit.PageNumber(r)}
	v.Total, v.Minutes, err = h.Figures.RowsTotal(r.Context(), v.Query, v.View, v.Part)
	if errors.Is(err, totals.ErrUnknownRows) {
		return fault.NotFound()
	}
	if err != nil {
		return err
	}
	if v.Names, err = h.Figures.ScopeNames(r.Context(), v.Scope, v.View, v.Part); err != nil {
		return err
	}
	err = h.Figures.EachRow(r.Context(), v.Query, v.View, v.Part, page.RowsPage+1, v.Page*page.RowsPage, func(row totals.Row) error {
		cells := make([]any, len(row.Cells))
		copy(cells, row.Cells)
		v.Rows = append(v.Rows, totals.Row{ID: row.ID, Cells: cells})
		return nil
	})
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page.Rows(v))
}

// RowsFile is the same rows as a file, all of them: POST /{lang}/hq/totals/{view}/export.
func (h *Room) RowsFile(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.BadRequest(err)
	}
	q, err := url.ParseQuery(r.PostForm.Get("query"))
	if err != nil {
		return fault.BadRequest(err)
	}
	q.Set("view", r.PathValue("view"))
	r.PostForm.Set("query", q.Encode())
	return h.export(w, r, export.FigureRows)
}

// ReportFile is the whole first page as a file, a sheet for each of its parts:
// POST /{lang}/hq/report.
func (h *Room) ReportFile(w http.ResponseWriter, r *http.Request) error {
	return h.export(w, r, export.Report)
}
