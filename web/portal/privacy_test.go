package portal_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"shtab/internal/demo"
	"shtab/web/portal/portaltest"
)

// young is what the portal knows of the demonstration's volunteers under age, to be looked for.
type young struct {
	names  map[string]string // both names in either order, and whose they are
	emails map[string]bool
	phones map[string]bool // digits only
	people int
}

var (
	tag      = regexp.MustCompile(`<[^>]*>`)
	href     = regexp.MustCompile(`(?:href="|<loc>)([^"<]+)`)
	email    = regexp.MustCompile(`[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+`)
	phone    = regexp.MustCompile(`(?:\+7|8)[\d ()\x{a0}\x{202f}-]{9,16}\d`)
	birthday = regexp.MustCompile(
		`\b(?:19[3-9]\d|200\d|201[0-8])-\d\d-\d\d\b|\b\d{1,2}\.\d\d\.(?:19[3-9]\d|200\d|201[0-8])\b|\b\d{1,2}[ \x{a0}]\p{L}+[ \x{a0}](?:19[3-9]\d|200\d|201[0-8])\b|\b(?:19[3-9]\d|200\d|201[0-8])[ \x{a0}](?:ж|г)\.`)
)

// walk gets the pages under prefix that can be reached from starts, so many of each sort, and
// shows them to look. Files that are no text are left out.
func walk(t *testing.T, b *portaltest.Browser, h *portaltest.Server, prefix string, most int, starts []string,
	look func(path, body string),
) int {
	t.Helper()
	digits := regexp.MustCompile(`\d+`)
	seen, sorts, looked := map[string]bool{}, map[string]int{}, 0
	for queue := starts; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		sort, query, _ := strings.Cut(digits.ReplaceAllString(path, "N"), "?")
		if query != "" {
			sort += "?"
		}
		if seen[path] || sorts[sort] >= most {
			continue
		}
		seen[path] = true
		sorts[sort]++
		a, err := b.Try(http.MethodGet, path, nil)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if a.Status != http.StatusOK || !strings.Contains(a.Header.Get("Content-Type"), "text/") &&
			!strings.Contains(a.Header.Get("Content-Type"), "xml") {
			if a.Status >= 500 {
				t.Errorf("%s: %d", path, a.Status)
			}
			continue
		}
		looked++
		look(path, a.Body)
		for _, m := range href.FindAllStringSubmatch(a.Body, -1) {
			next, _, _ := strings.Cut(strings.TrimPrefix(html.UnescapeString(m[1]), h.URL), "#")
			if strings.HasPrefix(next, prefix) && !seen[next] {
				queue = append(queue, next)
			}
		}
	}
	return looked
}

// minors is the volunteers under age whom the demonstration has.
func minors(t *testing.T, h *portaltest.Server) young {
	t.Helper()
	y := young{names: map[string]string{}, emails: map[string]bool{}, phones: map[string]bool{}}
	rows, err := h.Pool.Query(t.Context(), `
		select p.given_name, p.family_name, p.email, coalesce(p.phone, '') from person p
		where p.birth_date > $1::timestamptz - interval '18 years' and p.erased_at is null
			and p.email <> 'teen@shtab.test' -- the page to sign in shows it
			-- whoever speaks for an event stands on its page, and may bear the same name
			and not exists (select from event e
				where e.contact_name in (p.given_name || ' ' || p.family_name, p.family_name || ' ' || p.given_name))`,
		h.Now())
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var given, family, email, phone string
		if err := rows.Scan(&given, &family, &email, &phone); err != nil {
			t.Fatal(err)
		}
		y.people++
		y.names[given+" "+family], y.names[family+" "+given] = email, email
		y.emails[email] = true
		if phone != "" {
			y.phones[strings.TrimPrefix(phone, "+7")] = true
		}
	}
	if rows.Err() != nil || y.people < 100 || len(y.phones) == 0 {
		t.Fatalf("the demonstration has %d minors, %d phones: %v", y.people, len(y.phones), rows.Err())
	}
	return y
}

func noLetter(r rune) bool { return !unicode.IsLetter(r) && r != '-' }

