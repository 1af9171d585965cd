package demo

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/i18n"
)

// volunteers is the number of accounts v0001@…; two of three belong to the youth movement.
const (
	volunteers    = 8200
	youngOf3      = 2
	consentText   = "2026-11-22" // the version of the personal-data text
	childhoodEnds = 12           // nobody of the demonstration joined younger
)

// person is a person of the demonstration.
type person struct {
	n             int // 1 is the first
	email         string
	given, family string
	female        bool
	birth         time.Time // midnight UTC
	phone         string
	lang          i18n.Lang
	district      string
	role          account.Role
	token         string
	joined        time.Time
	young         bool     // in the youth movement, otherwise directly with the headquarters
	activity      int      // weight when volunteers are drawn; 0: only where a scenario says so
	consent       *consent // the guardian's for every event
	coming        []event.Commitment
	eventConsents []event.Consent // the guardian's for single events, by the event's n
}

// consent is a guardian's consent.
type consent struct {
	person      *person
	event       *demoEvent // nil: every event
	accompanied bool
	guardian    string
	relation    string
	by          *guardian
	agreed      time.Time
	withdrawn   *time.Time
}

// Weights by age in full years; the mean ages are 15.4 and 30.
var (
	youngAges = []int{12: 6, 13: 11, 14: 17, 15: 20, 16: 18, 17: 13, 18: 8, 19: 4, 20: 3}
	adultAges = func() []int {
		w := make([]int, 66)
		for age := 18; age < len(w); age++ {
			switch {
			case age < 25:
				w[age] = 60
			case age < 35:
				w[age] = 32
			case age < 45:
				w[age] = 15
			case age < 55:
				w[age] = 8
			default:
				w[age] = 4
			}
		}
		return w
	}()
)

