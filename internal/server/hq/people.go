package hq

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/people"
	"shtab/web/httpkit"
	page "shtab/web/page/hq"

	"shtab/web/link"
)

// PeopleList is the register of people: GET /{lang}/hq/people?q&role&suspended&page.
func (h *Room) PeopleList(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	v := page.PeopleView{Search: people.Search{Text: q.Get("q"), Role: q.Get("role"), Suspended: q.Get("suspended") != ""}, Page: pageOf(r)}
	if v.List, v.More, err = h.People.Find(r.Context(), httpkit.Actor(r), v.Search, v.Page); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page.People(v))
}

// pageOf is the number of a list's page, 0 the first.
func pageOf(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 0 || n > 10_000 {
		return 0
	}
	return n
}

// Person is somebody's page; each look is in the audit: GET /{lang}/hq/people/{person}?page.
func (h *Room) Person(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "person")
	if err != nil {
		return err
	}
	return h.renderPerson(w, r, http.StatusOK, id, page.PersonView{Page: pageOf(r)})
}

// renderPerson shows somebody with what v holds of a form that was sent.
func (h *Room) renderPerson(w http.ResponseWriter, r *http.Request, status int, id int64, v page.PersonView) (err error) {
	if v.Person, err = h.People.Show(r.Context(), httpkit.Actor(r), id, v.Page, h.Now()); err != nil {
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
	return h.Render(w, r, status, page.Person(v))
}

// SetRole makes somebody staff, say: POST /{lang}/hq/people/{person}/role.
func (h *Room) SetRole(w http.ResponseWriter, r *http.Request) error {
	return h.changePerson(w, r, "people.flash.role", func(ctx context.Context, id int64, f page.PersonForm) error {
		return h.People.SetRole(ctx, httpkit.Actor(r), id, account.Role(f.Role), h.Now())
	})
}

// AddOrg lets somebody act for an organisation: POST /{lang}/hq/people/{person}/organizations.
func (h *Room) AddOrg(w http.ResponseWriter, r *http.Request) error {
	return h.changePerson(w, r, "people.flash.role", func(ctx context.Context, id int64, f page.PersonForm) error {
		orgID, _ := strconv.ParseInt(f.Org, 10, 64)
		return h.People.AddOrg(ctx, httpkit.Actor(r), id, orgID, h.Now())
	})
}

// RemoveOrg takes it away: POST /{lang}/hq/people/{person}/organizations/{org}/remove.
func (h *Room) RemoveOrg(w http.ResponseWriter, r *http.Request) error {
	orgID, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	return h.changePerson(w, r, "people.flash.role", func(ctx context.Context, id int64, _ page.PersonForm) error {
		return h.Orgs.RemoveMember(ctx, httpkit.Actor(r), orgID, id, h.Now())
	})
}

// Suspend closes somebody's account: POST /{lang}/hq/people/{person}/suspend.
func (h *Room) Suspend(w http.ResponseWriter, r *http.Request) error {
	return h.changePerson(w, r, "people.flash.suspended", func(ctx context.Context, id int64, f page.PersonForm) error {
		return h.People.Suspend(ctx, httpkit.Actor(r), id, f.Words, h.Now())
	})
}

// Restore opens it again: POST /{lang}/hq/people/{person}/restore.
func (h *Room) Restore(w http.ResponseWriter, r *http.Request) error {
	return h.changePerson(w, r, "people.flash.restored", func(ctx context.Context, id int64, f page.PersonForm) error {
		return h.People.Restore(ctx, httpkit.Actor(r), id, f.Words, h.Now())
	})
}

// CorrectBirthDate writes another: POST /{lang}/hq/people/{person}/birthdate.
func (h *Room) CorrectBirthDate(w http.ResponseWriter, r *http.Request) error {
	return h.changePerson(w, r, "people.flash.birth_date", func(ctx context.Context, id int64, f page.PersonForm) error {
		return h.People.CorrectBirthDate(ctx, httpkit.Actor(r), id, f.BirthDate, f.Words, h.Now())
	})
}

// changePerson does something to the person of the address; what stands against it is shown on
// their page, at the form that was sent.
func (h *Room) changePerson(w http.ResponseWriter, r *http.Request, flash string, do func(context.Context, int64, page.PersonForm) error) error {
	v := page.PersonView{}
	if err := httpkit.Form(w, r, &v.Form); err != nil {
		return err
	}
	id, err := httpkit.ID(r, "person")
	if err != nil {
		return err
	}
	err = do(r.Context(), id, v.Form)
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems, v.At = problems, page.Deed(r.URL.Path)
		return h.renderPerson(w, r, http.StatusUnprocessableEntity, id, v)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
		v.Conflict, v.At = e.Key, page.Deed(r.URL.Path)
		return h.renderPerson(w, r, http.StatusConflict, id, v)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", flash)
	return h.Redirect(w, r, link.HQPerson(httpkit.Lang(r), id))
}

// MergeForm shows what becomes of two accounts of one person:
// GET /{lang}/hq/people/{person}/merge?q&from.
func (h *Room) MergeForm(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "person")
	if err != nil {
		return err
	}
	from, _ := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	return h.renderMerge(w, r, http.StatusOK, id, from, page.MergePeopleView{Text: r.URL.Query().Get("q")})
}

func (h *Room) renderMerge(w http.ResponseWriter, r *http.Request, status int, id, from int64, v page.MergePeopleView) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	v.ID = id
	if from != 0 {
		if v.Merging, err = h.People.Merging(ctx, actor, id, from, h.Now()); err != nil {
			return err
		}
	} else if v.Text != "" {
		if v.Found, _, err = h.People.Find(ctx, actor, people.Search{Text: v.Text}, 0); err != nil {
			return err
		}
	}
	return h.Render(w, r, status, page.MergePeople(v))
}

// Merge makes them one: POST /{lang}/hq/people/{person}/merge.
func (h *Room) Merge(w http.ResponseWriter, r *http.Request) error {
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
	v := page.MergePeopleView{Words: f.Words}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.renderMerge(w, r, http.StatusUnprocessableEntity, id, from, v)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
		v.Conflict = e.Key
		return h.renderMerge(w, r, http.StatusConflict, id, from, v)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "people.flash.merged")
	return h.Redirect(w, r, link.HQPerson(httpkit.Lang(r), id))
}
