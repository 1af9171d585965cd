package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"shtab/internal/i18n"
	"shtab/internal/org"
)

// organization is an organisation of the demonstration.
type organization struct {
	n         int // 1 is the headquarters
	slug      string
	kind      org.Kind
	name      i18n.Text
	summary   i18n.Text
	email     string
	phone     string
	joined    time.Time // a date
	demo      bool
	campaigns []string // preferred ones; empty: all
	activity  int      // weight when hosts are drawn
	contact   *person
}

type coordinator struct {
	person *person
	org    *organization
}

// makeOrgs makes the headquarters and its organisations, each with one or two coordinators who joined
// as adults before the organisation did.
func (b *builder) makeOrgs() {
	r := b.rand("orgs")
	hq := &organization{
		slug: "headquarters", kind: org.Headquarters, name: b.city.Headquarters, email: b.city.Email,
		phone:   b.city.Phone,
		summary: b.data.Headquarters, joined: b.start, activity: 60,
	}
	hq.summary = i18n.Text{
		KK: replace(hq.summary, "{centre}", b.city.Centre.KK, "{since}", strconv.Itoa(b.city.Since)).KK,
		RU: replace(hq.summary, "{centre}", b.city.Centre.RU, "{since}", strconv.Itoa(b.city.Since)).RU,
		EN: replace(hq.summary, "{centre}", b.city.Centre.EN, "{since}", strconv.Itoa(b.city.Since)).EN,
	}
	b.orgs = append(b.orgs, hq)
	wording := map[string]int{}
	for _, e := range b.data.Orgs {
		t := b.data.Themes[e.Theme]
		o := &organization{
			slug: e.Slug, kind: e.Kind, name: e.Name, demo: true, campaigns: t.Campaigns,
			email: e.Slug + "@shtab.test", phone: fmt.Sprintf("+7 717 200 %02d %02d", len(b.orgs), 10+r.IntN(90)),
			summary:  t.Summary[wording[e.Theme]%len(t.Summary)],
			activity: map[org.Kind]int{org.Volunteers: 6, org.Initiative: 2, org.NGO: 3}[e.Kind] * (1 + r.IntN(3)),
		}
		wording[e.Theme]++
		o.joined = b.start
		if e.Year > b.city.Since {
			o.joined = time.Date(e.Year, time.Month(1+r.IntN(11)), 1+r.IntN(28), 0, 0, 0, 0, b.zone)
		}
		o.joined = later(b.start, earlier(o.joined, b.today.AddDate(0, -2, 0)))
		b.orgs = append(b.orgs, o)
	}
	for i, o := range b.orgs {
		o.n = i + 1
		if o == hq {
			continue
		}
		if i == 1 { // the coordinator to sign in as
			o.contact = b.special["coordinator"]
			o.activity = 14
			b.coordinators = append(b.coordinators, coordinator{o.contact, o})
		}
		for range 1 + r.IntN(5)/4 {
			p := b.drawAdult(r, o.joined)
			b.coordinators = append(b.coordinators, coordinator{p, o})
			if o.contact == nil {
				o.contact = p
			}
		}
	}
	hq.contact = b.special["staff"]
}

// drawAdult draws an adult volunteer who coordinates no organisation yet, and sets the date of joining
// to by or earlier.
func (b *builder) drawAdult(r *rand.Rand, by time.Time) *person {
	for {
		p := b.people[r.IntN(volunteers)]
		taken := slices.ContainsFunc(b.coordinators, func(c coordinator) bool { return c.person == p })
		if age := b.age(p); p.young || taken || age < 26 || age > 60 {
			continue
		}
		p.joined = earlier(p.joined, by.Add(10*time.Hour))
		if p.phone == "" {
			p.phone = fmt.Sprintf("+77000%06d", r.IntN(1e6))
		}
		p.activity += 6
		return p
	}
}

// drawHosts draws the host and co-hosts of an event of the campaign on that day.
func (b *builder) drawHosts(r *rand.Rand, c *campaign, on time.Time) (host *organization, cohosts []*organization) {
	weights := make([]int, len(b.orgs))
	for i, o := range b.orgs {
		switch {
		case o.joined.After(on.AddDate(0, 0, -1)):
		case len(o.campaigns) == 0:
			weights[i] = o.activity
		case slices.Contains(o.campaigns, c.Slug):
			weights[i] = 5 * o.activity
		default:
			weights[i] = o.activity
		}
	}
	draw := func() *organization {
		i := pick(r, weights)
		weights[i] = 0
		return b.orgs[i]
	}
	host = draw()
	if r.IntN(100) < 8 {
		for range 1 + r.IntN(3)/2 {
			if o := draw(); o != host && !o.joined.After(on) && !slices.Contains(cohosts, o) {
				cohosts = append(cohosts, o)
			}
		}
	}
	return host, cohosts
}
