// Package export makes the files that the headquarters asks for. A small one is made at once; a
// large one by a job, which says how far it has come, and whose file is kept for an hour for the
// person who asked, and for nobody else.
package export

import (
	"bytes"
	"context"
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
	"shtab/internal/sheet"
	"shtab/internal/totals"
)

// Table is one sheet of a file: its rows come one by one.
type Table struct {
	Name string
	Head []string
	Rows int // about so many, for the progress
	Each func(ctx context.Context, row func([]any) error) error
}

// Kind is what a file holds.
type Kind string

// source is the tables of a file in a language, for the filters of its page's address.
type source func(ctx context.Context, s *Store, query string, p *i18n.Printer) ([]Table, error)

// sources are the files that can be asked for. Those of people need staff like the others; the
// front room asks for the password once more.
var sources = map[Kind]source{
	AuditLog: auditTables,
	Register: registerTables,
	Totals:   totalsTables,
	Report:   reportTables,
}

// Job is a file that was asked for.
type Job struct {
	ID       int64
	Kind     Kind
	Query    string
	Form     string // "xlsx", "csv": the first table
	Lang     i18n.Lang
	AskedAt  time.Time
	Total    int // rows
	Done     int
	ReadyAt  *time.Time
	FailedAt *time.Time
	Bytes    int
}

// Store makes files and keeps those that a job made.
type Store struct {
	db     *pgxpool.Pool
	out    *outbox.Outbox
	totals *totals.Store
	city   *config.City
	texts  *i18n.Catalogue
}

// NewStore makes one.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, totals *totals.Store, city *config.City, texts *i18n.Catalogue) *Store {
	return &Store{db, out, totals, city, texts}
}

// MaxImmediateRows is how many rows a file may have that is made while the asker waits.
const MaxImmediateRows = 5_000

// Lifetime is how long a file is kept.
const Lifetime = time.Hour

// File is a finished one.
type File struct {
	Name string // without its ending
	Form string
	Data []byte
}

// Request makes a file at once, when it is small, or has a job make it: then the file is empty and id
// is the export's. Each is in the audit.
//
// Staff may; for anybody else it is Forbidden. A kind that is none is NotFound.
func (s *Store) Request(ctx context.Context, actor account.Actor, kind Kind, query, form string, l i18n.Lang, now time.Time) (File, int64, error) {
	if !actor.IsStaff() {
		return File{}, 0, fault.Forbidden()
	}
	tables, err := s.tables(ctx, kind, query, l)
	if err != nil {
		return File{}, 0, err
	}
	if form != "csv" {
		form = "xlsx"
	}
	total := 0
	for _, t := range tables {
		total += t.Rows
	}
	note := func(db postgres.DB, id int64) error {
		return audit.Write(ctx, db, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "export." + string(kind), Object: "export", ObjectID: id})
	}
	if total <= MaxImmediateRows {
		if err := note(s.db, 0); err != nil {
			return File{}, 0, postgres.Fault(err)
		}
		data, err := write(ctx, tables, form, func(int) error { return nil })
		return File{Name: string(kind), Form: form, Data: data}, 0, err
	}
	var id int64
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		// The same file asked for a moment ago is that one: a second press makes no second job.
		err := tx.QueryRow(ctx, `select id from export where asked_by = $1 and kind = $2 and query = $3 and form = $4 and lang = $5
			and failed_at is null and asked_at > $6 order by id desc limit 1`, actor.PersonID, kind, query, form, l, now.Add(-time.Minute)).Scan(&id)
		if err != pgx.ErrNoRows {
			return err
		}
		err = tx.QueryRow(ctx, `insert into export (kind, query, form, lang, asked_by, asked_at, total) values ($1, $2, $3, $4, $5, $6, $7) returning id`,
			kind, query, form, l, actor.PersonID, now, total).Scan(&id)
		if err != nil {
			return err
		}
		if err := note(tx, id); err != nil {
			return err
		}
		return s.out.SendExport(ctx, tx, id)
	})
	return File{}, id, err
}