// pick draws an index according to the weights.
func pick(r *rand.Rand, weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	if sum == 0 {
		return 0
	}
	at := r.IntN(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

func choose[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// between draws an instant, to the minute.
func between(r *rand.Rand, from, to time.Time) time.Time {
	minutes := int64(to.Sub(from) / time.Minute)
	if minutes <= 0 {
		return from
	}
	return from.Add(time.Duration(r.Int64N(minutes)) * time.Minute)
}

func token(r *rand.Rand) string {
	var b [16]byte
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return hex.EncodeToString(b[:])
}

// makePeople makes the volunteers and the accounts with a known login.
func (b *builder) makePeople() {
	r := b.rand("people")
	for n := 1; n <= volunteers; n++ {
		p := &person{email: fmt.Sprintf("v%04d@shtab.test", n), role: account.Volunteer, young: n%3 < youngOf3}
		p.lang = []i18n.Lang{i18n.KK, i18n.RU, i18n.EN}[pick(r, []int{55, 40, 5})]
		p.female = r.IntN(100) < 58
		p.given, p.family = b.drawName(r, p.lang, p.female)
		age := pick(r, adultAges)
		if p.young {
			age = pick(r, youngAges)
		}
		p.birth = b.drawBirth(r, age)
		b.setJoined(r, p, n)
		if r.IntN(2) == 0 {
			p.phone = fmt.Sprintf("+77000%06d", r.IntN(1e6))
		}
		p.district = choose(r, b.city.Districts).Slug
		p.activity = 1 + min(int(r.ExpFloat64()*2.5), 14)
		b.addPerson(r, p)
	}
	for _, s := range []struct {
		account       string
		role          account.Role
		given, family string
		female        bool
		age           int
		lang          i18n.Lang
		years         int // since joining
	}{
		{"volunteer", account.Volunteer, "Айсұлу", "Бекенова", true, 22, i18n.KK, 3},
		{"coordinator", account.Volunteer, "Данияр", "Оспанов", false, 34, i18n.KK, 6},
		{"staff", account.Staff, "Мөлдір", "Қасенова", true, 31, i18n.KK, 5},
		{"admin", account.Admin, "Илья", "Ковалёв", false, 38, i18n.RU, 6},
		{"teen", account.Volunteer, "Аяулым", "Жұмабекқызы", true, 15, i18n.KK, 0},
	} {
		p := &person{
			email: s.account + "@shtab.test", role: s.role, given: s.given, family: s.family, female: s.female,
			lang:  s.lang,
			birth: b.drawBirth(r, s.age), district: choose(r, b.city.Districts).Slug,
			phone: fmt.Sprintf("+77000%06d", len(b.people)),
		}
		p.joined = later(b.today.AddDate(-s.years, -2, -5).Add(15*time.Hour), b.start)
		b.special[s.account] = p
		b.addPerson(r, p)
	}
}

func (b *builder) addPerson(r *rand.Rand, p *person) {
	p.token = token(r)
	p.n = len(b.people) + 1
	b.people = append(b.people, p)
	if p != b.special["teen"] { // teen@ has not asked a guardian yet
		b.addConsent(r, p)
	}
}

// drawBirth draws a birth date of a person who is age years old today.
func (b *builder) drawBirth(r *rand.Rand, age int) time.Time {
	y, m, d := b.today.Date()
	return time.Date(y-age, m, d-r.IntN(365), 0, 0, 0, 0, time.UTC)
}

// setJoined draws when the person joined: more people join every year. Some adults joined in the first
// month.
func (b *builder) setJoined(r *rand.Rand, p *person, n int) {
	from := earlier(later(b.start, p.birth.AddDate(childhoodEnds, 0, 1)), b.today.Add(-2*time.Hour))
	span := float64(b.today.Add(-time.Hour).Sub(from))
	u := r.Float64()
	if !p.young && n%24 == 2 && event.AgeAt(p.birth, b.start, b.zone) >= b.city.Rules.AdultAge {
		p.joined = from.Add(time.Duration(u * float64(30*24*time.Hour))).Truncate(time.Minute)
		return
	}
	if p.young || n%2 == 0 {
		u = max(u, r.Float64()) // the larger of two draws favours later dates
	}
	p.joined = from.Add(time.Duration(u * span)).Truncate(time.Minute)
}

// drawName draws a name that suits the language and the sex, with the right ending.
func (b *builder) drawName(r *rand.Rand, l i18n.Lang, female bool) (given, family string) {
	origin := map[i18n.Lang][]int{i18n.KK: {98, 0, 2, 0}, i18n.RU: {22, 64, 14, 0}, i18n.EN: {35, 10, 10, 45}}[l]
	list := b.data.Names[[]string{"kazakh", "russian", "other", "english"}[pick(r, origin)]]
	given = choose(r, list.Male)
	if female {
		given = choose(r, list.Female)
	}
	if len(list.Root) > 0 && r.IntN(100) < 18 {
		family = choose(r, list.Root)
		if female {
			return given, family + "қызы"
		}
		return given, family + "ұлы"
	}
	family = choose(r, list.Family)
	if female && hasEnding(family) {
		family += "а"
	}
	return given, family
}

// addConsent adds a guardian's consent for most people who joined as minors; some withdrew it later.
func (b *builder) addConsent(r *rand.Rand, p *person) {
	if event.AgeAt(p.birth, p.joined, b.zone) >= b.city.Rules.ConsentAge || r.IntN(100) >= 72 {
		return
	}
	c := b.newConsent(r, p)
	c.agreed = earlier(p.joined.Add(time.Duration(1+r.IntN(96))*time.Hour), b.today.Add(-30*time.Minute))
	if r.IntN(100) < 2 {
		gone := between(r, c.agreed, b.today)
		c.withdrawn = &gone
	}
	p.consent = c
}

// newConsent adds a guardian's consent for p. The caller sets its scope and time.
func (b *builder) newConsent(r *rand.Rand, p *person) *consent {
	c := b.drawParent(r, p)
	b.consents = append(b.consents, c)
	return c
}

// drawParent draws a parent, named like p's family or otherwise. It adds nothing to b.
func (b *builder) drawParent(r *rand.Rand, p *person) *consent {
	c := &consent{person: p, relation: []string{"mother", "father", "guardian"}[pick(r, []int{70, 26, 4})]}
	female := c.relation != "father"
	given, family := b.drawName(r, p.lang, female)
	patronymic := strings.HasSuffix(p.family, "ұлы") || strings.HasSuffix(p.family, "қызы")
	if !patronymic && r.IntN(100) < 85 {
		// The family's name, in the form for the parent's sex.
		family = p.family
		if base, is := strings.CutSuffix(p.family, "а"); is && hasEnding(base) {
			family = base
		}
		if female && hasEnding(family) {
			family += "а"
		}
	}
	c.guardian = given + " " + family
	return c
}

// hasEnding reports whether a family name takes -а for a woman.
func hasEnding(family string) bool {
	for _, e := range []string{"ов", "ев", "ёв", "ин"} {
		if strings.HasSuffix(family, e) {
			return true
		}
	}
	return false
}

// candidate returns what the eligibility rules know of the person at t.
func (p *person) candidate(t time.Time) event.Candidate {
	c := event.Candidate{BirthDate: p.birth, Consents: p.eventConsents, Commitments: p.coming, Open: len(p.coming)}
	if k := p.consent; k != nil && k.agreed.Before(t) && (k.withdrawn == nil || k.withdrawn.After(t)) {
		c.Consents = append([]event.Consent{{}}, c.Consents...)
	}
	return c
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if a.After(b) {
		return b
	}
	return a
}
