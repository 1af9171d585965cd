package demo

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/event"
	"shtab/internal/org"
)

// pendingEvent is an event that is not published yet, copied from one that its host has held.
type pendingEvent struct {
	org       int // the number of its host
	nth       int // which of the host's past events, 0 the latest
	in        int // days until it starts
	state     string
	submitted time.Duration // how long ago; 0: never
	returned  time.Duration // how long ago; 0: never
	words     string        // of the headquarters when it returned the event
}

// pendingEvents are the unpublished events for coordinator@ and staff@: two drafts, one of them
// returned, and two events in review, one for the second time.
func (b *builder) pendingEvents() []pendingEvent {
	var mine, young []int
	for _, o := range b.orgs {
		switch {
		case o.contact == b.special["coordinator"]:
			mine = append(mine, o.n)
		case o.demo && orgState(o) == org.Active:
			young = append(young, o.n)
		}
	}
	const where = "Мекенжайды нақтылап, кіреберісте кім күтіп алатынын жазыңызшы.\n" +
		"Уточните адрес и напишите, кто встречает людей у входа."
	return []pendingEvent{
		{org: mine[0], nth: 0, in: 12, state: "draft"},
		{
			org: mine[0], nth: 1, in: 14, state: "draft", submitted: 52 * time.Hour, returned: 20 * time.Hour,
			words: where,
		},
		{org: young[0], nth: 0, in: 10, state: "review", submitted: 30 * time.Hour},
		{
			org: young[len(young)-1], nth: 0, in: 11, state: "review", submitted: 5 * time.Hour,
			returned: 29 * time.Hour, words: where,
		},
	}
}

// orgState is the state of an organisation: some initiative groups are not trusted yet.
func orgState(o *organization) org.State {
	if o.kind == org.Initiative && o.n%4 == 0 {
		return org.Active
	}
	return org.Trusted
}

// writeDesk writes the unpublished events and the applications of organisations.
func (b *builder) writeDesk(ctx context.Context, tx pgx.Tx, at offsets) error {
	var batch pgx.Batch
	columns := event.CopiedColumns()
	for _, u := range b.pendingEvents() {
		y, m, d := b.now.In(b.zone).Date()
		starts := time.Date(y, m, d+u.in, 11, 0, 0, 0, b.zone)
		args := pgx.StrictNamedArgs{
			"org": at["org"] + int64(u.org), "nth": u.nth, "state": u.state, "day": starts.Format(time.DateOnly),
			"starts": starts, "ends": starts.Add(2 * time.Hour), "now": b.now,
			"submitted": timeAgo(b.now, u.submitted), "returned_at": timeAgo(b.now, u.returned), "returned": u.words,
		}
		batch.Queue(`with made as (
			insert into event (`+strings.Join(columns,
			", ")+`, state, slots, starts_at, ends_at, created_at, updated_at,
			submitted_at,
				returned, returned_at)
			select e.`+strings.Join(columns, ", e.")+`, @state,
				jsonb_build_array(jsonb_build_object('day', @day::text, 'from', '11:00', 'to', '13:00', 'capacity',
					20)),
				@starts, @ends, coalesce(@submitted::timestamptz, @now) - interval '3 days',
					coalesce(@submitted, @now),
				@submitted, @returned, @returned_at::timestamptz
			from event e where e.org_id = @org and e.closed_at is not null and e.adults_only is null
				and e.min_age is null
			order by e.starts_at desc, e.id desc offset @nth limit 1
			returning id, state)
			insert into audit (at, actor_id, verb, object, object_id, fields)
			select @submitted::timestamptz - interval '1 hour', null, 'event.save', 'event', id,
				'{place,contact_phone}'
			from made where state = 'review' and @returned <> ''`, args)
	}
	b.queueApplications(&batch, at)
	return tx.SendBatch(ctx, &batch).Close()
}

// queueApplications queues two applications of organisations: a new one, and one that was returned
// and handed in again.
func (b *builder) queueApplications(batch *pgx.Batch, at offsets) {
	for i, a := range []struct {
		slug, kind, kk, ru, en, documents string
		applied                           time.Duration
		returned                          string
	}{
		{"demo-jasyl-aula", "initiative_group", "Жасыл аула", "Зелёный двор", "Green Yard", "", 27 * time.Hour, ""},
		{
			"demo-meirim-apteka", "enterprise", "«Мейірім» дәріханасы", "Аптека «Мейірім»", "Meirim pharmacy",
			"Талон № 0042 от 03.02.2023", 5 * time.Hour,
			"Тіркеу құжатының нөмірін жазыңызшы.\nНапишите номер документа о регистрации.",
		},
	} {
		who := b.people[len(b.people)-1-i]
		batch.Queue(`insert into org (slug, kind, name, summary, contact_email, joined_on, demo, state, documents,
			applied_by, applied_at, returned, looked_at)
			values (@slug, @kind, jsonb_build_object('kk', @kk::text, 'ru', @ru::text, 'en', @en::text), '{}', @email,
			@day, true, 'applied', @documents, @who, @applied, @returned,
				case when @returned <> '' then jsonb_build_object('Kind', @kind::text, 'Name',
				jsonb_build_object('kk', @kk::text, 'ru', @ru::text, 'en', @en::text), 'Email', @email::text,
					'JoinedOn', to_char(@day::date, 'YYYY-MM-DD"T00:00:00Z"')) end)`, pgx.StrictNamedArgs{
			"slug": a.slug, "kind": a.kind, "kk": a.kk, "ru": a.ru, "en": a.en, "email": a.slug + "@shtab.test",
			"day":       b.now.Add(-a.applied).Format(time.DateOnly),
			"documents": a.documents, "who": at["person"] + int64(who.n),
			"applied": b.now.Add(-a.applied), "returned": a.returned,
		})
	}
}

// timeAgo is now minus ago; nil when ago is 0.
func timeAgo(now time.Time, ago time.Duration) *time.Time {
	if ago == 0 {
		return nil
	}
	at := now.Add(-ago)
	return &at
}
