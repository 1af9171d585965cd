// Package people is the register of people: finding somebody, their page, and what staff may do to
// their account.
package people

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"shtab/internal/account"
	"shtab/internal/mfa"
	"shtab/internal/org"
	"shtab/internal/people"
	"shtab/internal/postgres"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers /hq/people.
type Handler struct {
	*httpkit.Kit
	DB     postgres.DB
	MFA    *mfa.Store
	Orgs   *org.Store
	People *people.Store
}

// ShowPeople is the register of people: GET /{lang}/hq/people?q&role&suspended&page.
func (h *Handler) ShowPeople(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	v := listView{
		Search: people.Query{Text: q.Get("q"), Role: account.Role(q.Get("role")), Suspended: q.Get("suspended") != ""},
		Page:   httpkit.PageNumber(r),
	}
	if v.List, v.More, err = h.People.Search(r.Context(), httpkit.Actor(r), v.Search, v.Page); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, listPage(v))
}

// ShowPerson is somebody's page; each look is in the audit: GET /{lang}/hq/people/{person}?page.
func (h *Handler) ShowPerson(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "person")
	if err != nil {
		return err
	}
	return h.renderPerson(w, r, http.StatusOK, id, personView{Page: httpkit.PageNumber(r)})
}

// renderPerson shows somebody with what v holds of a form that was sent.
func (h *Handler) renderPerson(w http.ResponseWriter, r *http.Request, status int, id int64,
	v personView,
) (err error) {
	if v.Person, err = h.People.Get(r.Context(), httpkit.Actor(r), id, v.Page, h.Now()); err != nil {
		return err
	}
	if v.Person.MergedInto != 0 {
		return h.Redirect(w, r, link.HQPerson(httpkit.Lang(r), v.Person.MergedInto))
	}
	if v.Choices, err = org.List(r.Context(), h.DB, httpkit.Lang(r)); err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		r = httpkit.At(r, "/hq/people/"+strconv.FormatInt(id, 10), "")
	}
	return h.Render(w, r, status, personPage(v))
}

// SetRole gives somebody another role: POST /{lang}/hq/people/{person}/role.
func (h *Handler) SetRole(w http.ResponseWriter, r *http.Request) error {
	return h.changePerson(w, r, "people.flash.role", func(ctx context.Context, id int64, f personForm) error {
		return h.People.SetRole(ctx, httpkit.Actor(r), id, account.Role(f.Role), h.Now())
	})
}

// AddOrganization lets somebody act for an organisation: POST /{lang}/hq/people/{person}/organizations.
func (h *Handler) AddOrganization(w http.ResponseWriter, r *http.Request) error {
	return h.changePerson(w, r, "people.flash.role", func(ctx context.Context, id int64, f personForm) error {
		orgID, _ := strconv.ParseInt(f.Org, 10, 64)
		return h.People.AddOrg(ctx, httpkit.Actor(r), id, orgID, h.Now())
	})
}

// RemoveOrganization takes that away: POST /{lang}/hq/people/{person}/organizations/{org}/remove.
func (h *Handler) RemoveOrganization(w http.ResponseWriter, r *http.Request) error {
	orgID, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	return h.changePerson(w, r, "people.flash.role", func(ctx context.Context, id int64, _ personForm) error {
		return h.Orgs.RemoveMember(ctx, httpkit.Actor(r), orgID, id, h.Now())
	})
}

// SuspendPerson closes somebody's account: POST /{lang}/hq/people/{person}/suspend.
func (h *Handler) SuspendPerson(w http.ResponseWriter, r *http.Request) error {
	return h.changePerson(w, r, "people.flash.suspended", func(ctx context.Context, id int64, f personForm) error {
		return h.People.Suspend(ctx, httpkit.Actor(r), id, f.Words, h.Now())
	})
}

