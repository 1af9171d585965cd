package attendance

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/outbox"
)

// Store holds the use cases: check-in, hours and results.
type Store struct {
	db   *pgxpool.Pool
	out  *outbox.Outbox
	city *config.City
}

// NewStore makes a store over db. It sends its mails through out.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, city *config.City) *Store {
	return &Store{db: db, out: out, city: city}
}
