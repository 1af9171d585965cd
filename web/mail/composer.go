package mail

import (
	"context"
	"fmt"
	"strings"
	"time"

	"shtab/internal/config"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

// Composer turns messages of the outbox into e-mails in their recipients' languages.
type Composer struct {
	stores Stores

	catalogue *i18n.Catalogue
	city      *config.City
	base      string // scheme and host of every link, without a slash at the end
	kinds     map[outbox.Kind]kind
}

// New makes a composer. It fails when a kind of message has no declaration, two, or half a one.
func New(catalogue *i18n.Catalogue, city *config.City, baseURL string, stores Stores) (*Composer, error) {
	c := &Composer{stores: stores, catalogue: catalogue, city: city, base: strings.TrimSuffix(baseURL, "/")}
	var err error
	c.kinds, err = index(outbox.Kinds(), kinds())
	return c, err
}

// index finds declarations by name, each of names exactly once.
func index(names []outbox.Kind, declared []kind) (map[outbox.Kind]kind, error) {
	byName := make(map[outbox.Kind]kind, len(declared))
	for _, k := range declared {
		if _, twice := byName[k.name]; twice {
			return nil, fmt.Errorf("mail: two declarations of message kind %q", k.name)
		}
		if !k.complete {
			return nil, fmt.Errorf("mail: the declaration of message kind %q lacks Load, Holds or Read", k.name)
		}
		byName[k.name] = k
	}
	for _, name := range names {
		if _, ok := byName[name]; !ok {
			return nil, fmt.Errorf("mail: no declaration of message kind %q", name)
		}
	}
	if len(byName) != len(names) {
		return nil, fmt.Errorf("mail: %d declarations of %d message kinds", len(byName), len(names))
	}
	return byName, nil
}

// Urgencies is how urgent each kind is, for the outbox.
func Urgencies() map[outbox.Kind]outbox.Urgency {
	urgencies := map[outbox.Kind]outbox.Urgency{}
	for _, k := range kinds() {
		urgencies[k.name] = k.urgency
	}
	return urgencies
}

// Follow does what else follows from a message, such as copies to guardians; it may be called again
// for the same message. It comes before Compose and also when the message itself is no longer so.
func (c *Composer) Follow(ctx context.Context, m outbox.Message, now time.Time) error {
	k, err := c.kind(m.Kind)
	if err != nil {
		return err
	}
	return k.follow(ctx, c.stores, m, now)
}

// Compose writes the e-mail of a message, as things are now. An outbox.NoLonger says that there is
// nothing to send any more.
func (c *Composer) Compose(ctx context.Context, m outbox.Message, now time.Time) (outbox.Email, error) {
	k, err := c.kind(m.Kind)
	if err != nil {
		return outbox.Email{}, err
	}
	return k.compose(ctx, c, m, now)
}

func (c *Composer) kind(name outbox.Kind) (kind, error) {
	k, ok := c.kinds[name]
	if !ok {
		return kind{}, fmt.Errorf("mail: no declaration of message kind %q", name)
	}
	return k, nil
}

func (c *Composer) writer(kind outbox.Kind, lang i18n.Lang, now time.Time) *writer {
	return &writer{
		Printer: c.catalogue.For(lang), city: c.city, base: c.base, texts: "mail." + string(kind), now: now,
	}
}
