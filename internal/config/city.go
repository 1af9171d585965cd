package config

import (
	_ "embed"
	"fmt"
	"os"
	"slices"
	"time"
	_ "time/tzdata" // Asia/Almaty changed in 2024: the machine's own copy may be older

	"github.com/BurntSushi/toml"

	"shtab/internal/i18n"
)

// City is everything that belongs to one city and its headquarters: what a file says, Astana's by default,
// with the changes that an administrator has made (internal/settings). A City does not change; when the
// settings do, the portal gets a new one.
type City struct {
	Settings
	Zone  string  `toml:"zone"`  // an IANA time zone
	Since int     `toml:"since"` // the year the headquarters was created
	Lat   float64 `toml:"lat"`
	Lng   float64 `toml:"lng"`

	// Consents are the texts that people agree to; without one the catalogue's own holds.
	Consents map[Purpose]Consent `toml:"-"`

	zone *time.Location
}

// Settings is what an administrator may change of a city. settings.Fields lists it.
type Settings struct {
	Name         i18n.Text  `toml:"name"`         // "Астана"
	Headquarters i18n.Text  `toml:"headquarters"` // "Astana volunteer headquarters"
	Centre       i18n.Text  `toml:"centre"`       // the organisation that runs the headquarters
	Email        string     `toml:"email"`
	Phone        string     `toml:"phone"`
	Palette      string     `toml:"palette"` // of Palettes
	Districts    []District `toml:"district"`
	Rules        Rules      `toml:"rules"`
}

// District is a part of the city. Events and people carry its slug.
type District struct {
	Slug   string    `toml:"slug"`
	Name   i18n.Text `toml:"name"`
	Closed bool      `toml:"closed"` // can no longer be chosen, but still has its name where it was
}

// Palettes are the colours that a headquarters may have, the first by default. Each is in
// web/static/css/shtab.css, light and dark, with the contrast that WCAG asks for.
var Palettes = []string{"flag", "leaf", "plum", "brick", "night"}

// Purpose is what people agree to.
type Purpose string

// The purposes.
const (
	Registration Purpose = "registration" // keeping personal data
	Guardian     Purpose = "guardian"     // a child's taking part
)

// Purposes are all purposes.
var Purposes = []Purpose{Registration, Guardian}

// Consent is a text that people agree to.
type Consent struct {
	Version string    // a day, and a number where a day has several: "2026-11-23", "2026-11-23-2"
	Body    i18n.Text // Markdown; zero: the catalogue's
}

// catalogueVersion is the version of the catalogue's own texts.
const catalogueVersion = "2026-11-22"

// Consent is the text that people are asked to agree to now.
func (c *City) Consent(p Purpose) Consent {
	if t, ok := c.Consents[p]; ok {
		return t
	}
	return Consent{Version: catalogueVersion}
}

// OpenDistricts are the districts that can be chosen.
func (c *City) OpenDistricts() []District {
	return slices.DeleteFunc(slices.Clone(c.Districts), func(d District) bool { return d.Closed })
}

// Rules are the thresholds of the law (Law No. 42-VI on volunteer activity, Art. 12) and of the headquarters.
type Rules struct {
	ConsentAge     int `toml:"consent_age"`      // years: below it a guardian must have agreed
	AccompaniedAge int `toml:"accompanied_age"`  // years: below it only with consent or accompanied
	AdultAge       int `toml:"adult_age"`        // years: below it never at adults-only events
	NightFrom      int `toml:"night_from"`       // hour from which minors may not be out unaccompanied
	NightTo        int `toml:"night_to"`         // hour until which they may not
	CutoffMinutes  int `toml:"cutoff_minutes"`   // minutes before the start, until when a sign-up may be cancelled
	ConsentMinutes int `toml:"consent_minutes"`  // minutes for which a place is kept while a guardian is asked
	ReminderHours  int `toml:"reminder_hours"`   // hours before the start, when a reminder is sent
	MaxOpenSignups int `toml:"max_open_signups"` // sign-ups for shifts to come that one person may have
	NoShows        int `toml:"no_shows"`         // missed shifts in a row, after which the next limit holds; 0: never
	// sign-ups for shifts to come after NoShows, until the next attendance
	NoShowSignups int `toml:"no_show_signups"`
	// days after the hours are confirmed, in which a no-show may be explained
	ExplainDays int `toml:"explain_days"`
}

// AllowsAnotherSignup reports whether somebody may sign up for one more shift who missed noShows in a row and
// is signed up for open shifts to come.
func (r Rules) AllowsAnotherSignup(noShows, open int) bool {
	return r.NoShows == 0 || noShows < r.NoShows || open < r.NoShowSignups
}

// GuardianAge is the age, in years, below which a guardian must have agreed or come along. A city may lower
// the age of consent, but not below the law's.
func (r Rules) GuardianAge() int { return max(r.ConsentAge, r.AccompaniedAge) }

// Location is the city's time zone.
func (c *City) Location() *time.Location { return c.zone }

// District is the district of a slug, if there is one.
func (c *City) District(slug string) (District, bool) {
	for _, d := range c.Districts {
		if d.Slug == slug {
			return d, true
		}
	}
	return District{}, false
}

//go:embed astana.toml
var astana string

// LoadCity reads the city's file, or Astana's when file is empty.
func LoadCity(file string) (*City, error) {
	text := astana
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("config: CITY_CONFIG: %w", err)
		}
		text = string(b)
	}
	c := &City{}
	md, err := toml.Decode(text, c)
	if err != nil {
		return nil, fmt.Errorf("config: CITY_CONFIG: %w", err)
	}
	if u := md.Undecoded(); len(u) > 0 {
		return nil, fmt.Errorf("config: CITY_CONFIG: unknown setting %s", u[0])
	}
	if c.zone, err = time.LoadLocation(c.Zone); err != nil {
		return nil, fmt.Errorf("config: CITY_CONFIG: %w", err)
	}
	if c.Palette == "" {
		c.Palette = Palettes[0]
	}
	if !slices.Contains(Palettes, c.Palette) {
		return nil, fmt.Errorf("config: CITY_CONFIG: no palette %q", c.Palette)
	}
	if len(c.Districts) == 0 || c.Name.IsZero() || c.Rules.ConsentAge == 0 {
		return nil, fmt.Errorf("config: CITY_CONFIG: name, districts and rules are needed")
	}
	return c, nil
}
