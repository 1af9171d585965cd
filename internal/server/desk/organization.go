package desk

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/picture"
	"shtab/internal/sheet"
	"shtab/internal/totals"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"

	"shtab/web/link"
)

// Organizations leads to the actor's organisation, or lists them where they are several:
// GET /{lang}/desk/organizations.
func (d *Room) Organizations(w http.ResponseWriter, r *http.Request) error {
	mine, err := d.hosts(r)
	if err != nil {
		return err
	}
	if len(mine) == 1 {
		return d.Redirect(w, r, link.DeskOrganization(httpkit.Lang(r), mine[0].ID))
	}
	return d.Render(w, r, http.StatusOK, page.Organizations(mine))
}

// OrganizationForm is what an organisation says of itself: GET /{lang}/desk/organizations/{org}.
func (d *Room) OrganizationForm(w http.ResponseWriter, r *http.Request) error {
	h, err := d.organization(r)
	if err != nil {
		return err
	}
	return d.Render(w, r, http.StatusOK, page.Organization(page.OrganizationView{Org: h, Form: page.OrganizationFormOf(h)}))
}

// organization is the organisation of the address, to work on.
func (d *Room) organization(r *http.Request) (org.Held, error) {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return org.Held{}, err
	}
	return d.Orgs.Get(r.Context(), httpkit.Actor(r), id)
}

// Organization writes it over: POST /{lang}/desk/organizations/{org}.
func (d *Room) Organization(w http.ResponseWriter, r *http.Request) error {
	h, err := d.organization(r)
	if err != nil {
		return err
	}
	v := page.OrganizationView{Org: h}
	if err := httpkit.LongForm(w, r, &v.Form, maxOrganizationForm); err != nil {
		return err
	}
	version, _ := strconv.Atoi(v.Form.Version)
	err = d.Orgs.Save(r.Context(), httpkit.Actor(r), h.ID, version, v.Form.Plan(), d.Now())
	again := httpkit.AtLink(r, link.DeskOrganization(httpkit.Lang(r), h.ID))
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return d.Render(w, again, http.StatusUnprocessableEntity, page.Organization(v))
	}
	if fault.Of(err) == fault.KindConflict {
		v.IsStale, v.Theirs, v.Form.Version = true, page.OrganizationDifferences(page.OrganizationFormOf(h), v.Form), strconv.Itoa(h.Version)
		return d.Render(w, again, http.StatusConflict, page.Organization(v))
	}
	if err != nil {
		return err
	}
	d.Flash(r.Context(), "good", "team.flash.saved")
	return d.Redirect(w, r, link.DeskOrganization(httpkit.Lang(r), h.ID))
}

// maxOrganizationForm is how many bytes of the form are read.
const maxOrganizationForm = 256 << 10

// SetLogo takes a picture: POST /{lang}/desk/organizations/{org}/logo.
func (d *Room) SetLogo(w http.ResponseWriter, r *http.Request) error {
	h, err := d.organization(r)
	if err != nil {
		return err
	}
	png, err := logo(r)
	if problems, ok := httpkit.Problems(err); ok {
		v := page.OrganizationView{Org: h, Form: page.OrganizationFormOf(h), Problems: problems}
		return d.Render(w, httpkit.AtLink(r, link.DeskOrganization(httpkit.Lang(r), h.ID)), http.StatusUnprocessableEntity, page.Organization(v))
	}
	if err != nil {
		return err
	}
	return d.setLogo(w, r, h, png)
}

// logo is the picture of a form, drawn anew.
func logo(r *http.Request) ([]byte, error) {
	none := func(key string) error { return fault.Invalid(map[string]string{"logo": key}) }
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			return nil, none("picture.too_large")
		}
		return nil, fault.BadRequest(err)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	file, _, err := r.FormFile("logo")
	if err != nil {
		return nil, none("picture.missing")
	}
	body, err := io.ReadAll(file)
	_ = file.Close()
	if err != nil {
		return nil, err
	}
	return picture.Logo(body)
}

// RemoveLogo takes it away: POST /{lang}/desk/organizations/{org}/logo/remove.
func (d *Room) RemoveLogo(w http.ResponseWriter, r *http.Request) error {
	h, err := d.organization(r)
	if err != nil {
		return err
	}
	return d.setLogo(w, r, h, nil)
}

func (d *Room) setLogo(w http.ResponseWriter, r *http.Request, h org.Held, png []byte) error {
	if err := d.Orgs.SetLogo(r.Context(), httpkit.Actor(r), h.ID, png, d.Now()); err != nil {
		return err
	}
	d.Flash(r.Context(), "good", "team.flash.saved")
	return d.Redirect(w, r, link.DeskOrganization(httpkit.Lang(r), h.ID))
}

