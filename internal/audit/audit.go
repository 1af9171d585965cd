// Package audit keeps who did what to which object, and when: ids and the names of fields,
// never their values, so that it can be kept when a person is erased.
package audit

import (
	"context"
	"time"

	"shtab/internal/postgres"
)

// Entry is one deed. ActorID 0 is the portal itself.
type Entry struct {
	At       time.Time
	ActorID  int64
	Verb     string // "signup.cancel", in the words of the code
	Object   string // the table's noun
	ObjectID int64
	Fields   []string // names of what changed
}

// Write keeps e in the caller's transaction.
func Write(ctx context.Context, db postgres.DB, e Entry) error {
	if e.Fields == nil {
		e.Fields = []string{}
	}
	_, err := db.Exec(ctx, `insert into audit (at, actor_id, verb, object, object_id, fields)
		values ($1, nullif($2::bigint, 0), $3, $4, $5, $6)`, e.At, e.ActorID, e.Verb, e.Object, e.ObjectID, e.Fields)
	return err
}

// WriteEach keeps the same deed done to each of objects, in one statement.
func WriteEach(ctx context.Context, db postgres.DB, e Entry, objects []int64) error {
	if e.Fields == nil {
		e.Fields = []string{}
	}
	_, err := db.Exec(ctx, `insert into audit (at, actor_id, verb, object, object_id, fields)
		select $1, nullif($2::bigint, 0), $3, $4, id, $6 from unnest($5::bigint[]) id`, e.At, e.ActorID, e.Verb, e.Object, objects, e.Fields)
	return err
}
