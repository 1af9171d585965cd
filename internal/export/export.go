// Package export makes the files that the headquarters asks for. A small one is made at once. A large one
// is made by a job, which says how far it has come; its file is kept for an hour for the person who asked
// for it, and for nobody else.
package export

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
	"shtab/internal/totals"
)

// Job is a file that a job makes or has made.
type Job struct {
	ID       int64
	Kind     Kind
	Query    string // the filters, as in the address of the file's page
	Format   Format
	Lang     i18n.Lang
	AskedAt  time.Time
	Total    int // rows
	Done     int // of them
	ReadyAt  *time.Time
	FailedAt *time.Time
	Bytes    int
}

// Store makes files, and keeps those that a job made.
type Store struct {
	db     *pgxpool.Pool
	out    *outbox.Outbox
	totals *totals.Store
	city   *config.City
	texts  *i18n.Catalogue
}

// NewStore makes a Store.
func NewStore(
	db *pgxpool.Pool, out *outbox.Outbox, totals *totals.Store, city *config.City, texts *i18n.Catalogue,
) *Store {
	return &Store{db, out, totals, city, texts}
}

// MaxImmediateRows is how many rows a file may have that is made at once.
const MaxImmediateRows = 5_000

// Lifetime is how long a file is kept.
const Lifetime = time.Hour

// Request makes a file at once, when it is small, or has a job make it: then the file is empty, and id is
// the job's. Either is in the audit. Any format but CSV is XLSX.
//
// It takes the capability of the kind, else it is Forbidden; a kind that does not exist is NotFound, and
// filters that no page sends are BadRequest.
func (s *Store) Request(
	ctx context.Context, actor account.Actor, kind Kind, query string, format Format, l i18n.Lang, now time.Time,
) (f File, id int64, err error) {
	d := kind.declared()
	if d == nil {
		return f, 0, fault.NotFound()
	}
	if slices.ContainsFunc(d.needs, func(c account.Capability) bool { return !actor.Can(c) }) {
		return f, 0, fault.Forbidden()
	}
	sheets, err := s.sheets(ctx, d, query, l, now)
	if err != nil {
		return f, 0, err
	}
	if format != CSV {
		format = XLSX
	}
	total := 0
	for _, sheet := range sheets {
		total += sheet.Rows
	}
	if total > MaxImmediateRows {
		id, err = s.enqueue(ctx, actor, Job{
			Kind: kind, Query: query, Format: format, Lang: l, AskedAt: now,
			Total: total,
		})
		return f, id, err
	}
	if err := s.log(ctx, s.db, actor, kind, 0, now); err != nil {
		return f, 0, postgres.Fault(err)
	}
	data, err := write(ctx, sheets, format, func(int) error { return nil })
	return File{Name: string(kind), Format: format, Data: data}, 0, err
}

// enqueue has a job make a file.
func (s *Store) enqueue(ctx context.Context, actor account.Actor, j Job) (id int64, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		// The same file asked for a moment ago is this one: a second press of the button makes no second job.
		err := tx.QueryRow(ctx, `select id from export
			where asked_by = $1 and kind = $2 and query = $3 and form = $4 and lang = $5
				and failed_at is null and asked_at > $6 order by id desc limit 1`,
			actor.PersonID, j.Kind, j.Query, j.Format, j.Lang, j.AskedAt.Add(-time.Minute)).Scan(&id)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		err = tx.QueryRow(ctx, `insert into export (kind, query, form, lang, asked_by, asked_at, total)
			values ($1, $2, $3, $4, $5, $6, $7) returning id`,
			j.Kind, j.Query, j.Format, j.Lang, actor.PersonID, j.AskedAt, j.Total).Scan(&id)
		if err != nil {
			return err
		}
		if err := s.log(ctx, tx, actor, j.Kind, id, j.AskedAt); err != nil {
			return err
		}
		return s.out.SendExport(ctx, tx, id)
	})
	return id, err
}

