// Package migrations holds the schema: numbered SQL files, one noun each,
// applied in order by internal/postgres/migrate. It holds no Go logic.
package migrations

import "embed"

// FS is every migration, up and down.
//
//go:embed *.sql
var FS embed.FS
