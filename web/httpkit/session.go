package httpkit

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/mfa"
	"shtab/web/link"
)

type (
	actorKey   struct{}
	sessionKey struct{}
)

// sessionIDKey is the session's key for its id in the database (account.Begin). The others are for a
// login that waits for the second factor: whose it is and since when.
const (
	sessionIDKey    = "session"
	pendingKey      = "pending"
	pendingEpochKey = "pending_epoch"
	pendingAtKey    = "pending_at"
)

// pendingLife is the time after the password within which the second factor must be shown.
const pendingLife = 10 * time.Minute

// NewSessions makes the session manager. Cookies carry the __Host- prefix where the portal is
// served over https. The token is stored hashed.
func NewSessions(store scs.Store, baseURL string) *scs.SessionManager {
	secure := strings.HasPrefix(baseURL, "https://")
	m := scs.New()
	m.Store = store
	m.Lifetime = account.SessionLife
	m.HashTokenInStore = true
	m.Cookie.Name = "shtab"
	if secure {
		m.Cookie.Name = "__Host-shtab"
	}
	m.Cookie.Secure = secure
	m.Cookie.HttpOnly = true
	m.Cookie.Path = "/"
	m.Cookie.SameSite = http.SameSiteLaxMode
	return m
}

// Session loads the session and the signed-in person. For a visitor without a cookie it runs no statement
// and stores nothing.
func (k *Kit) Session(next http.Handler) http.Handler {
	k.Sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		k.ServeError(w, r, fault.Unavailable(err))
	}
	return k.Sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := audit.WithAddress(context.WithValue(r.Context(), sessionKey{}, true), Address(r))
		if id := k.Sessions.GetInt64(ctx, sessionIDKey); id != 0 {
			actor, err := k.Accounts.Actor(ctx, id, k.Now())
			switch {
			case err == nil:
				ctx = context.WithValue(ctx, actorKey{}, actor)
			case fault.Of(err) == fault.KindNotFound: // ended, erased, suspended or signed out everywhere
				if err := k.Sessions.Destroy(ctx); err != nil {
					k.ServeError(w, r.WithContext(ctx), err)
					return
				}
			default:
				k.ServeError(w, r.WithContext(ctx), err)
				return
			}
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	}))
}

// Actor returns who makes the request; the zero Actor is a visitor.
func Actor(r *http.Request) account.Actor {
	a, _ := r.Context().Value(actorKey{}).(account.Actor)
	return a
}

// SignIn begins a session with a new token; factor says whether a second factor was shown.
func (k *Kit) SignIn(r *http.Request, in account.SignedIn, factor bool) error {
	ctx := r.Context()
	if err := k.leave(ctx); err != nil {
		return err
	}
	if err := k.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	id, err := k.Accounts.Begin(ctx, in, Device(r.UserAgent()), factor, k.Now())
	if err != nil {
		return err
	}
	for _, key := range []string{pendingKey, pendingEpochKey, pendingAtKey} {
		k.Sessions.Remove(ctx, key)
	}
	k.Sessions.Put(ctx, sessionIDKey, id)
	return nil
}

// CompleteLogin continues after a correct password: it asks for the second factor if the person has one,
// otherwise it signs in and redirects to next, or to the page that adds a required second factor.
func (k *Kit) CompleteLogin(w http.ResponseWriter, r *http.Request, in account.SignedIn, next string) error {
	ctx, l := r.Context(), Lang(r)
	if in.HasMFA {
		k.Sessions.Put(ctx, pendingKey, in.PersonID)
		k.Sessions.Put(ctx, pendingEpochKey, in.Epoch)
		k.Sessions.Put(ctx, pendingAtKey, k.Now().Unix())
		return k.Redirect(w, r, link.LoginMFA(l, next))
	}
	if err := k.SignIn(r, in, false); err != nil {
		return err
	}
	if in.MustAddMFA {
		return k.Redirect(w, r, link.SecurityApp(l, next))
	}
	return k.Redirect(w, r, cmp.Or(next, link.Me(l)))
}