// RestorePerson opens it again: POST /{lang}/hq/people/{person}/restore.
func (h *Handler) RestorePerson(w http.ResponseWriter, r *http.Request) error {
	return h.changePerson(w, r, "people.flash.restored", func(ctx context.Context, id int64, f personForm) error {
		return h.People.Restore(ctx, httpkit.Actor(r), id, f.Words, h.Now())
	})
}

// CorrectBirthDate sets another birth date: POST /{lang}/hq/people/{person}/birthdate.
func (h *Handler) CorrectBirthDate(w http.ResponseWriter, r *http.Request) error {
	return h.changePerson(w, r, "people.flash.birth_date", func(ctx context.Context, id int64, f personForm) error {
		return h.People.CorrectBirthDate(ctx, httpkit.Actor(r), id, f.BirthDate, f.Words, h.Now())
	})
}

// changePerson does something to the person of the address; what prevents it is shown on
// their page, at the form that was sent.
func (h *Handler) changePerson(
	w http.ResponseWriter, r *http.Request, flash string, do func(ctx context.Context, id int64, f personForm) error,
) error {
	v := personView{}
	if err := httpkit.Form(w, r, &v.Form); err != nil {
		return err
	}
	id, err := httpkit.ID(r, "person")
	if err != nil {
		return err
	}
	err = do(r.Context(), id, v.Form)
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems, v.At = problems, lastWord(r.URL.Path)
		return h.renderPerson(w, r, http.StatusUnprocessableEntity, id, v)
	}
	if why, ok := httpkit.Conflict(err); ok {
		v.Conflict, v.At = why, lastWord(r.URL.Path)
		return h.renderPerson(w, r, http.StatusConflict, id, v)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", flash)
	return h.Redirect(w, r, link.HQPerson(httpkit.Lang(r), id))
}

// ShowMerge shows what becomes of two accounts of one person:
// GET /{lang}/hq/people/{person}/merge?q&from.
func (h *Handler) ShowMerge(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "person")
	if err != nil {
		return err
	}
	from, _ := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	return h.renderMerge(w, r, http.StatusOK, id, from, mergeView{Text: r.URL.Query().Get("q")})
}

func (h *Handler) renderMerge(w http.ResponseWriter, r *http.Request, status int, id, from int64,
	v mergeView,
) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	v.ID = id
	if from != 0 {
		if v.Preview, err = h.People.PreviewMerge(ctx, actor, id, from, h.Now()); err != nil {
			return err
		}
	} else if v.Text != "" {
		if v.Found, _, err = h.People.Search(ctx, actor, people.Query{Text: v.Text}, 0); err != nil {
			return err
		}
	}
	return h.Render(w, r, status, mergePage(v))
}

// MergePeople makes them one: POST /{lang}/hq/people/{person}/merge.
func (h *Handler) MergePeople(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		From  string `form:"from"`
		Words string `form:"words"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	id, err := httpkit.ID(r, "person")
	if err != nil {
		return err
	}
	from, _ := strconv.ParseInt(f.From, 10, 64)
	err = h.People.Merge(r.Context(), httpkit.Actor(r), id, from, f.Words, h.Now())
	v := mergeView{Words: f.Words}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.renderMerge(w, r, http.StatusUnprocessableEntity, id, from, v)
	}
	if why, ok := httpkit.Conflict(err); ok {
		v.Conflict = why
		return h.renderMerge(w, r, http.StatusConflict, id, from, v)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "people.flash.merged")
	return h.Redirect(w, r, link.HQPerson(httpkit.Lang(r), id))
}

// ResetMFA removes every second factor of somebody who has lost them: POST
// /{lang}/hq/people/{person}/factor/reset.
func (h *Handler) ResetMFA(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "person")
	if err != nil {
		return err
	}
	if err := h.MFA.Reset(r.Context(), httpkit.Actor(r), id, h.Now()); err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "factor.flash.reset")
	return h.Redirect(w, r, cmp.Or(httpkit.CameFrom(r), link.HQ(httpkit.Lang(r))))
}
