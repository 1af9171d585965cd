package people

import (
	"context"
	"net/url"
	"path"
	"strconv"
	"time"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/org"
	"shtab/internal/people"
	"shtab/web/link"
	"shtab/web/ui"
)

// listView is a page of the register of people.
type listView struct {
	List   []people.Summary
	Search people.Query
	Page   int
	More   bool
}

func (v listView) next(ctx context.Context) string {
	if !v.More {
		return ""
	}
	q := url.Values{"page": {strconv.Itoa(v.Page + 1)}}
	for name, value := range map[string]string{"q": v.Search.Text, "role": string(v.Search.Role)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if v.Search.Suspended {
		q.Set("suspended", "1")
	}
	return link.HQPeople(ui.L(ctx), q)
}

// roleOptions are the roles that are searched for: coordinators have none, but act for organisations.
func (v listView) roleOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.any")}}
	return append(options, roleOptions(ctx, append([]account.Role{people.Coordinators},
		account.PrivilegedRoles()...)...)...)
}

func roleOptions(ctx context.Context, roles ...account.Role) (options []ui.Option) {
	for _, r := range roles {
		options = append(options, ui.Option{Value: string(r), Text: ui.T(ctx, "people.role."+string(r))})
	}
	return options
}

// age is how old somebody is today, "" without a birth date.
func age(ctx context.Context, born time.Time) string {
	if born.Year() <= 1 {
		return ""
	}
	n := event.AgeAt(born, ui.From(ctx).Now, ui.From(ctx).City.Location())
	return ui.T(ctx, "people.age", "n", n)
}

// personForm is what staff do to somebody's account, as the forms of the page send it.
type personForm struct {
	Role      string `form:"role"`
	Org       string `form:"org"`
	Words     string `form:"words"`
	BirthDate string `form:"birth_date"`
}

// personView is somebody's page.
type personView struct {
	Person   people.Person
	Page     int       // of the sign-ups
	Choices  []org.Org // organisations to act for
	Form     personForm
	At       string // the action whose form was sent: "suspend"
	Problems map[string]string
	Conflict string
}

// older is the way to the next page of the sign-ups; empty: there is none.
func (v personView) older(ctx context.Context) string {
	if v.Person.SignupCount <= (v.Page+1)*people.SignupsPerPage {
		return ""
	}
	return link.HQPerson(ui.L(ctx), v.Person.ID) + "?page=" + strconv.Itoa(v.Page+1) + "#signups"
}

// lastWord is the last word of a form's address: the action that it asks for.
func lastWord(address string) string { return path.Base(address) }

// problem is what is wrong with a field of an action's form.
func (v personView) problem(action, name string) string {
	if v.At != action {
		return ""
	}
	return v.Problems[name]
}

func (v personView) words(action string) string {
	if v.At != action {
		return ""
	}
	return v.Form.Words
}

func (v personView) birthDate() string {
	if v.At == "birthdate" {
		return v.Form.BirthDate
	}
	if v.Person.BirthDate.Year() <= 1 {
		return ""
	}
	return v.Person.BirthDate.Format(time.DateOnly)
}

// mayRole reports whether the actor may change the person's role.
func (v personView) mayRole(ctx context.Context) bool {
	a := ui.From(ctx).Actor
	return a.Can(account.ManageStaff) && a.PersonID != v.Person.ID
}

// maySuspend reports whether the actor may suspend the person, or take them back.
func (v personView) maySuspend(ctx context.Context) bool {
	a := ui.From(ctx).Actor
	return a.PersonID != v.Person.ID && (a.Can(account.ManageStaff) || !v.Person.Role.Privileged())
}

// orgOptions are the organisations that the person does not act for yet.
func (v personView) orgOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.choose")}}
	has := map[int64]bool{}
	for _, o := range v.Person.Orgs {
		has[o.ID] = true
	}
	for _, o := range v.Choices {
		if !has[o.ID] {
			options = append(options, ui.Option{Value: ui.Num(o.ID), Text: ui.S(ctx, o.Name)})
		}
	}
	return options
}

// mergeView is what becomes of two accounts of one person.
type mergeView struct {
	ID       int64 // the account that is kept
	Text     string
	Found    []people.Summary
	Preview  people.MergePreview // with From zero: none is chosen yet
	Words    string
	Problems map[string]string
	Conflict string
}
