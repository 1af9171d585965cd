package totals

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/postgres"
)

// Store answers what the headquarters is asked. It keeps the summary (the table total_event: what
// each event counts on each of its days, and of whom) in memory, and before each answer takes over
// what has been committed since the last: so no answer is older than its question.
type Store struct {
	db   *pgxpool.Pool
	turn chan struct{} // one takes over at a time; mu is not held while the database is read

	mu    sync.RWMutex
	asOf  time.Time // when the last take-over began
	next  string    // the transaction from which on the next one reads; "": from the first
	days  map[day]page
	stand map[int64][]day // the days on which parts of an event stand
	first day
	last  day

	people ids[int64]
	camps  ids[int64]
	orgs   ids[int64]
	places ids[string]
	things ids[string]
}

// NewStore makes one; it reads nothing before it is asked.
func NewStore(db *pgxpool.Pool) *Store {
	return &Store{db: db, turn: make(chan struct{}, 1), days: map[day]page{}, stand: map[int64][]day{}}
}

// day counts the days since 1 January 1970.
type day int32

func dayOf(t time.Time) day { return day(t.Unix() / (24 * 60 * 60)) }

// month is the first day of the day's month.
func (d day) month() time.Time {
	t := time.Unix(int64(d)*24*60*60, 0).UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// page is what is counted on one day, by event. The seats of all parts lie in one list, because most
// questions read them from end to end.
type page struct {
	parts []part
	seats []seat
}

// part is what an event counts on one of its days. Names are places in the Store's lists.
type part struct {
	event     int64
	campaign  int32
	org       int32
	district  int32
	from, to  int32 // its seats in those of the page
	cohosts   []int32
	delivered []amount
	sums      Sums
}

// ageless is the age of who has told no birth date.
const ageless = math.MaxInt8

type amount struct {
	thing int32
	n     int
}

// seat is what one person counts by one sign-up; what was confirmed and taken back leaves zeros.
type seat struct {
	person  int32
	minutes int32
	age     int8 // in years, or ageless
	signups int8
	came    int8
	missed  int8
}

// ids gives each name a place in a list.
type ids[T comparable] struct {
	names []T
	at    map[T]int32
}

// of is the place of a name, a new one for a new name.
func (l *ids[T]) of(name T) int32 {
	i, ok := l.at[name]
	if !ok {
		if l.at == nil {
			l.at = map[T]int32{}
		}
		i = int32(len(l.names))
		l.at[name], l.names = i, append(l.names, name)
	}
	return i
}

// find is the place of a name that is asked for; -1: it stands nowhere.
func (l *ids[T]) find(name T) int32 {
	if i, ok := l.at[name]; ok {
		return i
	}
	return -1
}

// fresh takes over what has been committed before it was called.
func (s *Store) fresh(ctx context.Context) error {
	asked := time.Now()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	s.mu.RLock()
	asOf, next := s.asOf, s.next
	s.mu.RUnlock()
	if asOf.After(asked) { // somebody began after this question, and is done
		return nil
	}
	asOf = time.Now()
	found, next, err := s.read(ctx, next)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asOf, s.next = asOf, next
	s.take(found)
	return nil
}

// row is a row of the summary as it is read.
type row struct {
	event, campaign, org        int64
	day                         time.Time
	cohosts, people             []int64
	district                    string
	sums                        Sums
	delivered                   map[string]int
	ages, signups, came, missed []int16
	minutes                     []int32
}

// read reads the rows that were written by the transaction next or a later one, and says from which
// on to read the next time: the oldest that had not ended. So some are read twice, and none is
// missed that was written before another and committed after it. A number beyond the youngest
// transaction comes from the cluster from which this one was restored: such rows are read once.
func (s *Store) read(ctx context.Context, next string) (found []row, then string, err error) {
	var b pgx.Batch
	b.Queue(`select pg_snapshot_xmin(pg_current_snapshot())::text`).QueryRow(func(r pgx.Row) error { return r.Scan(&then) })
	b.Queue(`
		select event_id, day, campaign_id, org_id, cohosts, district, events, signups, participations, no_shows, minutes, brought, delivered,
			people, ages, their_signups, their_participations, their_no_shows, their_minutes
		from total_event where changed >= $1::text::xid8
			and changed < case when $1 = '0' then '18446744073709551615' else pg_snapshot_xmax(pg_current_snapshot()) end`, cmp.Or(next, "0")).Query(func(rows pgx.Rows) error {
		var r row
		_, err := pgx.ForEachRow(rows, []any{
			&r.event, &r.day, &r.campaign, &r.org, &r.cohosts, &r.district,
			&r.sums.Events, &r.sums.Signups, &r.sums.Participations, &r.sums.NoShows, &r.sums.Minutes, &r.sums.Brought, &r.delivered,
			&r.people, &r.ages, &r.signups, &r.came, &r.missed, &r.minutes,
		}, func() error {
			found = append(found, r)
			r = row{}
			return nil
		})
		return err
	})
	err = s.db.SendBatch(ctx, &b).Close()
	return found, then, postgres.Fault(err)
}

// take puts rows in the place of what their events had before; the rows of one event are always
// written together. mu is held.
func (s *Store) take(found []row) {
	if len(s.days) == 0 && len(found) > 0 {
		s.first = dayOf(found[0].day)
		s.last = s.first
	}
	gone, more := map[int64]bool{}, map[day][]row{}
	touched := map[day]bool{}
	for _, r := range found {
		if !gone[r.event] {
			gone[r.event] = true
			for _, d := range s.stand[r.event] {
				touched[d] = true
			}
			delete(s.stand, r.event)
		}
	}
	for _, r := range found {
		d := dayOf(r.day)
		touched[d], more[d] = true, append(more[d], r)
		s.stand[r.event] = append(s.stand[r.event], d)
		s.first, s.last = min(s.first, d), max(s.last, d)
	}
	for d := range touched {
		s.days[d] = s.rewrite(s.days[d], gone, more[d])
	}
}

// rewrite is a page without what is gone and with more, in the order of the events.
func (s *Store) rewrite(old page, gone map[int64]bool, more []row) (p page) {
	type entry struct {
		event int64
		part  *part // of old; nil: row
		row   *row
	}
	var list []entry
	for i := range old.parts {
		if t := &old.parts[i]; !gone[t.event] {
			list = append(list, entry{event: t.event, part: t})
		}
	}
	for i := range more {
		list = append(list, entry{event: more[i].event, row: &more[i]})
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(a.event, b.event) })
	p.parts = make([]part, 0, len(list))
	for _, e := range list {
		from := int32(len(p.seats))
		var t part
		if e.part != nil {
			t = *e.part
			p.seats = append(p.seats, old.seats[t.from:t.to]...)
		} else {
			t = s.part(e.row)
			p.seats = append(p.seats, s.seats(e.row)...)
		}
		t.from, t.to = from, int32(len(p.seats))
		p.parts = append(p.parts, t)
	}
	p.seats = slices.Clip(p.seats)
	return p
}

