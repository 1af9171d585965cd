package mfa

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

// The bounds of passkeys: how many a person has, how long a name is, how long one may think.
const (
	passkeysMost = 10
	passkeyName  = 60
	passkeyWait  = 5 * time.Minute
)

// relyingParty is the portal as browsers know it: nil where it has no name of its own, only a network
// address, for which browsers make no passkeys.
func relyingParty(baseURL string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return nil, err
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return nil, nil
	}
	wait := webauthn.TimeoutConfig{Enforce: true, Timeout: passkeyWait, TimeoutUVD: passkeyWait}
	return webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: u.Hostname(), RPOrigins: []string{baseURL},
		AttestationPreference: protocol.PreferNoAttestation,
		// The device asks for a finger, a face or a PIN, and finds the key without being told whose
		// it is: so a passkey stands for the password and for the second factor.
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:      protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: wait, Registration: wait},
	})
}

// Passkey is one of a person's.
type Passkey struct {
	ID      int64
	Name    string
	AddedAt time.Time
	UsedAt  *time.Time
}

func passkeys(ctx context.Context, db postgres.DB, personID int64) ([]Passkey, error) {
	rows, _ := db.Query(ctx, `select id, name, added_at, used_at from passkey where person_id = $1 order by id`,
		personID)
	return pgx.CollectRows(rows, pgx.RowToStructByName[Passkey])
}

// passkeyOwner is a person as package webauthn asks for them.
type passkeyOwner struct {
	id    int64
	email string
	keys  []webauthn.Credential
}

// WebAuthnID is the person's id, in eight bytes: it says nothing of the person.
func (o passkeyOwner) WebAuthnID() []byte { return binary.BigEndian.AppendUint64(nil, uint64(o.id)) }

// WebAuthnName is what a list of passkeys on the device shows.
func (o passkeyOwner) WebAuthnName() string { return o.email }

// WebAuthnDisplayName is the same.
func (o passkeyOwner) WebAuthnDisplayName() string { return o.email }

