package attendance

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/outbox"
)

// Store is the room's use cases: the door, the hours, the results.
type Store struct {
	db   *pgxpool.Pool
	out  *outbox.Outbox
	city *config.City
}

// NewStore makes the room over db; its mails go through out.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, city *config.City) *Store {
	return &Store{db: db, out: out, city: city}
}
