package totals

import (
	"context"
	"slices"
	"time"
)

// OrgMonth is what one organisation did in a month, as host and as co-host of others.
type OrgMonth struct {
	Month time.Time // the first day
	Figures
	Hosted int // of Events: as the host
}

// OrgMonths is what one organisation did, month by month, the latest first. The caller sees to the
// permission.
func (s *Store) OrgMonths(ctx context.Context, orgID int64, p Period) (months []OrgMonth, err error) {
	if err := s.fresh(ctx); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	sieve := s.sieve(Scope{Org: orgID}, names{})
	from, to := s.span(p)
	for d := from; d < to; d++ {
		page := s.days[d]
		for i, part := range page.parts {
			if !sieve.passes(page, i) {
				continue
			}
			month := d.month()
			if n := len(months); n == 0 || months[n-1].Month != month {
				months = append(months, OrgMonth{Month: month})
			}
			m := &months[len(months)-1]
			m.add(page.facts[i].sums.figures())
			if part.org == sieve.org {
				m.Hosted += page.facts[i].sums.Events
			}
		}
	}
	slices.Reverse(months)
	return months, nil
}

// SumMonths is the months together.
func SumMonths(months []OrgMonth) (f Figures, hosted int) {
	for _, m := range months {
		f.add(m.Figures)
		hosted += m.Hosted
	}
	return f, hosted
}
