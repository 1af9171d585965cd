package events

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/org"
	"shtab/web/link"
	"shtab/web/ui"
)

// listView is the list of coming events with its filters.
type listView struct {
	Filter    event.ComingQuery
	Page      event.Page
	Campaigns []campaign.Campaign
	Orgs      []org.Org
}

// day is the events of one day of the city.
type day struct {
	At    time.Time
	Name  string // today, tomorrow, or empty
	Cards []event.Card
}

// days groups cards, which come in order of their start. What is going on already stands under
// today.
func days(ctx context.Context, cards []event.Card) (groups []day) {
	zone, now := ui.P(ctx).Zone(), ui.From(ctx).Now
	today := midnight(now, zone)
	for _, c := range cards {
		at := midnight(c.StartsAt, zone)
		if at.Before(today) {
			at = today
		}
		if n := len(groups); n == 0 || !groups[n-1].At.Equal(at) {
			g := day{At: at}
			switch {
			case at.Equal(today):
				g.Name = ui.T(ctx, "events.today")
			case at.Equal(today.AddDate(0, 0, 1)):
				g.Name = ui.T(ctx, "events.tomorrow")
			}
			groups = append(groups, g)
		}
		groups[len(groups)-1].Cards = append(groups[len(groups)-1].Cards, c)
	}
	return groups
}

func midnight(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// setFilter is a filter that is set, and the list without it.
type setFilter struct {
	Text string
	Href string
}

// setFilters are the filters that are set, as a reader would say them.
func (v listView) setFilters(ctx context.Context) (set []setFilter) {
	l, f := ui.L(ctx), v.Filter
	add := func(text string, names ...string) {
		q := f.Values()
		for _, n := range names {
			q.Del(n)
		}
		set = append(set, setFilter{text, link.Events(l, q)})
	}
	if f.Q != "" {
		add("“"+f.Q+"”", "q")
	}
	if f.When == event.Dates {
		add(v.dates(ctx), "when", "from", "to")
	} else if f.When != "" {
		add(ui.T(ctx, "events.when_"+f.When), "when")
	}
	if d, ok := ui.From(ctx).City.District(f.District); ok {
		add(ui.S(ctx, d.Name), "district")
	}
	if f.Campaign != "" {
		name := f.Campaign
		for _, c := range v.Campaigns {
			if c.Slug == f.Campaign {
				name = ui.S(ctx, c.Name)
			}
		}
		add(name, "campaign")
	}
	if f.Org != "" {
		name := f.Org
		for _, o := range v.Orgs {
			if o.Slug == f.Org {
				name = ui.S(ctx, o.Name)
			}
		}
		add(name, "org")
	}
	if f.Age > 0 {
		add(ui.T(ctx, "events.aged", "n", f.Age), "age")
	}
	if f.Open {
		add(ui.T(ctx, "events.open"), "open")
	}
	return set
}

func (v listView) dates(ctx context.Context) string {
	show := func(s string) string {
		t, err := time.ParseInLocation(time.DateOnly, s, ui.P(ctx).Zone())
		if err != nil {
			return "…"
		}
		return ui.P(ctx).DayMonth(t)
	}
	return show(v.Filter.From) + " – " + show(v.Filter.To)
}

func (v listView) next(ctx context.Context) string {
	if v.Page.Next.ID == 0 {
		return ""
	}
	q := v.Filter.Values()
	q.Set("after", v.Page.Next.String())
	return link.Events(ui.L(ctx), q)
}

func (v listView) campaignOptions(ctx context.Context) []ui.Option {
	o := []ui.Option{{Text: ui.T(ctx, "events.any_campaign")}}
	for _, c := range v.Campaigns {
		o = append(o, ui.Option{Value: c.Slug, Text: ui.S(ctx, c.Name)})
	}
	return o
}

func (v listView) orgOptions(ctx context.Context) []ui.Option {
	o := []ui.Option{{Text: ui.T(ctx, "events.any_org")}}
	for _, g := range v.Orgs {
		o = append(o, ui.Option{Value: g.Slug, Text: ui.S(ctx, g.Name)})
	}
	return o
}

func districtOptions(ctx context.Context) []ui.Option {
	o := []ui.Option{{Text: ui.T(ctx, "events.any_district")}}
	for _, d := range ui.From(ctx).City.OpenDistricts() {
		o = append(o, ui.Option{Value: d.Slug, Text: ui.S(ctx, d.Name)})
	}
	return o
}

func ageText(f event.ComingQuery) string {
	if f.Age == 0 {
		return ""
	}
	return strconv.Itoa(f.Age)
}

func openEvents(ctx context.Context) string {
	return link.Events(ui.L(ctx), url.Values{"open": {"1"}})
}
