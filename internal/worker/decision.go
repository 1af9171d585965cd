package worker

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
	"shtab/web/link"
	"shtab/web/mail"
)

// decision is what the headquarters has decided about an event, on its way to a coordinator.
type decision struct {
	Email     string
	Lang      i18n.Lang
	GivenName string
	EventID   int64
	Title     i18n.Text
	Place     i18n.Text
	District  string
	StartsAt  time.Time
	EndsAt    time.Time
	State     event.State
	Words     string // why it came back
}

// loadDecision reads what m says and to whom; false when its reader is gone, no longer acts for
// the host, or the event has moved on since.
func loadDecision(ctx context.Context, db postgres.DB, m outbox.Message) (decision, bool, error) {
	states := []event.State{event.Published}
	if m.Kind == outbox.EventReturned {
		states = append(states, event.Draft)
	}
	rows, _ := db.Query(ctx, `
		select p.email, p.lang, p.given_name, e.id as event_id, e.title, e.place, e.district, e.starts_at, e.ends_at, e.state, e.returned as words
		from event e
		join coordinator c on c.org_id = e.org_id
		join person p on p.id = c.person_id
		where e.id = @event and p.id = @person and e.state = any(@states) and (not @returned or e.returned <> '')
			and e.starts_at is not null and p.email is not null and p.erased_at is null`,
		pgx.StrictNamedArgs{"event": m.SubjectID, "person": m.PersonID, "states": states, "returned": m.Kind == outbox.EventReturned})
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[decision])
	if errors.Is(err, pgx.ErrNoRows) {
		return decision{}, false, nil
	}
	return d, err == nil, postgres.Fault(err)
}

// decision is the letter about what the headquarters has decided: published, or sent back with
// words that say what is to be done.
func (c composer) decision(kind outbox.Kind, d decision, now time.Time) mail.Letter {
	key := "mail." + string(kind)
	p := c.catalogue.For(d.Lang)
	l := c.letter(p, key, "mail.common.why_coordinator", "title", p.Text(d.Title), "name", d.GivenName)
	l.Paragraphs = []string{p.T(key + ".body")}
	if kind == outbox.EventReturned && d.State == event.Published {
		l.Paragraphs = []string{p.T(key + ".live")}
	}
	l.Preheader = l.Paragraphs[0]
	l.Card = c.card(p, subject{Title: d.Title, Place: d.Place, District: d.District, StartsAt: d.StartsAt, EndsAt: d.EndsAt}, now)
	l.Button = c.button(p, key+".button", link.DeskEvent(d.Lang, d.EventID))
	if kind == outbox.EventReturned {
		for line := range strings.Lines(d.Words) {
			if line = strings.TrimSpace(line); line != "" {
				l.Paragraphs = append(l.Paragraphs, line)
			}
		}
		l.Button = c.button(p, key+".button", link.DeskEventEdit(d.Lang, d.EventID))
	}
	return l
}
