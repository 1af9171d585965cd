package roster

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// The limits of a message: its length in characters in each language, and how many messages one event may send on
// a day of the city.
const (
	MaxSubject = 120
	MaxBody    = 2000
	MaxDaily   = 3
)

// Everybody is the audience of all who are signed up, in whatever state. The other audiences are states of sign-ups.
const Everybody = "all"

// Audiences is every audience in the order in which it is offered.
var Audiences = []string{Everybody, "confirmed", "waitlisted", "awaiting_consent"}

// NewMessage is a message before it is sent.
type NewMessage struct {
	Shift    int64 // 0: all
	Audience string
	Subject  i18n.Text
	Body     i18n.Text // plain text
	Key      string    // identifies the form: sent twice, it sends one message
}

// Message is one that was sent.
type Message struct {
	ID       int64
	ShiftID  int64 // 0: to all shifts
	Audience string
	Subject  i18n.Text
	Body     i18n.Text
	Readers  int
	SentAt   time.Time
	By       string // the given name and first letter of whoever sent it
}

// normalized is d as it is stored.
func (d NewMessage) normalized() NewMessage {
	for _, t := range []*i18n.Text{&d.Subject, &d.Body} {
		*t = i18n.Text{KK: clean(t.KK), RU: clean(t.RU), EN: clean(t.EN)}
	}
	return d
}

func clean(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// check is Invalid on the fields that are wrong. English may be left out, but then both its subject and its body.
func (d NewMessage) check(e Event) error {
	wrong := fault.Fields{}
	if !slices.Contains(Audiences, d.Audience) || d.Shift != 0 && e.Shift(d.Shift).ID == 0 {
		wrong.Add("audience", "fault.invalid")
	}
	for _, l := range i18n.Langs {
		subject, body := d.Subject.Get(l), d.Body.Get(l)
		needed := l != i18n.EN || subject+body != ""
		switch n := utf8.RuneCountInString(subject); {
		case n > MaxSubject || strings.Contains(subject, "\n"):
			wrong.Add("subject_"+string(l), "message.subject_long")
		case n == 0 && needed:
			wrong.Add("subject_"+string(l), "message.subject_missing")
		}
		switch n := utf8.RuneCountInString(body); {
		case n > MaxBody:
			wrong.Add("body_"+string(l), "message.body_long")
		case n == 0 && needed:
			wrong.Add("body_"+string(l), "message.body_missing")
		}
	}
	return wrong.Err()
}

// recipients selects whom a message goes to: each person once, however many shifts they are in.
const recipients = `
	select distinct g.person_id
	from signup g join shift s on s.id = g.shift_id join person p on p.id = g.person_id
	where s.event_id = @event and (@shift::bigint = 0 or g.shift_id = @shift) and g.state <> 'cancelled'
		and (@audience::text = 'all' or g.state = @audience) and p.email is not null and p.suspended_at is null`

// Preview is d as it would be sent, and to how many people. It changes nothing. Permissions and errors are those of
// Send.
func (s *Store) Preview(ctx context.Context, e Event, d NewMessage, now time.Time) (NewMessage, int, error) {
	d = d.normalized()
	if err := d.checkOpen(e, now); err != nil {
		return d, 0, err
	}
	var n int
	err := s.db.QueryRow(ctx, `select count(*) from (`+recipients+`) r`,
		pgx.StrictNamedArgs{"event": e.ID, "shift": d.Shift, "audience": d.Audience}).Scan(&n)
	if err == nil && n == 0 {
		return d, 0, fault.Invalid(map[string]string{"audience": "message.nobody"})
	}
	return d, n, postgres.Fault(err)
}

// checkOpen is check, and a Conflict when the event's people may not be written to now.
func (d NewMessage) checkOpen(e Event, now time.Time) error {
	if !e.Open(now) {
		return fault.Conflict("message.closed")
	}
	return d.check(e)
}

// Send mails d to everybody in its audience, in their languages, and stores it. A repeat with the same key sends
// nothing more. It returns how many people it went to.
//
// Whoever has got e from Event may. Wrong texts and an empty audience are Invalid, and so is, on subject_kk, one
// message more than MaxDaily. Before publication and PhonesFor after the event's end it is a Conflict
// message.closed.
func (s *Store) Send(
	ctx context.Context, actor account.Actor, e Event, d NewMessage, now time.Time,
) (n int, err error) {
	d = d.normalized()
	if err := d.checkOpen(e, now); err != nil {
		return 0, err
	}
	if d.Key == "" || len(d.Key) > 64 {
		return 0, fault.BadRequest(nil)
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		// Locking the event's row makes its messages wait for each other, so that the day's are counted right.
		if _, err := tx.Exec(ctx, `select from event where id = $1 for no key update`, e.ID); err != nil {
			return err
		}
		var today int
		err := tx.QueryRow(ctx, `select
				count(*) filter (where sent_at >= @since), coalesce(max(readers) filter (where key = @key), 0)
			from message where event_id = @event`,
			pgx.StrictNamedArgs{"event": e.ID, "since": s.midnight(now), "key": d.Key}).Scan(&today, &n)
		if err != nil || n > 0 { // sent already
			return err
		}
		if today >= MaxDaily {
			return fault.Invalid(map[string]string{"subject_kk": "message.limit"})
		}
		rows, _ := tx.Query(ctx, recipients, pgx.StrictNamedArgs{
			"event": e.ID, "shift": d.Shift,
			"audience": d.Audience,
		})
		to, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		if n = len(to); n == 0 {
			return fault.Invalid(map[string]string{"audience": "message.nobody"})
		}
		var id int64
		err = tx.QueryRow(ctx, `
			insert into message (event_id, shift_id, audience, subject, body, readers, key, sent_by, sent_at)
			values (@event, nullif(@shift::bigint, 0), @audience, @subject, @body, @readers, @key, @by, @now)
				returning id`,
			pgx.StrictNamedArgs{
				"event": e.ID, "shift": d.Shift, "audience": d.Audience, "subject": d.Subject, "body": d.Body,
				"readers": n, "key": d.Key, "by": actor.PersonID, "now": now,
			}).Scan(&id)
		if err != nil {
			return err
		}
		mails := make([]outbox.Message, n)
		for i, person := range to {
			mails[i] = outbox.Message{Kind: outbox.CoordinatorMessage, PersonID: person, SubjectID: id}
		}
		if err := s.out.Send(ctx, tx, mails...); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "message.send", Object: "message", ObjectID: id,
		})
	})
	return n, err
}

// midnight is the start of the city's day in which now is.
func (s *Store) midnight(now time.Time) time.Time {
	y, m, d := now.In(s.city.Location()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, s.city.Location())
}

// Messages is the latest 100 messages to the people of e, the newest first, and how many more may be sent today.
func (s *Store) Messages(ctx context.Context, e Event, now time.Time) (sent []Message, left int, err error) {
	rows, _ := s.db.Query(ctx, `
		select m.id, coalesce(m.shift_id, 0) as shift_id, m.audience, m.subject, m.body, m.readers, m.sent_at,
			p.given_name || ' ' || left(p.family_name, 1) || '.' as by
		from message m join person p on p.id = m.sent_by
		where m.event_id = $1 order by m.sent_at desc, m.id desc limit 100`, e.ID)
	sent, err = pgx.CollectRows(rows, pgx.RowToStructByName[Message])
	left = MaxDaily
	for _, m := range sent {
		if !m.SentAt.Before(s.midnight(now)) {
			left--
		}
	}
	return sent, max(0, left), postgres.Fault(err)
}
