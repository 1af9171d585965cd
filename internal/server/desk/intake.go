package desk

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"shtab/internal/account"
	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/eventimport"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/sheet"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"

	"shtab/web/link"
)

// BringForm asks for a file of events: GET /{lang}/desk/import.
func (d *Room) BringForm(w http.ResponseWriter, r *http.Request) error {
	return d.renderBring(w, r, http.StatusOK, page.BringView{})
}

func (d *Room) renderBring(w http.ResponseWriter, r *http.Request, status int, v page.BringView) error {
	var err error
	if v.Orgs, err = d.hosts(r); err != nil {
		return err
	}
	return d.Render(w, r, status, page.Bring(v))
}

// hosts are the organisations for which the actor may make events.
func (d *Room) hosts(r *http.Request) (hosts []org.Org, err error) {
	actor := httpkit.Actor(r)
	all, err := org.List(r.Context(), d.DB, httpkit.Lang(r))
	for _, o := range all {
		if actsFor(actor, o.ID) {
			hosts = append(hosts, o)
		}
	}
	return hosts, err
}

func actsFor(a account.Actor, orgID int64) bool {
	if a.IsStaff() {
		return true
	}
	for _, id := range a.Orgs {
		if id == orgID {
			return true
		}
	}
	return false
}

// Bring reads a file and lists every problem in it, or keeps it and shows what it would make:
// POST /{lang}/desk/import.
func (d *Room) Bring(w http.ResponseWriter, r *http.Request) error {
	again := httpkit.AtLink(r, link.DeskImport(httpkit.Lang(r)))
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if e, ok := errors.AsType[*http.MaxBytesError](err); ok && e != nil {
			return d.renderBring(w, again, http.StatusRequestEntityTooLarge, page.BringView{Reading: &eventimport.ReadResult{Wrong: 1, Problems: []eventimport.Problem{{Key: "sheet.too_large"}}}})
		}
		return fault.BadRequest(err)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	v := page.BringView{Org: r.FormValue("org"), Publish: r.FormValue("publish") != ""}
	orgID, _ := strconv.ParseInt(v.Org, 10, 64)
	file, _, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		v.Problems = map[string]string{"file": "intake.error.file"}
		return d.renderBring(w, again, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return fault.BadRequest(err)
	}
	body, err := io.ReadAll(file)
	_ = file.Close()
	if err != nil {
		return err
	}
	reading, err := d.Intake.Read(r.Context(), httpkit.Actor(r), orgID, body, v.Publish, d.Now())
	if err != nil {
		return err
	}
	if reading.ID == 0 {
		v.Reading = &reading
		return d.renderBring(w, again, http.StatusUnprocessableEntity, v)
	}
	return d.Redirect(w, r, link.DeskImported(httpkit.Lang(r), reading.ID))
}

// Brought shows what a clean file would make, or has made: GET /{lang}/desk/import/{import}.
func (d *Room) Brought(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "import")
	if err != nil {
		return err
	}
	k, err := d.Intake.Get(r.Context(), httpkit.Actor(r), id, d.Now())
	if err != nil {
		return err
	}
	return d.Render(w, r, http.StatusOK, page.Brought(k))
}

// ConfirmBrought makes the events of a clean file: POST /{lang}/desk/import/{import}.
func (d *Room) ConfirmBrought(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "import")
	if err != nil {
		return err
	}
	_, err = d.Intake.Confirm(r.Context(), httpkit.Actor(r), id, d.Now())
	if fault.Of(err) == fault.KindConflict {
		_, key := httpkit.Status(err)
		d.Flash(r.Context(), "warn", key)
		return d.Redirect(w, r, link.DeskImport(httpkit.Lang(r)))
	}
	if err != nil {
		return err
	}
	return d.Redirect(w, r, link.DeskImported(httpkit.Lang(r), id))
}

// BringTemplate is an empty file to fill in, with an example and the words that may be used:
// GET /{lang}/desk/import/template.{xlsx,csv}?org=.
func (d *Room) BringTemplate(w http.ResponseWriter, r *http.Request) error {
	hosts, err := d.hosts(r)
	if err != nil {
		return err
	}
	orgID, _ := strconv.ParseInt(r.URL.Query().Get("org"), 10, 64)
	if orgID == 0 && len(hosts) > 0 {
		orgID = hosts[0].ID
	}
	if !actsFor(httpkit.Actor(r), orgID) {
		return fault.NotFound()
	}
	campaigns, err := campaign.Choices(r.Context(), d.DB, []int64{orgID}, false, 0)
	if err != nil {
		return err
	}
	p := d.Catalogue.For(httpkit.Lang(r))
	events := sheet.Sheet{Name: p.T("intake.sheet_events")}
	for _, c := range eventimport.Columns {
		events.Head = append(events.Head, eventimport.Heading(p, c))
	}
	day := d.Now().In(d.City.Location()).AddDate(0, 0, 14)
	example := map[string]any{
		"number": p.T("intake.example"), "title_kk": "Саябақты тазалау", "title_ru": "Уборка парка", "title_en": "Cleaning the park",
		"summary_kk": "Қоқыс жинап, бұталарды күтеміз", "summary_ru": "Собираем мусор и ухаживаем за кустами",
		"place_kk": "Орталық саябақ", "place_ru": "Центральный парк", "district": p.Text(d.City.Districts[0].Name),
		"date": time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC), "from": "10:00", "to": "13:00", "capacity": 20,
	}
	if len(campaigns) > 0 {
		example["campaign"] = p.Text(campaigns[0].Name)
	}
	row := make([]any, len(eventimport.Columns))
	for i, c := range eventimport.Columns {
		row[i] = example[c]
	}
	events.Rows = [][]any{row}
	allowed := sheet.Sheet{Name: p.T("intake.sheet_words"), Head: []string{p.T("intake.column.campaign"), p.T("intake.column.district"), p.T("intake.column.adults_only")}}
	for i := range max(len(campaigns), len(d.City.Districts), len(event.Grounds)) {
		line := make([]any, 3)
		if i < len(campaigns) {
			line[0] = p.Text(campaigns[i].Name)
		}
		if i < len(d.City.Districts) {
			line[1] = p.Text(d.City.Districts[i].Name)
		}
		if i < len(event.Grounds) {
			line[2] = p.T("intake.ground." + string(event.Grounds[i]))
		}
		allowed.Rows = append(allowed.Rows, line)
	}
	var b bytes.Buffer
	name, kind := "shtab-import.xlsx", sheet.XLSX
	if r.PathValue("form") == "csv" {
		name, kind = "shtab-import.csv", sheet.CSV
		err = sheet.WriteCSV(&b, events)
	} else {
		err = sheet.WriteXLSX(&b, events, allowed)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return httpkit.Send(w, kind, b.Bytes())
}