// WebAuthnCredentials are the person's passkeys.
func (o passkeyOwner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

func (s *Store) owner(ctx context.Context, personID int64) (passkeyOwner, error) {
	o := passkeyOwner{id: personID}
	rows, _ := s.db.Query(ctx, `
		select coalesce(p.email, ''), k.credential from person p left join passkey k on k.person_id = p.id
		where p.id = $1 and p.erased_at is null order by k.id`, personID)
	var credential *webauthn.Credential
	_, err := pgx.ForEachRow(rows, []any{&o.email, &credential}, func() error {
		if credential != nil {
			o.keys = append(o.keys, *credential)
		}
		credential = nil
		return nil
	})
	return o, postgres.Fault(err)
}

// Challenge is what a browser is asked about a passkey, and what the portal has to keep to check the
// answer.
type Challenge struct {
	Options []byte // JSON, for the browser
	Session []byte
}

func newChallenge(options, kept any) (q Challenge, err error) {
	if q.Options, err = json.Marshal(options); err != nil {
		return q, err
	}
	q.Session, err = json.Marshal(kept)
	return q, err
}

// errNoPasskeys refuses a passkey that is not right, or where there are none.
var errNoPasskeys = fault.Conflict("factor.error.passkey")

// TakesPasskeys reports whether the portal's address is one that browsers make passkeys for.
func (s *Store) TakesPasskeys() bool { return s.web != nil }

// BeginAddPasskey is the challenge to add a passkey of the actor's own. Conflict beyond ten, or where the
// portal has no passkeys.
func (s *Store) BeginAddPasskey(ctx context.Context, actor account.Actor) (Challenge, error) {
	if s.web == nil {
		return Challenge{}, errNoPasskeys
	}
	o, err := s.owner(ctx, actor.PersonID)
	if err != nil {
		return Challenge{}, err
	}
	if len(o.keys) >= passkeysMost {
		return Challenge{}, fault.Conflict("factor.error.passkeys_many")
	}
	options, kept, err := s.web.BeginRegistration(o,
		webauthn.WithExclusions(webauthn.Credentials(o.keys).CredentialDescriptors()))
	if err != nil {
		return Challenge{}, err
	}
	return newChallenge(options, kept)
}

// AddPasskey adds the passkey that answers a challenge of BeginAddPasskey, under a name. With the first
// second factor come recovery codes, to be shown once.
//
// Errors: Invalid with the field name or passkey.
func (s *Store) AddPasskey(ctx context.Context, actor account.Actor, name string, kept, answer []byte,
	now time.Time,
) (codes []string, err error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || utf8.RuneCountInString(name) > passkeyName || strings.ContainsFunc(name, unicode.IsControl) {
		return nil, fault.Invalid(map[string]string{"name": "factor.error.passkey_name"})
	}
	refused := fault.Invalid(map[string]string{"passkey": "factor.error.passkey"})
	var asked webauthn.SessionData
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil || s.web == nil || json.Unmarshal(kept, &asked) != nil {
		return nil, refused
	}
	key, err := s.web.CreateCredential(passkeyOwner{id: actor.PersonID, email: actor.Email}, asked, parsed)
	if err != nil {
		return nil, refused
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if codes, err = s.afterAdding(ctx, tx, actor, "passkey", now); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, `
			insert into passkey (person_id, name, credential_id, credential, added_at)
			select $1, $2, $3, $4, $5 where (select count(*) from passkey where person_id = $1) < $6`,
			actor.PersonID, name, key.ID, key, now, passkeysMost)
		if err == nil && done.RowsAffected() == 0 {
			return fault.Conflict("factor.error.passkeys_many")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// RemovePasskey removes one of the actor's passkeys. NotFound when it is not theirs; Conflict for the last
// factor of somebody who must have one.
func (s *Store) RemovePasskey(ctx context.Context, actor account.Actor, id int64, now time.Time) error {
	return s.remove(ctx, actor, "passkey", `delete from passkey where person_id = $1 and id = $2`, id, now)
}

// BeginPasskey is the challenge to show one of the passkeys of who, or with PersonID 0 of anybody. Conflict
// when there is none.
func (s *Store) BeginPasskey(ctx context.Context, who account.Actor) (Challenge, error) {
	if s.web == nil {
		return Challenge{}, errNoPasskeys
	}
	if who.PersonID == 0 {
		options, kept, err := s.web.BeginDiscoverableLogin(
			webauthn.WithUserVerification(protocol.VerificationRequired))
		if err != nil {
			return Challenge{}, err
		}
		return newChallenge(options, kept)
	}
	o, err := s.owner(ctx, who.PersonID)
	if err != nil {
		return Challenge{}, err
	}
	if len(o.keys) == 0 {
		return Challenge{}, errNoPasskeys
	}
	options, kept, err := s.web.BeginLogin(o, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Challenge{}, err
	}
	return newChallenge(options, kept)
}

// CheckPasskey checks the answer to a challenge of BeginPasskey to the same who, and returns whose passkey
// it is. What follows from it is the caller's: it stands for password and second factor.
//
// Errors: Conflict for any answer that is not right.
func (s *Store) CheckPasskey(ctx context.Context, who account.Actor, kept, answer []byte,
	now time.Time,
) (personID int64, err error) {
	var asked webauthn.SessionData
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil || s.web == nil || json.Unmarshal(kept, &asked) != nil {
		return 0, errNoPasskeys
	}
	var o passkeyOwner
	var key *webauthn.Credential
	if who.PersonID == 0 {
		_, key, err = s.web.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
			if len(handle) != 8 {
				return nil, errors.New("mfa: a handle that is no person's id")
			}
			var err error
			o, err = s.owner(ctx, int64(binary.BigEndian.Uint64(handle)))
			return o, err
		}, asked, parsed)
	} else {
		if o, err = s.owner(ctx, who.PersonID); err != nil {
			return 0, err
		}
		key, err = s.web.ValidateLogin(o, asked, parsed)
	}
	if postgres.IsOutage(err) {
		return 0, err
	}
	if err != nil || key.Authenticator.CloneWarning {
		return 0, errNoPasskeys
	}
	_, err = s.db.Exec(ctx,
		`update passkey set credential = $3, used_at = $4 where person_id = $1 and credential_id = $2`, o.id, key.ID,
		key, now)
	return o.id, postgres.Fault(err)
}