func (s *Store) tables(ctx context.Context, kind Kind, query string, l i18n.Lang) ([]Table, error) {
	make, ok := sources[kind]
	if !ok {
		return nil, fault.NotFound()
	}
	return make(ctx, s, query, s.texts.For(l))
}

const columns = `x.id, x.kind, x.query, x.form, x.lang, x.asked_at, x.total, x.done, x.ready_at, x.failed_at,
	coalesce((select length(f.data) from export_file f where f.export_id = x.id), 0) as bytes`

// Get is one that the actor asked for less than an hour ago; NotFound otherwise.
func (s *Store) Get(ctx context.Context, actor account.Actor, id int64, now time.Time) (Job, error) {
	rows, _ := s.db.Query(ctx, `select `+columns+` from export x where x.id = $1 and x.asked_by = $2 and x.asked_at > $3`, id, actor.PersonID, now.Add(-Lifetime))
	x, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Job])
	return x, postgres.Fault(err)
}

// Download is the file of one; the errors are those of Get, and NotFound as long as it is not ready.
func (s *Store) Download(ctx context.Context, actor account.Actor, id int64, now time.Time) (f File, err error) {
	err = s.db.QueryRow(ctx, `select x.kind, x.form, f.data from export x join export_file f on f.export_id = x.id
		where x.id = $1 and x.asked_by = $2 and x.asked_at > $3`, id, actor.PersonID, now.Add(-Lifetime)).Scan(&f.Name, &f.Form, &f.Data)
	return f, postgres.Fault(err)
}

// Make makes the file of one, for the worker. One that is made already, or over, is left alone.
func (s *Store) Make(ctx context.Context, id int64, now time.Time) error {
	rows, _ := s.db.Query(ctx, `select `+columns+` from export x where x.id = $1 and x.ready_at is null and x.asked_at > $2`, id, now.Add(-Lifetime))
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Job])
	if err != nil || len(list) == 0 {
		return postgres.Fault(err)
	}
	x := list[0]
	tables, err := s.tables(ctx, x.Kind, x.Query, x.Lang)
	if err != nil {
		return err
	}
	data, err := write(ctx, tables, x.Form, func(done int) error {
		_, err := s.db.Exec(ctx, `update export set done = $2, total = greatest(total, $2) where id = $1`, id, done)
		return err
	})
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `insert into export_file (export_id, data) values ($1, $2) on conflict (export_id) do update set data = excluded.data`, id, data); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update export set ready_at = $2, done = total where id = $1`, id, now)
		return err
	})
}

// Failed says that a file will not be made: whoever asked sees it and may ask again.
func (s *Store) Failed(ctx context.Context, id int64, now time.Time) error {
	_, err := s.db.Exec(ctx, `update export set failed_at = $2 where id = $1 and ready_at is null`, id, now)
	return postgres.Fault(err)
}

// Sweep deletes the files that are older than an hour, and what was asked for a day ago.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	b := &pgx.Batch{}
	b.Queue(`delete from export_file f using export x where x.id = f.export_id and x.asked_at < $1`, now.Add(-Lifetime))
	b.Queue(`delete from export where asked_at < $1`, now.AddDate(0, 0, -1))
	return postgres.Fault(s.db.SendBatch(ctx, b).Close())
}

// tick is after how many rows the progress is written down.
const tick = 2_000

// write reads every table and writes the file; progress hears how many rows have come.
func write(ctx context.Context, tables []Table, form string, progress func(done int) error) ([]byte, error) {
	sheets := make([]sheet.Sheet, len(tables))
	done := 0
	for i, t := range tables {
		sheets[i] = sheet.Sheet{Name: t.Name, Head: t.Head, Rows: make([][]any, 0, t.Rows)}
		err := t.Each(ctx, func(row []any) error {
			sheets[i].Rows = append(sheets[i].Rows, row)
			if done++; done%tick == 0 {
				return progress(done)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	var err error
	if form == "csv" {
		err = sheet.WriteCSV(&b, sheets[0])
	} else {
		err = sheet.WriteXLSX(&b, sheets...)
	}
	return b.Bytes(), err
}
