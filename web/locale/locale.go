// Package locale holds the portal's texts: one folder a language, one file a subject. internal/i18n reads them; a test
// here finds texts that no code names.
package locale

import "embed"

// FS is every text: {kk,ru,en}/{subject}.toml.
//
//go:embed kk/*.toml ru/*.toml en/*.toml
var FS embed.FS
