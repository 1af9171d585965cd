// Package migrations holds the schema: numbered SQL files, applied in order by
// internal/postgres/migrate. Files 0001 to 0016 are the baseline, one noun each; a later change is a
// file pair of its own whose title begins with a verb (0017_add_course). What they all
// give stands in schema.sql, which a test compares and nothing runs. It holds no Go logic.
package migrations

import "embed"

// FS is every migration, up and down.
//
//go:embed *.up.sql *.down.sql
var FS embed.FS
