package mail

import (
	"context"
	"slices"
	"strings"
	"time"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/guardian"
	"shtab/internal/org"
	"shtab/internal/outbox"
	"shtab/internal/people"
	"shtab/internal/roster"
	"shtab/internal/signup"
)

// Stores are where the declarations load from.
type Stores struct {
	Accounts  *account.Store
	Orgs      *org.Store
	Reviews   *event.Reviewer
	Signups   *signup.Store
	Guardians *guardian.Store
	Rosters   *roster.Store
	People    *people.Store
}

// declaration is all there is to say of one kind of message: what it loads, when it still holds, how
// it reads. T is what is loaded; it embeds the recipient.
type declaration[T interface{ Addressee() outbox.Recipient }] struct {
	Kind    outbox.Kind
	Urgency outbox.Urgency

	// Load loads what the message says, as it is now; its error may be an outbox.NoLonger.
	Load func(context.Context, Stores, outbox.Message, time.Time) (T, error)
	// Holds says why what the message says is no longer so, empty when it is: a message is not sent
	// when its subject has changed meanwhile, since whatever changed it sends its own.
	Holds func(T, outbox.Message, time.Time) outbox.NoLonger
	// Read writes the letter. Its language is the writer's.
	Read func(*writer, T, outbox.Message) Letter

	// Calendar makes a calendar file to attach; nil: none.
	Calendar func(*writer, T) []byte
	// Copies: guardians who want copies of what the volunteer gets get one of this too.
	Copies bool
	// Follow does what else follows from the message, before it is composed; nil: nothing. It may be
	// called again for the same message.
	Follow func(context.Context, Stores, outbox.Message, time.Time) error
}

// stillSo is the Holds of what Load answers NoLonger for.
func stillSo[T any](T, outbox.Message, time.Time) outbox.NoLonger { return "" }

// kinds is every declaration.
func kinds() []kind {
	return slices.Concat(signupKinds(), eventKinds(), hoursKinds(), guardianKinds(), coordinatorKinds(), orgKinds(),
		accountKinds(), factorKinds())
}

// kind is a declaration without its type of what is loaded.
type kind struct {
	name     outbox.Kind
	urgency  outbox.Urgency
	complete bool // it says what it loads, when it holds and how it reads
	follow   func(context.Context, Stores, outbox.Message, time.Time) error
	compose  func(context.Context, *Composer, outbox.Message, time.Time) (outbox.Email, error)
}

func (d declaration[T]) kind() kind {
	return kind{
		name: d.Kind, urgency: d.Urgency, complete: d.Load != nil && d.Holds != nil && d.Read != nil,
		follow: d.follow, compose: d.compose,
	}
}

func (d declaration[T]) follow(ctx context.Context, s Stores, m outbox.Message, now time.Time) error {
	if m.GuardianID != 0 {
		return nil // it is itself what has followed
	}
	if d.Copies {
		if err := s.Guardians.SendCopies(ctx, m); err != nil {
			return err
		}
	}
	if d.Follow != nil {
		return d.Follow(ctx, s, m, now)
	}
	return nil
}

func (d declaration[T]) compose(
	ctx context.Context, c *Composer, m outbox.Message, now time.Time,
) (outbox.Email, error) {
	loaded, err := d.Load(ctx, c.stores, m, now)
	if err != nil {
		return outbox.Email{}, err
	}
	if why := d.Holds(loaded, m, now); why != "" {
		return outbox.Email{}, why
	}
	to := loaded.Addressee()
	var l Letter
	var calendar []byte
	if d.Copies && m.GuardianID != 0 {
		g, err := c.stores.Guardians.CopyLetter(ctx, m.GuardianID, now)
		if err != nil {
			return outbox.Email{}, err
		}
		to = g.Recipient
		w := c.writer(d.Kind, to.Lang, now)
		l = copied(w, d.Read(w, loaded, m), g)
	} else {
		w := c.writer(d.Kind, to.Lang, now)
		l = d.Read(w, loaded, m)
		if d.Calendar != nil {
			calendar = d.Calendar(w, loaded)
		}
	}
	var html strings.Builder
	if err := HTML(l).Render(ctx, &html); err != nil {
		return outbox.Email{}, err
	}
	return outbox.Email{
		To: to.To, Sender: l.Sender, Lang: l.Lang,
		Subject: l.Subject, Text: l.Text(), HTML: html.String(), Calendar: calendar,
	}, nil
}
