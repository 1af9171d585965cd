package hqui

import (
	"net/http"

	"shtab/internal/export"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Exporter answers the forms of ExportForms.
type Exporter struct {
	*httpkit.Kit
	Exports *export.Store
}

// Export sends a file of the filters in the form's query. A small file is sent at once; a large one
// is made by a job, and the answer leads to the page that shows how far it is.
func (e Exporter) Export(w http.ResponseWriter, r *http.Request, kind export.Kind) error {
	var f struct {
		Query string `form:"query"`
		Form  string `form:"form"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	file, id, err := e.Exports.Request(r.Context(), httpkit.Actor(r), kind, f.Query, export.Format(f.Form),
		httpkit.Lang(r), e.Now())
	if err != nil {
		return err
	}
	if id != 0 {
		return e.Redirect(w, r, link.HQExport(httpkit.Lang(r), id))
	}
	return SendFile(w, file)
}

// SendFile sends an exported file as a download.
func SendFile(w http.ResponseWriter, f export.File) error {
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.Name+"."+string(f.Format)+`"`)
	return httpkit.Send(w, f.MediaType(), f.Data)
}
