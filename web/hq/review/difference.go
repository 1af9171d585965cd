package review

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"shtab/internal/event"
	"shtab/internal/field"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/web/ui"
)

// changedFields is what has changed since an event was looked at, in words.
func changedFields(ctx context.Context, names []string) string {
	var labels []string
	for _, n := range names {
		if f, ok := event.Form().Of(n); ok {
			labels = append(labels, ui.T(ctx, f.Label))
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
		f, _ := event.Form().Of(name)
		ds = append(ds, difference{ui.T(ctx, f.Label), v.shown(ctx, f, *s.LookedAt), v.shown(ctx, f, s.Now)})
	}
	return ds
}

// shown is one field of an event as people read it.
func (v view) shown(ctx context.Context, f field.Field[event.Details], d event.Details) string {
	if f.Text != nil {
		return all(*f.Text(&d))
	}
	switch f.Name {
	case "org":
		return v.orgName(ctx, d.OrgID)
	case "campaign":
		for _, c := range v.Campaigns {
			if c.ID == d.CampaignID {
				return ui.S(ctx, c.Name)
			}
		}
		return "—"
	case "cohosts":
		var names []string
		for _, id := range d.Cohosts {
			names = append(names, v.orgName(ctx, id))
		}
		return strings.Join(names, "; ")
	case "district":
		district, _ := ui.From(ctx).City.District(d.District)
		return ui.S(ctx, district.Name)
	case "adults_only":
		if d.AdultsOnly == "" {
			return "—"
		}
		return ui.T(ctx, "event.ground."+string(d.AdultsOnly))
	case "signup_opens_at":
		return moment(ctx, d.SignupOpensAt)
	case "signup_closes_at":
		return moment(ctx, d.SignupClosesAt)
	case "cutoff_minutes":
		return ui.T(ctx, "bodies.minutes", "n", d.CutoffMinutes)
	case "shifts":
		var lines []string
		for _, s := range d.Slots {
			line := strings.TrimSpace(s.Day + " " + s.From + "–" + s.To)
			if title := ui.S(ctx, s.Title); title != "" {
				line = title + ": " + line
			}
			lines = append(lines, line+", "+ui.T(ctx, "bodies.places", "n", s.Capacity))
		}
		return strings.Join(lines, "\n")
	default:
		return cmp.Or(strings.TrimSpace(strings.Join(f.Show(&d, ui.P(ctx).Zone()), " ")), "—")
	}
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

// applicationDifferences are what of an application is not as the headquarters has seen it.
func applicationDifferences(ctx context.Context, b org.Organization) (ds []difference) {
	if b.LookedAt == nil {
		return nil
	}
	for _, name := range org.DetailFields.Diff(&b.Details, b.LookedAt) {
		if name == "joined_on" { // the headquarters' own
			continue
		}
		f, _ := org.DetailFields.Of(name)
		show := func(d *org.Details) string {
			if name == "kind" {
				return ui.T(ctx, "organization.one_kind."+string(d.Kind))
			}
			lines := slices.DeleteFunc(f.Show(d, time.UTC), func(s string) bool { return s == "" })
			return strings.Join(lines, "\n")
		}
		ds = append(ds, difference{ui.T(ctx, f.Label), show(b.LookedAt), show(&b.Details)})
	}
	return ds
}