// absent checks that a page shows nothing of them.
func (y young) absent(t *testing.T, path, body string) {
	t.Helper()
	// Attributes, JSON-LD and calendars are looked at as they stand; names also between tags.
	for _, text := range []string{
		html.UnescapeString(body),
		html.UnescapeString(tag.ReplaceAllString(body, " ")),
	} {
		words := strings.FieldsFunc(text, noLetter)
		for i := 1; i < len(words); i++ {
			if whose, found := y.names[words[i-1]+" "+words[i]]; found {
				t.Errorf("%s: the name %s %s of %s", path, words[i-1], words[i], whose)
			}
		}
		for _, e := range email.FindAllString(text, -1) {
			if y.emails[strings.ToLower(e)] {
				t.Errorf("%s: the address %s", path, e)
			}
		}
		for _, p := range phone.FindAllString(text, -1) {
			digits := strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, p)
			if y.phones[digits[1:]] {
				t.Errorf("%s: the phone %s", path, p)
			}
		}
		if d := birthday.FindString(text); d != "" {
			t.Errorf("%s: the date %s, in whose year volunteers were born", path, d)
		}
	}
}

// publicStarts is where a walk of the public pages begins.
func publicStarts(h *portaltest.Server) []string {
	starts := []string{
		"/ru", "/ru/events.atom", "/sitemap.xml", "/ru/totals", "/ru/events?open=1",
		"/ru/events?age=15&when=month", "/ru/events?when=week&q=%D0%B0",
	}
	for _, l := range []string{"/kk", "/en"} {
		for _, p := range []string{"", "/events", "/events.atom", "/campaigns", "/organizations", "/totals"} {
			starts = append(starts, l+p)
		}
	}
	for _, past := range []string{`ends_at < now()`, `starts_at > now()`} {
		starts = append(starts, portaltest.Path("/kk/events/%d",
			h.Count(`select id from event where state = 'published' and `+past+` order by id limit 1`)))
		id := h.Count(
			`select e.id from event e join shift s on s.event_id = e.id join signup g on g.shift_id = s.id
				join person p on p.id = g.person_id
			where e.state = 'published' and p.birth_date > now() - interval '18 years' and e.` + past +
				` group by e.id order by count(*) desc, e.id limit 1`)
		starts = append(starts, portaltest.Path("/ru/events/%d", id), portaltest.Path("/ru/events/%d.ics", id))
	}
	return starts
}

// TestMinorsArePrivate walks the demonstration as a visitor and as another volunteer: nowhere
// stands the full name, the birth date, the address or the phone of a volunteer under age. Who
// runs events sees people, but never a birth date.
func TestMinorsArePrivate(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	if _, err := demo.Seed(t.Context(), h.Pool, h.City, h.Now(), "x"); err != nil {
		t.Fatal(err)
	}
	h.Exec(`analyze`)

	y, starts := minors(t, h), publicStarts(h)
	visitor := h.Browser()
	t.Run("a visitor finds none of them", func(t *testing.T) {
		began := time.Now()
		n := walk(t, visitor, h, "/ru/", 40, starts, func(path, body string) { y.absent(t, path, body) })
		t.Logf("%d public pages, %d minors, %v", n, y.people, time.Since(began).Round(time.Millisecond))
		if n < 100 {
			t.Errorf("only %d public pages were found", n)
		}
	})
	volunteer := h.As(
		int64(
			h.Count(
				`select id from person where email = 'nobody@shtab.test' union all select id from person
					where birth_date < '1990-01-01' and role = 'volunteer'
						and not exists (select from coordinator where person_id = person.id) limit 1`)))
	t.Run("nor does another volunteer", func(t *testing.T) {
		walk(t, volunteer, h, "/ru/events/", 15, starts, func(path, body string) { y.absent(t, path, body) })
	})

	coordinator := h.As(int64(h.Count(`select id from person where email = 'coordinator@shtab.test'`)))
	t.Run("who runs events sees names, and no birth date", func(t *testing.T) {
		named := 0
		n := walk(t, coordinator, h, "/ru/desk", 8, []string{"/ru/desk"}, func(path, body string) {
			words := strings.FieldsFunc(html.UnescapeString(body), noLetter)
			for i := 1; i < len(words); i++ {
				if y.names[words[i-1]+" "+words[i]] != "" {
					named++
				}
			}
			if d := birthday.FindString(html.UnescapeString(body)); d != "" {
				t.Errorf("%s: the date %s, in whose year volunteers were born", path, d)
			}
		})
		t.Logf("%d pages of a desk", n)
		if n < 20 || named == 0 {
			t.Errorf("only %d pages of a desk were found, with %d names", n, named)
		}
	})
	profile := volunteer.Get("/ru/me/profile").Body
	t.Run("this test knows a birth date when it sees one", func(t *testing.T) {
		if !birthday.MatchString(profile) {
			t.Error("it knows none")
		}
	})
}
