// Package demo makes the demonstration headquarters: invented organisations and people, the nine
// campaigns, the events of the past years with their hours, and events of the next six weeks in every
// state that a page can show. The same day gives the same headquarters.
//
// It writes the tables of other packages directly, in bulk, and only into a database without real
// people. The texts are in data/, with a note on which facts are real. It has no rules of its own:
// package event decides whether a person may have a place.
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

// ErrOthers is the error for a database with people who are not from a demonstration: those whose
// e-mail does not end in @shtab.test, and those who were erased.
var ErrOthers = errors.New(
	"the database holds accounts of real people: the demonstration, whose passwords everybody knows, keeps off it")

// Summary counts what Seed wrote.
type Summary struct {
	Already bool // the database already had the demonstration; nothing was written

	Campaigns      int
	Organizations  int // including the headquarters
	People         int
	Coordinators   int
	Consents       int // of guardians
	Past           int // events held
	Coming         int // coming events and those under way, including cancelled ones
	Signups        int
	Participations int
	Minutes        int

	YoungMean        float64 // mean age of the youth movement, in full years
	HeadquartersMean float64 // mean age of the others
}

// Seed writes the demonstration of city for the moment now; every account gets passwordHash. It writes
// nothing when the demonstration exists already, when the database holds other people (ErrOthers) or
// when anything fails. Concurrent calls wait for each other, and one of them writes.
func Seed(
	ctx context.Context, pool *pgxpool.Pool, city *config.City, now time.Time, passwordHash string,
) (Summary, error) {
	var s Summary
	err := postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		// Keeps people from registering while they are counted and written.
		if _, err := tx.Exec(ctx, `lock table person in share row exclusive mode`); err != nil {
			return err
		}
		var err error
		if s.Already, err = org.IsDemonstration(ctx, tx); err != nil || s.Already {
			return err
		}
		if err := NobodyElse(ctx, tx); err != nil {
			return err
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

// NobodyElse returns ErrOthers when somebody has an account who is not of the demonstration. A database
// without Shtab's tables holds nobody.
func NobodyElse(ctx context.Context, db postgres.DB) error {
	var made, others bool
	if err := db.QueryRow(ctx, `select to_regclass('person') is not null`).Scan(&made); err != nil || !made {
		return err
	}
	err := db.QueryRow(ctx, `
		select exists (select from person where email is null or email not like '%@shtab.test')`).Scan(&others)
	if err == nil && others {
		err = ErrOthers
	}
	return err
}

// builder makes the demonstration in memory; write puts it into the database.
type builder struct {
	city  *config.City
	zone  *time.Location
	now   time.Time
	today time.Time // midnight in the city
	start time.Time // when the headquarters was founded
	data  *dataset

	orgs         []*organization // the headquarters first
	people       []*person
	special      map[string]*person // by the name of the account
	coordinators []coordinator
	consents     []*consent
	guardians    []*guardian
	events       []*demoEvent
	places       map[string]map[string][]place

	planned map[*template]int // how often a template is used in the next six weeks
	pool    []*person         // by the day of joining; active people several times
	busy    map[busyDay]bool
}

// numberShifts numbers the shifts in the order of the events.
func (b *builder) numberShifts() {
	n := 0
	for _, e := range b.events {
		for _, s := range e.shifts {
			n++
			s.n = n
		}
	}
}

// busyDay is a day of a person, as the number of days since 1970 in the city.
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
	b.numberShifts()
	return b, nil
}

// rand returns a separate random stream for each part, so that a change in one part does not change
// the others.
func (b *builder) rand(part string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(part))
	return rand.New(rand.NewPCG(2019, h.Sum64()))
}

// day is the number of days from 1970 to t's date in the city.
func (b *builder) day(t time.Time) int64 {
	y, m, d := t.In(b.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// reserveDays marks the days of a shift as busy for a person. It reports false when one of them was.
func (b *builder) reserveDays(p *person, s *shift) bool {
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
	return fmt.Sprintf("%d campaigns, %d organisations, %d people, "+
		"%d events held with %d participations, %d to come, %d sign-ups",
		s.Campaigns, s.Organizations, s.People, s.Past, s.Participations, s.Coming, s.Signups)
}
