package demo

import (
	"context"
	cryptorand "crypto/rand"
	"fmt"
	"math/rand/v2"
	"time"

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Parent is the e-mail of a guardian of two children who has no account.
const Parent = "parent@shtab.test"

// guardian is a guardian whom a volunteer has named.
type guardian struct {
	n                     int // 1 is the first
	person                *person
	name, relation, email string
	lang                  i18n.Lang
	named                 time.Time
	verified              time.Time // zero: has not answered yet
	requests              []consentRequest
}

// consentRequest is an event for which a guardian was asked to consent.
type consentRequest struct {
	event   *demoEvent
	at      time.Time
	refused time.Time // zero: not refused
}

// addGuardian adds a guardian; an empty email is replaced with a generated one.
func (b *builder) addGuardian(g *guardian) *guardian {
	g.n = len(b.guardians) + 1
	if g.email == "" {
		g.email = fmt.Sprintf("g%04d@shtab.test", g.n)
	}
	b.guardians = append(b.guardians, g)
	return g
}

// makeFamilies gives each consent its guardian, adds requests for some of the sign-ups that await one,
// lets a few guardians refuse, makes one parent of two, and lets teen@ wait without a request.
func (b *builder) makeFamilies() {
	r := b.rand("families")
	for _, k := range b.consents {
		g := b.addGuardian(&guardian{
			person: k.person, name: k.guardian, relation: k.relation, lang: k.person.lang, named: k.agreed,
			verified: k.agreed,
		})
		if k.event != nil {
			g.requests = []consentRequest{{event: k.event, at: k.agreed}}
		}
		k.by = g
	}
	b.addAwaitingTeen(b.special["teen"])
	i := 0
	for _, e := range b.events {
		for _, s := range e.shifts {
			for _, u := range s.signups {
				if u.state != awaiting || u.person == b.special["teen"] {
					continue
				}
				at := earlier(u.created.Add(10*time.Minute), b.now)
				switch {
				case i < 2:
					b.addGuardian(&guardian{
						person: u.person, name: "Гүлнәр Ахметова", relation: "mother", email: Parent, lang: i18n.RU,
						named: at, requests: []consentRequest{{event: e, at: at}},
					})
				case i%3 != 0: // the others have not named a guardian yet
					k := b.drawParent(r, u.person)
					b.addGuardian(&guardian{
						person: u.person, name: k.guardian, relation: k.relation, lang: u.person.lang, named: at,
						requests: []consentRequest{{event: e, at: at}},
					})
				}
				i++
			}
		}
	}
	b.addRefusals(r, 3)
}

// addAwaitingTeen signs p up for the first coming event for which only the guardian's consent is
// missing, and holds a place.
func (b *builder) addAwaitingTeen(p *person) {
	for _, e := range b.events {
		if !e.closed.IsZero() || e.state != event.Published || len(e.shifts) > 1 ||
			e.starts.Sub(b.now) < 96*time.Hour || !e.opens.IsZero() || !e.closes.IsZero() {
			continue
		}
		s := e.shifts[0]
		if len(s.signups) > s.capacity-2 || b.isBusy(p, s) {
			continue
		}
		if reasons := b.blockingReasons(p, e, s); len(reasons) != 1 || reasons[0].Cause != event.ConsentNeeded {
			continue
		}
		u := b.addSignup(b.rand("teen"), e, s, p, awaiting)
		u.created = later(e.published, b.now.Add(-time.Hour))
		u.changed = u.created
		u.hold = u.created.Add(time.Duration(b.city.Rules.ConsentMinutes) * time.Minute)
		return
	}
}

// addRefusals adds n sign-ups that were cancelled because the guardian refused.
func (b *builder) addRefusals(r *rand.Rand, n int) {
	for _, e := range b.events {
		if n == 0 {
			return
		}
		if !e.closed.IsZero() || e.state != event.Published || !e.starts.After(b.now.Add(48*time.Hour)) ||
			!e.opens.IsZero() {
			continue
		}
		s := e.shifts[0]
		p := choose(r, b.pool)
		if p.consent != nil || !b.free(p, e, s) {
			continue
		}
		if reasons := b.blockingReasons(p, e, s); len(reasons) != 1 || reasons[0].Cause != event.ConsentNeeded {
			continue
		}
		u := b.addSignup(r, e, s, p, cancelled)
		u.cause = "consent"
		u.created = later(e.published, b.now.Add(-20*time.Hour))
		u.changed = later(u.created, b.now.Add(-2*time.Hour))
		k := b.drawParent(r, p)
		b.addGuardian(&guardian{
			person: p, name: k.guardian, relation: k.relation, lang: p.lang, named: u.created,
			requests: []consentRequest{{event: e, at: u.created, refused: u.changed}},
		})
		n--
	}
}

func (b *builder) familyTables(at offsets) []table {
	guardians := table{name: "guardian", columns: "id person_id name relation email lang created_at verified_at"}
	asks := table{name: "guardian_ask", columns: "guardian_id event_id asked_at refused_at"}
	for _, g := range b.guardians {
		id := at["guardian"] + int64(g.n)
		guardians.rows = append(guardians.rows, []any{
			id, at["person"] + int64(g.person.n), g.name, g.relation, g.email, string(g.lang), g.named,
			timeOrNull(g.verified),
		})
		for _, a := range g.requests {
			asks.rows = append(asks.rows, []any{id, at["event"] + int64(a.event.n), a.at, timeOrNull(a.refused)})
		}
	}
	return []table{guardians, asks}
}

// ParentLink makes the token of a link for Parent's first child, as in a mail, and deletes the one made
// before. Empty when an older demonstration has no such parent.
func ParentLink(ctx context.Context, db postgres.DB, now time.Time) (token string, err error) {
	token = cryptorand.Text()
	done, err := db.Exec(ctx, `
		with parent as (select min(id) as id from guardian where email = $1),
		old as (delete from guardian_link where guardian_id in (select id from parent) and used_at is not null)
		insert into guardian_link (token_hash, guardian_id, sent_at, used_at)
		select sha256($2::text::bytea), id, $3, $3 from parent where id is not null`, Parent, token, now)
	if err != nil || done.RowsAffected() == 0 {
		return "", postgres.Fault(err)
	}
	return token, nil
}
