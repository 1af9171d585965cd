package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"shtab/internal/account"
	"shtab/internal/event"
)

// offsets holds, for each table, the difference between the ids in the database and the numbers here:
// 0 for an empty table.
type offsets map[string]int64

// table is the data of one COPY.
type table struct {
	name    string
	columns string
	rows    [][]any
}

// write writes everything into the database.
func (b *builder) write(ctx context.Context, tx pgx.Tx, passwordHash string) error {
	var shifts, signups int
	var queue int64
	for _, e := range b.events {
		shifts += len(e.shifts)
		for _, s := range e.shifts {
			signups += len(s.signups)
			for _, u := range s.signups {
				if u.state == waiting {
					queue++
				}
			}
		}
	}
	at := offsets{}
	for name, n := range map[string]int{
		"person": len(b.people), "org": len(b.orgs), "campaign": len(b.data.Campaigns), "event": len(b.events),
		"shift": shifts, "signup": signups, "guardian": len(b.guardians),
	} {
		// COPY needs explicit ids, so a range of the sequence is reserved first.
		var last int64
		err := tx.QueryRow(ctx, `select setval(s, nextval(s) + $2 - 1)
			from (select pg_get_serial_sequence($1, 'id')::regclass as s) q`,
			name, n).Scan(&last)
		if err != nil {
			return err
		}
		at[name] = last - int64(n)
	}
	if queue > 0 {
		err := tx.QueryRow(ctx, `select setval('signup_queue', nextval('signup_queue') + $1 - 1) - $1`, queue).
			Scan(&queue)
		if err != nil {
			return err
		}
	}
	at["queue"] = queue
	tables := append(b.personTables(at, passwordHash), b.orgTables(at)...)
	tables = append(tables, b.eventTables(at)...)
	tables = append(tables, b.familyTables(at)...)
	tables = append(tables, b.signupTables(at)...)
	for _, t := range tables {
		if _, err := tx.CopyFrom(
			ctx, pgx.Identifier{t.name}, strings.Fields(t.columns), pgx.CopyFromRows(t.rows),
		); err != nil {
			return fmt.Errorf("demo: %s: %w", t.name, err)
		}
	}
	if err := b.closePast(ctx, tx, at); err != nil {
		return err
	}
	if err := b.writeDesk(ctx, tx, at); err != nil {
		return err
	}
	_, err := tx.Exec(
		ctx,
		`analyze person, data_consent, guardian, guardian_ask, guardian_consent, org, coordinator, campaign, event,
		event_cohost, shift, signup, ledger, total_event`,
	)
	return err
}

