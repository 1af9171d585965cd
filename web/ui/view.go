// Package ui holds the components that pages are built of: the layout, fields, badges, meters,
// icons. They know their request through a View in the context and nothing of the server.
package ui

import (
	"context"
	"time"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/static"
)

// View is what every page knows of its request.
type View struct {
	Printer *i18n.Printer
	Actor   account.Actor
	City    *config.City
	Assets  *static.Assets
	Now     time.Time
	BaseURL string // scheme and host, without a slash at the end
	Path    string // without the language: "/events/12", "" at home
	Query   string // as it came, without "?"
	Flash   *Flash // what the last POST has to say, once
	Demo    bool   // the demonstration says so on every page
}

// Flash is a message shown once on the next page. Tone is "good", "warn" or "bad".
type Flash struct {
	Tone string
	Key  string // of the catalogue
}

type viewKey struct{}

// With keeps v for the components of one request.
func With(ctx context.Context, v *View) context.Context {
	return i18n.With(context.WithValue(ctx, viewKey{}, v), v.Printer)
}

// From is the View of the request. A context without one is a bug.
func From(ctx context.Context) *View { return ctx.Value(viewKey{}).(*View) }

// Can reports whether whoever looks at the page can do c.
func Can(ctx context.Context, c account.Capability) bool { return From(ctx).Actor.Can(c) }

// T is the text of key in the page's language; see i18n.Printer.T.
func T(ctx context.Context, key string, args ...any) string { return i18n.From(ctx).T(key, args...) }

// P is the printer of the page's language.
func P(ctx context.Context) *i18n.Printer { return i18n.From(ctx) }

// L is the page's language.
func L(ctx context.Context) i18n.Lang { return i18n.From(ctx).Lang() }

// Here is the page's own address in l, query included.
func (v *View) Here(l i18n.Lang) string {
	s := link.In(l, v.Path)
	if v.Query != "" {
		s += "?" + v.Query
	}
	return s
}

// Asset is the URL of an embedded file.
func Asset(ctx context.Context, name string) string { return From(ctx).Assets.URL(name) }

// Page is what the layout says about a page.
type Page struct {
	Title       string
	Description string
	// the entry of the navigation that is current: events, campaigns, organizations, totals, me, book, profile,
	// desk, hq
	Section string
	Public  bool   // may be indexed, preloaded and shared
	Type    string // Open Graph type, "website" when empty
	JSONLD  any    // schema.org data, nil for none
	Wide    bool
}
