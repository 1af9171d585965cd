// Package audit keeps who did what to which object, and when: ids and the names of fields,
// never their values, so that it can be kept when a person is erased.
package audit

import (
	"context"
	"time"

	"shtab/internal/postgres"
)

// Entry is one action. ActorID 0 is the portal itself.
type Entry struct {
	At       time.Time
	ActorID  int64
	Verb     string // "signup.cancel", in the words of the code
	Object   string // the table's noun
	ObjectID int64
	Fields   []string // names of what changed
}

type addressKey struct{}

// WithAddress keeps the network address that a request comes from, for what is written on its behalf.
func WithAddress(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, addressKey{}, address)
}

// Address is the one that WithAddress kept; empty for the portal's own work.
func Address(ctx context.Context) string {
	a, _ := ctx.Value(addressKey{}).(string)
	return a
}

// Write keeps e in the caller's transaction.
func Write(ctx context.Context, db postgres.DB, e Entry) error {
	if e.Fields == nil {
		e.Fields = []string{}
	}
	_, err := db.Exec(ctx, `insert into audit (at, actor_id, verb, object, object_id, fields, from_ip)
		values ($1, nullif($2::bigint, 0), $3, $4, $5, $6, nullif($7, ''))`,
		e.At, e.ActorID, e.Verb, e.Object, e.ObjectID, e.Fields, Address(ctx))
	return err
}

// WriteEach keeps the same action done to each of objects, in one statement.
func WriteEach(ctx context.Context, db postgres.DB, e Entry, objects []int64) error {
	if e.Fields == nil {
		e.Fields = []string{}
	}
	_, err := db.Exec(ctx, `insert into audit (at, actor_id, verb, object, object_id, fields, from_ip)
		select $1, nullif($2::bigint, 0), $3, $4, id, $6, nullif($7, '') from unnest($5::bigint[]) id`,
		e.At, e.ActorID, e.Verb, e.Object, objects, e.Fields, Address(ctx))
	return err
}
