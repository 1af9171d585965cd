package i18n_test

import (
	"testing"
	"testing/fstest"
	"time"

	"shtab/internal/i18n"
	"shtab/web/locale"
)

func astana(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestTextsAreComplete compares the three languages with each other: Load refuses a missing key.
func TestTextsAreComplete(t *testing.T) {
	c, err := i18n.Load(locale.FS, astana(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Keys()) == 0 {
		t.Fatal("no texts")
	}
	for _, l := range i18n.Langs {
		for _, key := range c.Keys() {
			if s := c.For(l).T(key, "n", 1); s == "" || s == key {
				t.Errorf("%s: %s is empty", l, key)
			}
		}
	}
}

func TestLoadRefusesMissing(t *testing.T) {
	fsys := fstest.MapFS{}
	for l, text := range map[string]string{
		"kk": "a = \"а\"\nb = \"б\"", "ru": `a = "а"`,
		"en": "a = \"a\"\nb = \"b\"",
	} {
		fsys[l+"/x.toml"] = &fstest.MapFile{Data: []byte(text)}
	}
	if _, err := i18n.Load(fsys, time.UTC); err == nil {
		t.Fatal("a missing text was not noticed")
	}
}

func TestPlurals(t *testing.T) {
	fsys := fstest.MapFS{
		"kk/x.toml": {Data: []byte("[places]\none = \"{{.n}} орын\"\nother = \"{{.n}} орын\"")},
		"ru/x.toml": {Data: []byte(`[places]
			one = "{{.n}} место"
			few = "{{.n}} места"
			many = "{{.n}} мест"
			other = "{{.n}} места"`)},
		"en/x.toml": {Data: []byte("[places]\none = \"{{.n}} place\"\nother = \"{{.n}} places\"")},
	}
	c, err := i18n.Load(fsys, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		l    i18n.Lang
		n    int
		want string
	}{
		{i18n.RU, 1, "1 место"},
		{i18n.RU, 2, "2 места"},
		{i18n.RU, 5, "5 мест"},
		{i18n.RU, 11, "11 мест"},
		{i18n.RU, 21, "21 место"},
		{i18n.RU, 112, "112 мест"},
		{i18n.KK, 1, "1 орын"},
		{i18n.KK, 5, "5 орын"},
		{i18n.EN, 1, "1 place"},
		{i18n.EN, 0, "0 places"},
	} {
		if got := c.For(x.l).T("places", "n", x.n); got != x.want {
			t.Errorf("%s %d: %q, want %q", x.l, x.n, got, x.want)
		}
	}
}

func TestMatch(t *testing.T) {
	for header, want := range map[string]i18n.Lang{
		"": i18n.KK, "ru-RU,ru;q=0.9": i18n.RU, "en-GB": i18n.EN, "kk": i18n.KK,
		"de,fr": i18n.KK, "*": i18n.KK, "\x00;;q": i18n.KK,
	} {
		if got := i18n.Match(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestText(t *testing.T) {
	text := i18n.Text{RU: "Сад", KK: "Бақ"}
	if s, l := text.In(i18n.EN); s != "Сад" || l != i18n.RU {
		t.Errorf("en falls to %q in %s", s, l)
	}
	if s, l := text.In(i18n.KK); s != "Бақ" || l != i18n.KK {
		t.Errorf("kk is %q in %s", s, l)
	}
}

func TestDatesInTheCity(t *testing.T) {
	c, err := i18n.Load(fstest.MapFS{
		"kk/x.toml": {Data: []byte(`a = "а"`)}, "ru/x.toml": {Data: []byte(`a = "а"`)},
		"en/x.toml": {Data: []byte(`a = "a"`)},
	}, astana(t))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 4, 20, 30, 0, 0, time.UTC) // already Monday in Astana
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for l, want := range map[i18n.Lang][2]string{
		i18n.KK: {"5 қаңтар, дүйсенбі, 01:30", "2026 ж. 5 қаңтар"},
		i18n.RU: {"5 января, понедельник, 01:30", "5 января 2026 г."},
		i18n.EN: {"Monday, 5 January, 01:30", "5 January 2026"},
	} {
		p := c.For(l)
		if got := p.Moment(at, now); got != want[0] {
			t.Errorf("%s: %q, want %q", l, got, want[0])
		}
		if got := p.Date(at); got != want[1] {
			t.Errorf("%s: %q, want %q", l, got, want[1])
		}
	}
	// UTC+6 until the end of February 2024, UTC+5 since.
	if got := c.For(i18n.EN).Clock(time.Date(2024, 2, 29, 10, 0, 0, 0, time.UTC)); got != "16:00" {
		t.Errorf("29 February 2024: %s", got)
	}
	if got := c.For(i18n.EN).Clock(time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)); got != "15:00" {
		t.Errorf("1 March 2024: %s", got)
	}
}

func TestHours(t *testing.T) {
	c, err := i18n.Load(locale.FS, astana(t))
	if err != nil {
		t.Fatal(err)
	}
	for minutes, want := range map[int]string{
		0: "0", 60: "1", 90: "1,5", 135: "2,25", 105: "1,75", 100: "1,67", 2610: "43,5", 4_188_480: "69\u00a0808",
	} {
		if got := c.For(i18n.RU).Hours(minutes); got != want {
			t.Errorf("%d minutes: %q, want %q", minutes, got, want)
		}
	}
}
