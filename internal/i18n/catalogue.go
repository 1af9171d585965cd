package i18n

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Catalogue is all texts of the portal in every language.
type Catalogue struct {
	printers map[Lang]*Printer
	keys     map[Lang][]string
}

// Load reads {kk,ru,en}/*.toml from fsys; times are shown in zone. It fails when a key is missing in one of the
// languages, or is there twice.
func Load(fsys fs.FS, zone *time.Location) (*Catalogue, error) {
	bundle := goi18n.NewBundle(language.Kazakh)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	c := &Catalogue{printers: map[Lang]*Printer{}, keys: map[Lang][]string{}}
	for _, l := range Langs {
		files, err := fs.Glob(fsys, path.Join(string(l), "*.toml"))
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("i18n: no texts for %s: %w", l, err)
		}
		seen := map[string]string{}
		plain := map[string]string{}
		for _, f := range files {
			b, err := fs.ReadFile(fsys, f)
			if err != nil {
				return nil, err
			}
			// go-i18n reads the language from the file's name.
			m, err := bundle.ParseMessageFileBytes(b, strings.TrimSuffix(path.Base(f), ".toml")+"."+string(l)+".toml")
			if err != nil {
				return nil, fmt.Errorf("i18n: %s: %w", f, err)
			}
			for _, msg := range m.Messages {
				if was, twice := seen[msg.ID]; twice {
					return nil, fmt.Errorf("i18n: %s is in %s and in %s", msg.ID, was, f)
				}
				seen[msg.ID] = f
				if msg.One == "" && msg.Few == "" && msg.Many == "" && !strings.Contains(msg.Other, "{{") {
					plain[msg.ID] = msg.Other
				}
			}
		}
		c.keys[l] = slices.Sorted(maps.Keys(seen))
		c.printers[l] = newPrinter(l, goi18n.NewLocalizer(bundle, string(l)), plain, zone)
	}
	for _, l := range Langs[1:] {
		if missing := difference(c.keys[KK], c.keys[l]); len(missing) > 0 {
			return nil, fmt.Errorf("i18n: missing in %s: %s", l, strings.Join(missing, ", "))
		}
		if missing := difference(c.keys[l], c.keys[KK]); len(missing) > 0 {
			return nil, fmt.Errorf("i18n: missing in kk: %s (which is in %s)", strings.Join(missing, ", "), l)
		}
	}
	return c, nil
}

func difference(a, b []string) (missing []string) {
	for _, k := range a {
		if _, ok := slices.BinarySearch(b, k); !ok {
			missing = append(missing, k)
		}
	}
	return missing
}

// For is the printer of a language.
func (c *Catalogue) For(l Lang) *Printer { return c.printers[l] }

// Keys are all keys, sorted.
func (c *Catalogue) Keys() []string { return c.keys[KK] }

type ctxKey struct{}

// With puts the printer of a request's language into its context, for the templates.
func With(ctx context.Context, p *Printer) context.Context {
	return context.WithValue(ctx, ctxKey{}, p)
}

// From is the printer that With put into the context. It panics when there is none.
func From(ctx context.Context) *Printer {
	return ctx.Value(ctxKey{}).(*Printer)
}
