package portaltest

import (
	"testing"
	"time"
)

// Desk is a portal with a coordinator of World's organisation, one of another organisation, and
// somebody of the staff, all signed in.
type Desk struct {
	*Server
	World
	Other, OtherCampaign int64    // the other organisation, and its campaign
	Mine                 *Browser // coordinator of World.Org, a@shtab.test
	Theirs               *Browser // coordinator of Other, b@shtab.test
	Staff                *Browser // c@shtab.test
}

// StartDesk runs one until the test ends.
func StartDesk(t testing.TB, with ...Option) *Desk {
	t.Helper()
	d := &Desk{Server: Start(t, with...)}
	d.World = d.Server.World()
	d.Scan(`insert into org (slug, kind, name, joined_on)
		values ('qamqor', 'initiative_group', '{"kk":"Қамқор","ru":"Камкор"}', '2024-01-01') returning id`, nil,
		&d.Other)
	d.Scan(`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at)
		values ('theirs', $1, '{"kk":"Олардікі"}', '{}', 'sky', 'leaf', '2026-01-01') returning id`, []any{d.Other},
		&d.OtherCampaign)
	a, b, c := d.Person("a@shtab.test", 30), d.Person("b@shtab.test", 30), d.Person("c@shtab.test", 30)
	d.Exec(`insert into coordinator (person_id, org_id) values ($1, $2), ($3, $4)`, a, d.Org, b, d.Other)
	d.Exec(`update person set role = 'staff' where id = $1`, c)
	d.Mine, d.Theirs, d.Staff = d.As(a), d.As(b), d.As(c)
	return d
}

// ListedEvent writes an event of World.Org with a Russian title, from and to so far from now; its shift,
// which a draft has not, has 5 places.
func (d *Desk) ListedEvent(title, state string, from, to time.Duration) {
	d.T.Helper()
	now := d.Now()
	d.Exec(`with e as (
			insert into event (campaign_id, org_id, state, title, starts_at, ends_at, created_at, updated_at,
				published_at)
			values ($1, $2, $3, jsonb_build_object('ru', $4::text), $5, $6, now(), now(), now()) returning *)
		insert into shift (event_id, starts_at, ends_at, capacity) select id, starts_at, ends_at, 5 from e
			where state <> 'draft'`,
		d.Campaign, d.Org, state, title, now.Add(from), now.Add(to))
}
