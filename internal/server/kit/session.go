package kit

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/web/link"
)

type (
	actorKey   struct{}
	sessionKey struct{}
)

const personKey, epochKey = "person", "epoch"

// NewSessions makes the session manager. Cookies carry the __Host- prefix where the portal is
// served over https. The token is stored hashed.
func NewSessions(store scs.Store, baseURL string) *scs.SessionManager {
	secure := strings.HasPrefix(baseURL, "https://")
	m := scs.New()
	m.Store = store
	m.Lifetime = 30 * 24 * time.Hour
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

// Session loads the session and who is signed in. A visitor without a cookie costs no statement
// and nothing is written for them.
func (k *Kit) Session(next http.Handler) http.Handler {
	k.Sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		k.ServeError(w, r, fault.Unavailable(err))
	}
	return k.Sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := audit.From(context.WithValue(r.Context(), sessionKey{}, true), Address(r))
		if id := k.Sessions.GetInt64(ctx, personKey); id != 0 {
			actor, err := k.Accounts.Actor(ctx, id, k.Sessions.GetInt(ctx, epochKey))
			switch {
			case err == nil:
				ctx = context.WithValue(ctx, actorKey{}, actor)
			case fault.Of(err) == fault.KindNotFound: // erased, suspended or signed out everywhere
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

// Actor is who asks; the zero Actor is a visitor.
func Actor(r *http.Request) account.Actor {
	a, _ := r.Context().Value(actorKey{}).(account.Actor)
	return a
}

// SignIn begins a session under a new token.
func (k *Kit) SignIn(ctx context.Context, s account.SignedIn) error {
	if err := k.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	k.Sessions.Put(ctx, personKey, s.PersonID)
	k.Sessions.Put(ctx, epochKey, s.Epoch)
	return nil
}

// SignOut ends the session.
func (k *Kit) SignOut(ctx context.Context) error { return k.Sessions.Destroy(ctx) }

// Access is who may call a route.
type Access int

// The kinds of access. What a person may do with a particular row is the domain's question.
const (
	Anyone      Access = iota
	SignedIn           // has an account
	Coordinator        // acts for an organisation; staff may too
	StaffOnly          // works for the headquarters
	AdminOnly          // administers it
	DemoOnly           // anyone, in the demonstration; elsewhere there is no such page
)

// Guard lets through whom access names. A visitor is led to sign in and back.
func (k *Kit) Guard(access Access, h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := Actor(r)
		switch {
		case access == Anyone:
			return h(w, r)
		case access == DemoOnly:
			if !k.Demo {
				return fault.NotFound()
			}
			return h(w, r)
		case !a.SignedIn():
			next := ""
			if r.Method == http.MethodGet {
				next = r.URL.RequestURI()
			}
			return k.See(w, r, link.Login(Lang(r), link.Safe(next)))
		case access == Coordinator && !a.IsCoordinator() && !a.IsStaff(),
			access == StaffOnly && !a.IsStaff(),
			access == AdminOnly && !a.IsAdmin():
			return fault.Forbidden()
		}
		w.Header().Set("Cache-Control", "private, no-store")
		return h(w, r)
	}
}

func pathWithoutLang(r *http.Request) string {
	if _, rest, ok := link.Split(r.URL.Path); ok {
		return rest
	}
	return ""
}