func (s *Store) log(
	ctx context.Context, db postgres.DB, actor account.Actor, kind Kind, id int64, now time.Time,
) error {
	return audit.Write(ctx, db, audit.Entry{
		At: now, ActorID: actor.PersonID, Verb: "export." + string(kind), Object: "export", ObjectID: id,
	})
}

func (s *Store) sheets(ctx context.Context, d *declaration, query string, l i18n.Lang,
	now time.Time,
) ([]Sheet, error) {
	filters, err := url.ParseQuery(query)
	if err != nil {
		return nil, fault.BadRequest(err)
	}
	return d.sheets(ctx, s, input{filters, s.texts.For(l), now})
}

const jobColumns = `x.id, x.kind, x.query, x.form as format, x.lang, x.asked_at, x.total, x.done,
	x.ready_at, x.failed_at,
	coalesce((select length(f.data) from export_file f where f.export_id = x.id), 0) as bytes`

// Get is a job that the actor asked for less than an hour ago; NotFound otherwise.
func (s *Store) Get(ctx context.Context, actor account.Actor, id int64, now time.Time) (Job, error) {
	rows, _ := s.db.Query(ctx, `select `+jobColumns+` from export x
		where x.id = $1 and x.asked_by = $2 and x.asked_at > $3`,
		id, actor.PersonID, now.Add(-Lifetime))
	j, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Job])
	return j, postgres.Fault(err)
}

// Download is the file of a job. The errors are those of Get, and NotFound as long as it is not ready.
func (s *Store) Download(ctx context.Context, actor account.Actor, id int64, now time.Time) (f File, err error) {
	err = s.db.QueryRow(ctx, `select x.kind, x.form, f.data from export x join export_file f on f.export_id = x.id
		where x.id = $1 and x.asked_by = $2 and x.asked_at > $3`,
		id, actor.PersonID, now.Add(-Lifetime)).Scan(&f.Name, &f.Format, &f.Data)
	return f, postgres.Fault(err)
}

// Make makes the file of a job, for the worker. A job that is done or has expired is left alone.
func (s *Store) Make(ctx context.Context, id int64, now time.Time) error {
	rows, _ := s.db.Query(ctx, `select `+jobColumns+` from export x
		where x.id = $1 and x.ready_at is null and x.asked_at > $2`,
		id, now.Add(-Lifetime))
	jobs, err := pgx.CollectRows(rows, pgx.RowToStructByName[Job])
	if err != nil || len(jobs) == 0 {
		return postgres.Fault(err)
	}
	j := jobs[0]
	d := j.Kind.declared()
	if d == nil {
		return fault.NotFound()
	}
	sheets, err := s.sheets(ctx, d, j.Query, j.Lang, now)
	if err != nil {
		return err
	}
	data, err := write(ctx, sheets, j.Format, func(done int) error {
		_, err := s.db.Exec(ctx, `update export set done = $2, total = greatest(total, $2) where id = $1`, id, done)
		return err
	})
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `insert into export_file (export_id, data) values ($1, $2)
			on conflict (export_id) do update set data = excluded.data`, id, data); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update export set ready_at = $2, done = total where id = $1`, id, now)
		return err
	})
}

// Failed records that a file will not be made; the person who asked for it sees that and may ask again.
func (s *Store) Failed(ctx context.Context, id int64, now time.Time) error {
	_, err := s.db.Exec(ctx, `update export set failed_at = $2 where id = $1 and ready_at is null`, id, now)
	return postgres.Fault(err)
}

// Sweep deletes the files that are older than an hour, and the jobs of a day ago.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	b := &pgx.Batch{}
	b.Queue(`delete from export_file f using export x where x.id = f.export_id and x.asked_at < $1`,
		now.Add(-Lifetime))
	b.Queue(`delete from export where asked_at < $1`, now.AddDate(0, 0, -1))
	return postgres.Fault(s.db.SendBatch(ctx, b).Close())
}