func (s *Store) part(r *row) part {
	p := part{event: r.event, campaign: s.camps.of(r.campaign), org: s.orgs.of(r.org), district: s.places.of(r.district), sums: r.sums}
	for _, id := range r.cohosts {
		p.cohosts = append(p.cohosts, s.orgs.of(id))
	}
	for thing, n := range r.delivered {
		p.delivered = append(p.delivered, amount{s.things.of(thing), n})
	}
	return p
}

func (s *Store) seats(r *row) []seat {
	seats := make([]seat, len(r.people))
	for i, id := range r.people {
		age := min(r.ages[i], ageless-1)
		if age < 0 {
			age = ageless
		}
		seats[i] = seat{s.people.of(id), r.minutes[i], int8(age), int8(r.signups[i]), int8(r.came[i]), int8(r.missed[i])}
	}
	return seats
}

// span is the days of a period that have anything, all of them for the zero one. mu is held.
func (s *Store) span(p Period) (from, to day) {
	if p == (Period{}) {
		return s.first, s.last + 1
	}
	return max(s.first, dayOf(p.From)), min(s.last+1, dayOf(p.To))
}

// sieve lets parts through that stand under a filter, but for the age.
type sieve struct {
	filter                  Filter
	campaign, org, district int32
	kind                    []bool // by organisation
}

func (s *Store) sieve(f Filter, names names) sieve {
	v := sieve{filter: f, campaign: s.camps.find(f.Campaign), org: s.orgs.find(f.Org), district: s.places.find(f.District)}
	if f.Kind != "" {
		for _, id := range s.orgs.names {
			v.kind = append(v.kind, names.orgs[id].kind == f.Kind)
		}
	}
	return v
}

func (v *sieve) passes(p *part) bool {
	f := &v.filter
	return (f.Campaign == 0 || p.campaign == v.campaign) && (f.District == "" || p.district == v.district) &&
		(f.Org == 0 || p.org == v.org || slices.Contains(p.cohosts, v.org)) && (v.kind == nil || v.kind[p.org])
}
