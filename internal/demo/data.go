package demo

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/org"
)

//go:embed data
var files embed.FS

// dataset is the content of the data files.
type dataset struct {
	Campaigns []*campaign          `toml:"campaign"`
	Bring     map[string]i18n.Text `toml:"-"`

	Headquarters i18n.Text           `toml:"headquarters"`
	Themes       map[string]theme    `toml:"theme"`
	Orgs         []organizationEntry `toml:"org"`

	Districts []districtEntry `toml:"district"`
	Patterns  []patternEntry  `toml:"pattern"`

	Slots        []i18n.Text `toml:"slot"`
	CancelReason i18n.Text   `toml:"cancel_reason"`

	Names map[string]nameList `toml:"-"`
}

// campaign is one of the headquarters' campaigns with its kinds of events.
type campaign struct {
	n         int // 1 is the first
	Slug      string
	Colour    string
	Emblem    string
	Season    [12]int            // weight of each month
	Brings    map[string]float64 // things delivered per participant, by kind
	Name      i18n.Text
	Summary   i18n.Text
	Body      i18n.Text
	Why       []i18n.Text
	templates []*template
}

// template is a kind of event.
type template struct {
	campaign *campaign
	At       []string     // kinds of place
	Months   []time.Month // empty: any
	Weight   int          // 0: 1
	Bring    string
	Size     [2]int // people
	Minutes  [2]int
	Adults   event.Ground
	MinAge   int  `toml:"min_age"`
	Night    bool // late in the evening
	Largest  int  // number of participants of the largest event
	Weekday  bool // not at the weekend
	Title    i18n.Text
	Summary  i18n.Text
	What     i18n.Text
	Why      i18n.Text // empty: one of the campaign's
	Roles    []role    `toml:"role"`
}

type role struct {
	KK, RU, EN string
	MinAge     int `toml:"min_age"`
}

type theme struct {
	Campaigns []string
	Summary   []i18n.Text
}

type organizationEntry struct {
	Slug  string
	Kind  org.Kind
	Theme string
	Year  int
	Name  i18n.Text
}

type districtEntry struct {
	Slug     string
	Lat, Lng float64
	Places   []place `toml:"place"`
}

type patternEntry struct {
	Kind          string
	From          int
	Text          i18n.Text
	Accessibility i18n.Text
}

// place is a venue of events.
type place struct {
	Kind          string
	Text          i18n.Text
	Accessibility i18n.Text
	Lat, Lng      float64
	district      string
}

// nameList holds the names of one origin, separated by spaces in the file.
type nameList struct {
	Male, Female, Family, Root words
}

type words []string

// UnmarshalText splits a line of names.
func (w *words) UnmarshalText(b []byte) error {
	*w = strings.Fields(string(b))
	return nil
}

// load reads the data files.
func load() (*dataset, error) {
	d := &dataset{}
	for name, into := range map[string]any{
		"campaigns": d, "orgs": d, "places": d, "coming": d, "bring": &d.Bring, "names": &d.Names,
	} {
		if err := decode(name, into); err != nil {
			return nil, err
		}
	}
	for i, c := range d.Campaigns {
		c.n = i + 1
		var list struct {
			Events []*template `toml:"event"`
		}
		if err := decode("events/"+c.Slug, &list); err != nil {
			return nil, err
		}
		c.templates = list.Events
		for _, t := range c.templates {
			t.campaign = c
			t.Weight = max(t.Weight, 1)
			if _, known := d.Bring[t.Bring]; !known || len(t.At) == 0 {
				return nil, fmt.Errorf("demo: %s: %s: no place or nothing to bring", c.Slug, t.Title.EN)
			}
		}
	}
	return d, nil
}

func decode(name string, into any) error {
	b, err := files.ReadFile("data/" + name + ".toml")
	if err == nil {
		_, err = toml.Decode(string(b), into)
	}
	if err != nil {
		return fmt.Errorf("demo: %s: %w", name, err)
	}
	return nil
}

// fits reports whether the template is used in the month.
func (t *template) fits(m time.Month) bool { return len(t.Months) == 0 || slices.Contains(t.Months, m) }

// text is the description on the event's page: what is done, and why.
func (t *template) text(why i18n.Text) i18n.Text {
	if !t.Why.IsZero() {
		why = t.Why
	}
	return i18n.Text{KK: t.What.KK + "\n\n" + why.KK, RU: t.What.RU + "\n\n" + why.RU, EN: t.What.EN + "\n\n" + why.EN}
}

// places returns the places of the city by district and kind. A district without data of its own gets
// the general places near the centre of the city.
func (d *dataset) places(city *config.City) map[string]map[string][]place {
	const perPattern = 3
	all := map[string]map[string][]place{}
	for i, district := range city.Districts {
		entry := districtEntry{Lat: city.Lat, Lng: city.Lng}
		for _, e := range d.Districts {
			if e.Slug == district.Slug {
				entry = e
			}
		}
		kinds := map[string][]place{}
		for _, p := range entry.Places {
			kinds[p.Kind] = append(kinds[p.Kind], p)
		}
		for j, pattern := range d.Patterns {
			for k := range perPattern {
				n := pattern.From + i*perPattern + k
				// A fixed scatter of about a kilometre around the centre.
				x, y := float64((n*37+j*11)%41)/41-0.5, float64((n*53+j*29)%43)/43-0.5
				kinds[pattern.Kind] = append(kinds[pattern.Kind], place{
					Kind: pattern.Kind, Text: replace(pattern.Text, "{n}", strconv.Itoa(n)),
					Accessibility: pattern.Accessibility, Lat: entry.Lat + y*0.018, Lng: entry.Lng + x*0.026,
				})
			}
		}
		for _, list := range kinds {
			for k := range list {
				list[k].district = district.Slug
			}
		}
		all[district.Slug] = kinds
	}
	return all
}

// replace substitutes the same strings in the text of each language.
func replace(t i18n.Text, pairs ...string) i18n.Text {
	r := strings.NewReplacer(pairs...)
	return i18n.Text{KK: r.Replace(t.KK), RU: r.Replace(t.RU), EN: r.Replace(t.EN)}
}
