package migrate

import (
	"context"
	"fmt"

	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"shtab/internal/postgres"
)

// SchemaError says in one line why this program cannot use a database's schema, and what to do.
type SchemaError string

func (e SchemaError) Error() string { return string(e) }

func unusable(format string, args ...any) error { return SchemaError(fmt.Sprintf(format, args...)) }

// Check returns a [SchemaError] for a schema that this program cannot use; any other error comes from
// the database. The program can use every schema from its own newest migration on, until a migration
// records in schema_support that it needs a newer program. So an old release keeps working while newer
// migrations only add, and stops when one removes something.
func Check(ctx context.Context, db postgres.DB) error {
	latest, err := Latest()
	if err != nil {
		return err
	}
	version, dirty, err := current(ctx, db)
	switch {
	case err != nil:
		return err
	case dirty:
		return unusable("a process died while it applied migration %d: run `shtab migrate`, which says more", version)
	case version == 0:
		return unusable("the database has no schema yet: run `shtab migrate`")
	case version < latest:
		return unusable("the database is at migration %d and this program needs %d: run `shtab migrate`", version,
			latest)
	}
	var oldest, queue int
	err = db.QueryRow(ctx, `select (select oldest_program from schema_support),
		(select coalesce(max(version), 0) from river_migration)`).Scan(&oldest, &queue)
	switch {
	case isNoTable(err) && version > latest: // from before the first release
		return unusable("the database is at migration %d, which this program does not know: take an empty one",
			version)
	case isNoTable(err):
		return unusable("the database lacks the job queue: run `shtab migrate`")
	case err != nil:
		return err
	case uint(oldest) > latest:
		return unusable("the database is at migration %d, for programs that know %d or a later one; "+
			"this one ends at %d: run a newer release", version, oldest, latest)
	}
	known, err := queueVersion()
	if err == nil && queue < known {
		err = unusable("the job queue is at migration %d and this program needs %d: run `shtab migrate`", queue, known)
	}
	return err
}

// queueVersion is the number of the job queue's newest migration in this program.
func queueVersion() (newest int, err error) {
	queue, err := rivermigrate.New(riverpgxv5.New(nil), quiet())
	if err != nil {
		return 0, err
	}
	for _, m := range queue.AllVersions() {
		newest = max(newest, m.Version)
	}
	return newest, nil
}