// Pending returns the login that waits for the second factor; PersonID is 0 when there is none or it has
// expired.
func (k *Kit) Pending(r *http.Request) account.SignedIn {
	ctx := r.Context()
	if k.Now().Sub(time.Unix(k.Sessions.GetInt64(ctx, pendingAtKey), 0)) > pendingLife {
		return account.SignedIn{}
	}
	return account.SignedIn{
		PersonID: k.Sessions.GetInt64(ctx, pendingKey),
		Epoch:    k.Sessions.GetInt(ctx, pendingEpochKey),
	}
}

// passkeyKey is the session's key for the state that checks a browser's answer about a passkey.
const passkeyKey = "passkey"

// AskPasskey sends the challenge for a passkey to the browser's script, and keeps the state that checks
// the answer.
func (k *Kit) AskPasskey(w http.ResponseWriter, r *http.Request, q mfa.Challenge) error {
	k.Sessions.Put(r.Context(), passkeyKey, string(q.Session))
	w.Header().Set("Cache-Control", "no-store")
	return Send(w, "application/json", q.Options)
}

// PasskeyAsked returns the state that AskPasskey kept, and forgets it.
func (k *Kit) PasskeyAsked(r *http.Request) []byte {
	return []byte(k.Sessions.PopString(r.Context(), passkeyKey))
}

// SignOut ends the session.
func (k *Kit) SignOut(ctx context.Context) error {
	if err := k.leave(ctx); err != nil {
		return err
	}
	return k.Sessions.Destroy(ctx)
}

// leave ends this session's entry in the database, if any.
func (k *Kit) leave(ctx context.Context) error {
	id := k.Sessions.GetInt64(ctx, sessionIDKey)
	if id == 0 {
		return nil
	}
	return k.Accounts.Leave(ctx, id)
}

// Access is who may call a route; the zero Access is anyone. The domain packages check what a person
// may do with a particular row.
type Access struct {
	SignedIn bool               // has an account
	Can      account.Capability // has an account that may do this
	AndCan   account.Capability // and this too
	Fresh    bool               // has shown password and second factor within ten minutes
}

// Check returns an error for a contradictory Access.
func (a Access) Check() error {
	asks := a.SignedIn || a.Can != ""
	switch {
	case a.SignedIn && a.Can != "":
		return errors.New("a capability asks for an account already")
	case a.AndCan != "" && a.Can == "":
		return errors.New("a second capability without a first")
	case a.Fresh && !asks:
		return errors.New("nobody can be asked anew who is not asked for an account")
	}
	return nil
}

// Allows reports whether a signed-in person with the capabilities can may call the route.
func (a Access) Allows(can func(account.Capability) bool) bool {
	return (a.Can == "" || can(a.Can)) && (a.AndCan == "" || can(a.AndCan))
}

// Guard lets only requests through that access allows. It sends a visitor to sign in, a person whose
// rights need a second factor to show or add it, and a person whose login is not fresh to authenticate
// again, and then back. A form's content is lost on the way: the person sends it again.
func (k *Kit) Guard(access Access, h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a, l := Actor(r), Lang(r)
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		next := ""
		if reads {
			next = link.SafeNext(r.URL.RequestURI())
		}
		switch {
		case !access.SignedIn && access.Can == "":
			return h(w, r)
		case !a.SignedIn():
			return k.Redirect(w, r, link.Login(l, next))
		case access.Can != "" && a.Withheld && a.HasMFA:
			return k.Redirect(w, r, link.LoginMFA(l, next))
		case access.Can != "" && a.Withheld:
			return k.Redirect(w, r, link.SecurityApp(l, next))
		case !access.Allows(a.Can):
			return fault.Forbidden()
		case access.Fresh && !a.IsFresh(k.Now()):
			if !reads {
				next = CameFrom(r)
			}
			return k.Redirect(w, r, link.Reauthenticate(l, next, !reads))
		}
		w.Header().Set("Cache-Control", "private, no-store")
		return h(w, r)
	}
}

// CameFrom returns the portal's page that sent a form, if the browser says so, otherwise "".
func CameFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return ""
	}
	return link.SafeNext(u.RequestURI())
}

func pathWithoutLang(r *http.Request) string {
	if _, rest, ok := link.Split(r.URL.Path); ok {
		return rest
	}
	return ""
}
