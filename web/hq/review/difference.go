package review

import (
	"context"
	"strconv"
	"strings"
	"time"

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/web/ui"
)

// fields are the labels of what has changed, by the names of event.Details's Differs.
var fields = map[string]string{
	"org": "publishing.host", "campaign": "publishing.campaign", "cohosts": "publishing.cohosts", "title": "publishing.title",
	"summary": "publishing.summary", "body": "publishing.body", "bring": "publishing.bring", "needs": "publishing.needs",
	"place": "publishing.place", "contact": "publishing.contact", "adults_only": "publishing.adults_only",
	"min_age": "publishing.min_age", "signup_opens_at": "publishing.opens", "signup_closes_at": "publishing.closes",
	"cutoff_minutes": "publishing.cutoff", "shifts": "publishing.shifts",
}

// changedFields is what has changed since an event was looked at, in words.
func changedFields(ctx context.Context, names []string) string {
	var labels []string
	for _, n := range names {
		if key, ok := fields[n]; ok {
			labels = append(labels, ui.T(ctx, key))
		}
	}
	return strings.Join(labels, "; ")
}

// difference is a field as it was looked at, and as it is.
type difference struct{ Label, Was, Now string }

// differences are what of an event is not as the headquarters has seen it.
func (v view) differences(ctx context.Context, s event.Submitted) (ds []difference) {
	if s.LookedAt == nil {
		return nil
	}
	for _, name := range s.Now.Diff(*s.LookedAt) {
		ds = append(ds, difference{ui.T(ctx, fields[name]), v.shown(ctx, name, *s.LookedAt), v.shown(ctx, name, s.Now)})
	}
	return ds
}

// shown is one field of a plan as people read it.
func (v view) shown(ctx context.Context, name string, p event.Details) string {
	switch name {
	case "org":
		return v.orgName(ctx, p.OrgID)
	case "campaign":
		for _, c := range v.Campaigns {
			if c.ID == p.CampaignID {
				return ui.S(ctx, c.Name)
			}
		}
		return "—"
	case "cohosts":
		var names []string
		for _, id := range p.Cohosts {
			names = append(names, v.orgName(ctx, id))
		}
		return strings.Join(names, "; ")
	case "title":
		return all(p.Title)
	case "summary":
		return all(p.Summary)
	case "body":
		return all(p.Body)
	case "bring":
		return all(p.Bring)
	case "needs":
		return all(p.Needs)
	case "place":
		d, _ := ui.From(ctx).City.District(p.District)
		return strings.TrimSpace(all(p.Place) + "\n" + ui.S(ctx, d.Name))
	case "contact":
		return strings.Trim(p.ContactName+", "+p.ContactPhone, ", ")
	case "adults_only":
		if p.AdultsOnly == "" {
			return "—"
		}
		return ui.T(ctx, "event.ground."+string(p.AdultsOnly))
	case "min_age":
		return strconv.Itoa(p.MinAge)
	case "signup_opens_at":
		return moment(ctx, p.SignupOpensAt)
	case "signup_closes_at":
		return moment(ctx, p.SignupClosesAt)
	case "cutoff_minutes":
		return ui.T(ctx, "bodies.minutes", "n", p.CutoffMinutes)
	case "shifts":
		var lines []string
		for _, s := range p.Slots {
			line := strings.TrimSpace(s.Day + " " + s.From + "–" + s.To)
			if title := ui.S(ctx, s.Title); title != "" {
				line = title + ": " + line
			}
			lines = append(lines, line+", "+ui.T(ctx, "bodies.places", "n", s.Capacity))
		}
		return strings.Join(lines, "\n")
	}
	return ""
}

func (v view) orgName(ctx context.Context, id int64) string {
	for _, o := range v.Orgs {
		if o.ID == id {
			return ui.S(ctx, o.Name)
		}
	}
	return "—"
}

func moment(ctx context.Context, t *time.Time) string {
	if t == nil {
		return "—"
	}
	return ui.P(ctx).DayMonth(*t) + ", " + ui.P(ctx).Clock(*t)
}

// all is a text in every language that it is written in, one below the other.
func all(t i18n.Text) string {
	var lines []string
	for _, l := range i18n.Langs {
		if s := t.Get(l); s != "" {
			lines = append(lines, s)
		}
	}
	return strings.Join(lines, "\n")
}

// applicationFields are the labels of an application's fields, by the names of org.Entry's Differs.
var applicationFields = map[string]string{
	"kind": "bodies.field.kind", "name": "bodies.name", "summary": "publishing.summary", "email": "team.field.email",
	"phone": "team.field.phone", "documents": "bodies.field.documents",
}

// applicationDifferences are what of an application is not as the headquarters has seen it.
func applicationDifferences(ctx context.Context, b org.Body) (ds []difference) {
	if b.LookedAt == nil {
		return nil
	}
	show := func(name string, e org.Entry) string {
		switch name {
		case "kind":
			return ui.T(ctx, "organization.one_kind."+string(e.Kind))
		case "name":
			return all(e.Name)
		case "summary":
			return all(e.Summary)
		case "email":
			return e.Email
		case "phone":
			return e.Phone
		default:
			return e.Documents
		}
	}
	for _, name := range b.Differs(*b.LookedAt) {
		if label, ok := applicationFields[name]; ok {
			ds = append(ds, difference{ui.T(ctx, label), show(name, *b.LookedAt), show(name, b.Entry)})
		}
	}
	return ds
}
