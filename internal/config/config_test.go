package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoadCity(t *testing.T) {
	t.Parallel()
	city, err := LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	if city.Location().String() != "Asia/Almaty" || city.Palette != Palettes[0] || len(city.OpenDistricts()) == 0 {
		t.Errorf("Astana is %+v", city)
	}
	for want, replacements := range map[string][]string{
		"unknown setting": {`zone = `, "speed = 5\nzone = "},
		"time zone":       {`"Asia/Almaty"`, `"Asia/Atlantis"`},
		"no palette":      {`zone = `, "palette = \"neon\"\nzone = "},
		"are needed":      {`consent_age = 16`, `consent_age = 0`},
		"CITY_CONFIG":     {`zone = `, "zone "},
	} {
		file := filepath.Join(t.TempDir(), "city.toml")
		text := strings.Replace(astana, replacements[0], replacements[1], 1)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadCity(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q instead of %q gives %v, not %s", replacements[1], replacements[0], err, want)
		}
	}
	if _, err := LoadCity(filepath.Join(t.TempDir(), "nowhere.toml")); err == nil {
		t.Error("a file that does not exist is read")
	}
}

func TestDistricts(t *testing.T) {
	t.Parallel()
	city := City{Settings: Settings{Districts: []District{{Slug: "yesil"}, {Slug: "old", Closed: true}}}}
	if open := city.OpenDistricts(); len(open) != 1 || open[0].Slug != "yesil" {
		t.Errorf("open are %v", open)
	}
	if d, ok := city.District("old"); !ok || d.Slug != "old" {
		t.Error("a closed district has lost its name")
	}
	if _, ok := city.District("moon"); ok {
		t.Error("there is a district that nobody declared")
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	r := Rules{ConsentAge: 12, AccompaniedAge: 14, NoShows: 3, NoShowSignups: 1}
	if r.GuardianAge() != 14 {
		t.Errorf("a guardian is asked below %d", r.GuardianAge())
	}
	for _, c := range []struct {
		noShows, open int
		want          bool
	}{{2, 5, true}, {3, 0, true}, {3, 1, false}} {
		if r.AllowsAnotherSignup(c.noShows, c.open) != c.want {
			t.Errorf("after %d no-shows and with %d open sign-ups another one is allowed: %t", c.noShows, c.open,
				!c.want)
		}
	}
	if r.NoShows = 0; !r.AllowsAnotherSignup(9, 9) {
		t.Error("no-shows limit somebody in a city without that rule")
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	c := Config{Listen: "127.0.0.1:8080", Proxies: []string{"", "10.0.0.0/8"}}
	if err := c.Validate(); err != nil || c.BaseURL != "http://localhost:8080" || len(c.Proxies) != 1 {
		t.Errorf("%+v %v", c, err)
	}
	c = Config{BaseURL: "https://shtab.test/"}
	if err := c.Validate(); err != nil || c.BaseURL != "https://shtab.test" {
		t.Errorf("%q %v", c.BaseURL, err)
	}
	for _, c := range []Config{
		{BaseURL: "ftp://shtab.test"},
		{BaseURL: "https://shtab.test/portal"},
		{BaseURL: "shtab.test"},
		{BaseURL: "https://shtab.test", Proxies: []string{"10.0.0.0"}},
	} {
		if err := c.Validate(); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}