// Members are those who act for an organisation: GET /{lang}/desk/organizations/{org}/people.
func (d *Room) Members(w http.ResponseWriter, r *http.Request) error {
	return d.renderMembers(w, r, http.StatusOK, page.MembersView{})
}

func (d *Room) renderMembers(w http.ResponseWriter, r *http.Request, status int, v page.MembersView) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	if v.Org, v.Members, v.Invited, err = d.Orgs.Members(r.Context(), httpkit.Actor(r), id, d.Now()); err != nil {
		return err
	}
	return d.Render(w, httpkit.AtLink(r, link.DeskOrganizationDo(httpkit.Lang(r), id, "people")), status, page.Members(v))
}

// Invite mails somebody a link: POST /{lang}/desk/organizations/{org}/people.
func (d *Room) Invite(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	var f struct {
		Email string `form:"email"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err = d.Orgs.Invite(r.Context(), httpkit.Actor(r), id, f.Email, httpkit.Lang(r), d.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return d.renderMembers(w, r, http.StatusUnprocessableEntity, page.MembersView{Email: f.Email, Problems: problems})
	}
	return d.afterMember(w, r, id, err, "team.flash.invited")
}

// RemoveMember ends somebody's acting for it: POST /{lang}/desk/organizations/{org}/people/{person}/remove.
func (d *Room) RemoveMember(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	person, err := httpkit.ID(r, "person")
	if err != nil {
		return err
	}
	err = d.Orgs.RemoveMember(r.Context(), httpkit.Actor(r), id, person, d.Now())
	if err == nil && person == httpkit.Actor(r).PersonID && !httpkit.Actor(r).IsStaff() {
		d.Flash(r.Context(), "good", "team.flash.left")
		return d.Redirect(w, r, link.Me(httpkit.Lang(r)))
	}
	return d.afterMember(w, r, id, err, "team.flash.removed")
}

// CancelInvite ends an invitation: POST /{lang}/desk/organizations/{org}/invitations/{invitation}/cancel.
func (d *Room) CancelInvite(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	invitation, err := httpkit.ID(r, "invitation")
	if err != nil {
		return err
	}
	return d.afterMember(w, r, id, d.Orgs.CancelInvite(r.Context(), httpkit.Actor(r), id, invitation, d.Now()), "team.flash.cancelled")
}

func (d *Room) afterMember(w http.ResponseWriter, r *http.Request, id int64, err error, done string) error {
	tone := "good"
	if fault.Of(err) == fault.KindConflict {
		_, done = httpkit.Status(err)
		tone, err = "warn", nil
	}
	if err != nil {
		return err
	}
	d.Flash(r.Context(), tone, done)
	return d.Redirect(w, r, link.DeskOrganizationDo(httpkit.Lang(r), id, "people"))
}

// OrgTotals is what an organisation did: GET /{lang}/desk/organizations/{org}/totals?period=.
func (d *Room) OrgTotals(w http.ResponseWriter, r *http.Request) error {
	v, err := d.orgTotals(r)
	if err != nil {
		return err
	}
	return d.Render(w, r, http.StatusOK, page.OrgTotals(v))
}

func (d *Room) orgTotals(r *http.Request) (v page.OrgTotalsView, err error) {
	if v.Org, err = d.organization(r); err != nil {
		return v, err
	}
	v.Period = r.URL.Query().Get("period")
	v.Months, err = d.Figures.OrgMonths(r.Context(), v.Org.ID, totals.PeriodOf(v.Period, d.Now().In(d.City.Location())))
	return v, err
}

// OrgTotalsFile is the same as a file: GET /{lang}/desk/organizations/{org}/totals/{form}?period=.
func (d *Room) OrgTotalsFile(w http.ResponseWriter, r *http.Request) error {
	v, err := d.orgTotals(r)
	if err != nil {
		return err
	}
	p := d.Catalogue.For(httpkit.Lang(r))
	s := sheet.Sheet{Name: p.T("team.totals.title"), Head: []string{
		p.T("team.totals.month"), p.T("team.totals.events"), p.T("team.totals.hosted"), p.T("team.totals.participations"), p.T("team.totals.hours"),
	}}
	for _, m := range v.Months {
		s.Rows = append(s.Rows, []any{m.Month, m.Sums[totals.Events], m.Hosted, m.Sums[totals.Participations], float64(m.Sums[totals.Minutes]) / 60})
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
	if err := audit.Write(r.Context(), d.DB, audit.Entry{At: d.Now(), ActorID: httpkit.Actor(r).PersonID, Verb: "org.export", Object: "org", ObjectID: v.Org.ID}); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="totals-`+v.Org.Slug+"."+ext+`"`)
	return httpkit.Send(w, kind, b.Bytes())
}