// closePast closes the past events. It is an update after the COPY because triggers count the totals
// when an event is closed.
func (b *builder) closePast(ctx context.Context, tx pgx.Tx, at offsets) error {
	var ids []int64
	var closed, days []time.Time
	for _, e := range b.events {
		if !e.closed.IsZero() {
			ids = append(ids, at["event"]+int64(e.n))
			closed = append(closed, e.closed)
			y, m, d := e.starts.In(b.zone).Date()
			days = append(days, time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
		}
	}
	_, err := tx.Exec(ctx, `
		update event e set closed_at = c.closed, held_on = c.day
		from unnest($1::bigint[], $2::timestamptz[], $3::date[]) as c (id, closed, day)
		where e.id = c.id`, ids, closed, days)
	return err
}

func (b *builder) personTables(at offsets, passwordHash string) []table {
	persons := table{
		name: "person", columns: "id email password_hash given_name family_name birth_date phone lang district " +
			"role calendar_token joined_at factor_since",
	}
	agreed := table{name: "data_consent", columns: "person_id version agreed_at"}
	apps := table{name: "totp", columns: "person_id secret added_at last_step"}
	for _, p := range b.people {
		id := at["person"] + int64(p.n)
		persons.rows = append(persons.rows, []any{
			id, p.email, passwordHash, p.given, p.family, p.birth, orNull(p.phone),
			string(p.lang), p.district, string(p.role), p.token, p.joined, nil,
		})
		if p.role != account.Volunteer {
			last := len(persons.rows) - 1
			persons.rows[last][len(persons.rows[last])-1] = p.joined
			apps.rows = append(apps.rows, []any{id, appSecret, p.joined, 0})
		}
		agreed.rows = append(agreed.rows, []any{id, consentText, p.joined})
	}
	return []table{persons, agreed, apps}
}

func (b *builder) orgTables(at offsets) []table {
	orgs := table{name: "org", columns: "id slug kind name summary contact_email contact_phone joined_on demo state"}
	for _, o := range b.orgs {
		orgs.rows = append(orgs.rows, []any{
			at["org"] + int64(o.n), o.slug, string(o.kind), o.name, o.summary, o.email, o.phone, date(o.joined),
			o.demo,
			orgState(o),
		})
	}
	acts := table{name: "coordinator", columns: "person_id org_id"}
	for _, c := range b.coordinators {
		acts.rows = append(acts.rows, []any{at["person"] + int64(c.person.n), at["org"] + int64(c.org.n)})
	}
	campaigns := table{name: "campaign", columns: "id slug org_id name summary body colour emblem updated_at position"}
	for _, c := range b.data.Campaigns {
		campaigns.rows = append(campaigns.rows, []any{
			at["campaign"] + int64(c.n), c.Slug, at["org"] + 1, c.Name, c.Summary, c.Body, c.Colour, c.Emblem, b.now,
			c.n,
		})
	}
	return []table{orgs, acts, campaigns}
}

func (b *builder) eventTables(at offsets) []table {
	events := table{name: "event", columns: strings.Join(event.Form().Columns(), " ") +
		" id state cancel_reason starts_at ends_at created_at published_at updated_at"}
	cohosts := table{name: "event_cohost", columns: "event_id org_id"}
	shifts := table{name: "shift", columns: "id event_id title starts_at ends_at capacity min_age"}
	for _, e := range b.events {
		id := at["event"] + int64(e.n)
		var row []any
		values := b.details(e, at).Values()
		for _, column := range event.Form().Columns() {
			row = append(row, values[column])
		}
		events.rows = append(events.rows, append(row,
			id, string(e.state), e.cancelReason, e.starts, e.ends, e.created, e.published, e.updated))
		for _, o := range e.cohosts {
			cohosts.rows = append(cohosts.rows, []any{id, at["org"] + int64(o.n)})
		}
		for _, s := range e.shifts {
			shifts.rows = append(shifts.rows, []any{
				at["shift"] + int64(s.n), id, s.title, s.starts, s.ends, s.capacity, ageOrNull(s.minAge),
			})
		}
	}
	return []table{events, cohosts, shifts}
}

// details returns the fields of an event as package event stores them.
func (b *builder) details(e *demoEvent, at offsets) event.Details {
	t, who := e.template, e.host.contact
	return event.Details{
		OrgID: at["org"] + int64(e.host.n), CampaignID: at["campaign"] + int64(e.campaign.n),
		Title: t.Title, Summary: t.Summary, Body: e.body, Bring: e.bring(b.data),
		Place: e.place.Text, District: e.place.district, Lat: &e.place.Lat, Lng: &e.place.Lng,
		Accessibility: e.place.Accessibility, ContactName: who.given + " " + who.family,
		ContactPhone: formatPhone(who.phone),
		AdultsOnly:   e.adults, MinAge: e.minAge, SignupOpensAt: timeOrNull(e.opens),
		SignupClosesAt: timeOrNull(e.closes),
		CutoffMinutes:  b.city.Rules.CutoffMinutes,
	}
}

// signupTables returns the guardians' consents, the sign-ups, the ledger and the deliveries.
func (b *builder) signupTables(at offsets) []table {
	consents := table{
		name: "guardian_consent", columns: "person_id event_id accompanied guardian_name relation text_version " +
			"agreed_at withdrawn_at guardian_id lang",
	}
	for _, k := range b.consents {
		var eventID *int64
		if k.event != nil {
			id := at["event"] + int64(k.event.n)
			eventID = &id
		}
		consents.rows = append(consents.rows, []any{
			at["person"] + int64(k.person.n), eventID, k.accompanied, k.guardian, k.relation, consentText,
			k.agreed, k.withdrawn, at["guardian"] + int64(k.by.n), string(k.person.lang),
		})
	}
	signups := table{
		name: "signup", columns: "id shift_id person_id during state queue_no hold_until ticket cancel_cause " +
			"created_at changed_at reminded_at",
	}
	ledger := table{
		name: "ledger", columns: "signup_id person_id event_id campaign_id org_id day age outcome participations " +
			"no_shows minutes recorded_at",
	}
	id, queue := at["signup"], at["queue"]
	for _, e := range b.events {
		for _, s := range e.shifts {
			during := pgtype.Range[time.Time]{
				Lower: s.starts, Upper: s.ends, LowerType: pgtype.Inclusive, UpperType: pgtype.Exclusive, Valid: true,
			}
			for _, u := range s.signups {
				id++
				var no *int64
				if u.state == waiting {
					queue++
					n := queue
					no = &n
				}
				personID := at["person"] + int64(u.person.n)
				signups.rows = append(signups.rows, []any{
					id, at["shift"] + int64(s.n), personID, during, u.state, no, timeOrNull(u.hold), u.ticket,
					orNull(u.cause),
					u.created, u.changed, timeOrNull(u.reminded),
				})
				if u.outcome == "" {
					continue
				}
				came, missed := 0, 0
				switch u.outcome {
				case attended:
					came = 1
				case noShow:
					missed = 1
				}
				ledger.rows = append(ledger.rows, []any{
					id, personID, at["event"] + int64(e.n), at["campaign"] + int64(e.campaign.n),
					at["org"] + int64(e.host.n),
					date(s.starts.In(b.zone)), event.AgeAt(
						u.person.birth, s.starts, b.zone,
					), u.outcome, came, missed, u.minutes, e.closed,
				})
			}
		}
	}
	return []table{consents, signups, ledger, b.deliveryTable(at)}
}

// deliveryTable returns what the past events delivered.
func (b *builder) deliveryTable(at offsets) table {
	things := table{name: "event_delivery", columns: "event_id kind amount"}
	for _, e := range b.events {
		came := 0
		for _, s := range e.shifts {
			for _, u := range s.signups {
				if u.outcome == attended {
					came++
				}
			}
		}
		for _, kind := range slices.Sorted(maps.Keys(e.campaign.Brings)) {
			// The amount varies with the number of the event.
			if amount := int(float64(came) * e.campaign.Brings[kind] * float64(6+e.n*7%9) / 10); amount > 0 {
				things.rows = append(things.rows, []any{at["event"] + int64(e.n), kind, amount})
			}
		}
	}
	return things
}

func date(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// formatPhone puts spaces into a phone number.
func formatPhone(p string) string {
	if len(p) != len("+77000123456") {
		return p
	}
	return p[:2] + " " + p[2:5] + " " + p[5:8] + " " + p[8:10] + " " + p[10:]
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func ageOrNull(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
