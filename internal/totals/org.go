package totals

import (
	"context"
	"slices"
	"time"
)

// OrgMonth is the public sums of one organisation in a month, as host and as co-host.
type OrgMonth struct {
	Month time.Time // its first day
	Sums
	Hosted int // of the events: those that it hosted itself
}

// OrgMonths is what one organisation did, month by month, the last month first. The caller checks the
// permission.
func (s *Store) OrgMonths(ctx context.Context, orgID int64, p Period) (months []OrgMonth, err error) {
	if err := s.refresh(ctx); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	match := s.matcher(Scope{Org: orgID}, directory{})
	from, to := s.span(p)
	for d := from; d < to; d++ {
		events := s.days[d]
		for i, e := range events.events {
			if !match.event(&events, i) {
				continue
			}
			month := d.month()
			if n := len(months); n == 0 || months[n-1].Month != month {
				months = append(months, OrgMonth{Month: month})
			}
			m := &months[len(months)-1]
			sums := events.details[i].sums.public()
			m.add(&sums)
			if e.org == match.org {
				m.Hosted += sums[Events]
			}
		}
	}
	slices.Reverse(months)
	return months, nil
}

// SumMonths adds months up.
func SumMonths(months []OrgMonth) (sums Sums, hosted int) {
	for _, m := range months {
		sums.add(&m.Sums)
		hosted += m.Hosted
	}
	return sums, hosted
}
