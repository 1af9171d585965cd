// Package demo makes the demonstration headquarters: invented bodies and people, the nine
// campaigns, the events of the past years with their hours, and what is coming in the next six
// weeks in every state that a page can show. The same day gives the same headquarters.
//
// It writes other rooms' tables directly, in bulk, and only into a database that holds nobody
// else. The words stand in data/; which facts are real stands there too. It runs no rule of its
// own: whether a person may have a place it asks event.
package demo

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// ErrOthers says that the database holds people who are not of a demonstration: those whose
// e-mail does not end in @shtab.test, and those who were erased.
var ErrOthers = errors.New("demo: the database holds people of its own; the demonstration goes into an empty one only")

// Summary is what Seed wrote.
type Summary struct {
	Already bool // the demonstration was there before: nothing was written

	Campaigns      int
	Organizations  int // the headquarters included
	People         int
	Coordinators   int
	Consents       int // guardians'
	Past           int // events held
	Coming         int // events to come and under way, cancelled ones included
	Signups        int
	Participations int
	Minutes        int

	YoungMean        float64 // mean age of the youth movement, in full years
	HeadquartersMean float64 // and of the others
}

// Seed writes the demonstration of city as it stands at now, every account with passwordHash,
// or nothing at all: when it is there already, when the database holds other people (ErrOthers)
// or when anything fails. Several at once wait for each other and one of them writes.
func Seed(ctx context.Context, pool *pgxpool.Pool, city *config.City, now time.Time, passwordHash string) (Summary, error) {
	var s Summary
	err := postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		// Nobody registers while the people are counted and written.
		if _, err := tx.Exec(ctx, `lock table person in share row exclusive mode`); err != nil {
			return err
		}
		var err error
		if s.Already, err = org.IsDemonstration(ctx, tx); err != nil || s.Already {
			return err
		}
		var others bool
		err = tx.QueryRow(ctx, `select exists (select from person where email is null or email not like '%@shtab.test')`).Scan(&others)
		if err != nil {
			return err
		}
		if others {
			return ErrOthers
		}
		b, err := build(city, now)
		if err != nil {
			return err
		}
		s = b.summary()
		return b.write(ctx, tx, passwordHash)
	})
	if err != nil {
		return Summary{}, err
	}
	return s, nil
}

// builder makes the demonstration in memory; write puts it into the database.
type builder struct {
	city  *config.City
	zone  *time.Location
	now   time.Time
	today time.Time // midnight in the city
	start time.Time // of the headquarters
	data  *dataset

	orgs         []*body // the headquarters first
	people       []*person
	special      map[string]*person // by the account's name
	coordinators []coordinator
	consents     []*consent
	guardians    []*guardian
	events       []*occasion
	places       map[string]map[string][]place

	planned map[*template]int // how often a kind comes in the next six weeks
	pool    []*person         // by the day of joining, the active ones several times
	busy    map[busyDay]bool
}

// number gives the shifts their numbers, in the order of the events.
func (b *builder) number() {
	n := 0
	for _, e := range b.events {
		for _, s := range e.shifts {
			n++
			s.n = n
		}
	}
}

// busyDay is a person's day, by the number of the day since 1970 in the city.
type busyDay struct {
	person int
	day    int64
}

func build(city *config.City, now time.Time) (*builder, error) {
	data, err := load()
	if err != nil {
		return nil, err
	}
	zone := city.Location()
	now = now.In(zone).Truncate(time.Second)
	y, m, d := now.Date()
	b := &builder{
		city: city, zone: zone, now: now, data: data,
		today:   time.Date(y, m, d, 0, 0, 0, 0, zone),
		start:   earlier(time.Date(city.Since, time.March, 1, 10, 0, 0, 0, zone), now.AddDate(-1, 0, 0)),
		special: map[string]*person{},
		places:  data.places(city),
		busy:    map[busyDay]bool{},
		planned: map[*template]int{},
	}
	b.makePeople()
	b.makeOrgs()
	b.makePool()
	b.makePast()
	b.makeComing()
	b.makeFamilies()
	b.number()
	return b, nil
}

// rand is a stream of numbers of its own for each part, so that a change in one part leaves the
// others as they were.
func (b *builder) rand(part string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(part))
	return rand.New(rand.NewPCG(2019, h.Sum64()))
}

// day numbers the city's days.
func (b *builder) day(t time.Time) int64 {
	y, m, d := t.In(b.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// take marks the days of a shift as a person's; false if one of them is taken.
func (b *builder) take(p *person, s *shift) bool {
	from, to := b.day(s.starts), b.day(s.ends)
	for d := from; d <= to; d++ {
		if b.busy[busyDay{p.n, d}] {
			return false
		}
	}
	for d := from; d <= to; d++ {
		b.busy[busyDay{p.n, d}] = true
	}
	return true
}

func (b *builder) isBusy(p *person, s *shift) bool {
	return b.busy[busyDay{p.n, b.day(s.starts)}] || b.busy[busyDay{p.n, b.day(s.ends)}]
}

func (b *builder) summary() Summary {
	s := Summary{
		Campaigns: len(b.data.Campaigns), Organizations: len(b.orgs), People: len(b.people),
		Coordinators: len(b.coordinators), Consents: len(b.consents),
	}
	var ages, people [2]int
	for _, p := range b.people[:volunteers] {
		side := 0
		if p.young {
			side = 1
		}
		ages[side] += b.age(p)
		people[side]++
	}
	s.HeadquartersMean = float64(ages[0]) / float64(people[0])
	s.YoungMean = float64(ages[1]) / float64(people[1])
	for _, e := range b.events {
		if e.closed.IsZero() {
			s.Coming++
		} else {
			s.Past++
		}
		for _, h := range e.shifts {
			s.Signups += len(h.signups)
			for _, u := range h.signups {
				s.Minutes += u.minutes
				if u.outcome == attended {
					s.Participations++
				}
			}
		}
	}
	return s
}

// String is the summary on one line.
func (s Summary) String() string {
	if s.Already {
		return "the demonstration is there already"
	}
	return fmt.Sprintf("%d campaigns, %d organisations, %d people, %d events held with %d participations, %d to come, %d sign-ups",
		s.Campaigns, s.Organizations, s.People, s.Past, s.Participations, s.Coming, s.Signups)
}
