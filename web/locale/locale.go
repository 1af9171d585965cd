// Package locale holds the portal's words: one folder a language, one file a subject. It holds
// no code; internal/i18n reads it.
package locale

import "embed"

// FS is every text: {kk,ru,en}/{subject}.toml.
//
//go:embed kk/*.toml ru/*.toml en/*.toml
var FS embed.FS
