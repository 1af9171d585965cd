// Package server is the portal over HTTP: the middleware every request passes, the one table of
// routes, and the four front rooms below it. Rules and SQL stand in the domains, markup in web.
package server

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/pgxstore"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"

	"shtab/internal/account"
	"shtab/internal/attendance"
	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/export"
	"shtab/internal/factor"
	"shtab/internal/fault"
	"shtab/internal/guardian"
	"shtab/internal/intake"
	"shtab/internal/org"
	"shtab/internal/people"
	"shtab/internal/roster"
	"shtab/internal/server/desk"
	"shtab/internal/server/hq"
	"shtab/internal/server/kit"
	"shtab/internal/server/me"
	"shtab/internal/server/public"
	"shtab/internal/settings"
	"shtab/internal/signup"
	"shtab/internal/totals"
	"shtab/web/link"
)

// maxBody is how many bytes of a request are read at most, where no file is sent.
const maxBody = 1 << 20

// patience is how long the work on one request may take.
const patience = 8 * time.Second

// Server is the portal's handler with what must be stopped at the end.
type Server struct {
	http.Handler
	routes   []route
	sessions *pgxstore.PostgresStore
}

// Deps is what the server is built of.
type Deps struct {
	Kit       *kit.Kit // Sessions is made here
	DB        *pgxpool.Pool
	Accounts  *account.Store
	Factors   *factor.Store
	Signups   *signup.Store
	Guardians *guardian.Store
	Intake    *intake.Store
	Orgs      *org.Store
	Roster    *roster.Store
	Review    *event.Reviewer
	Metrics   *prometheus.Registry
	People    *people.Store
	Exports   *export.Store
	Totals    *totals.Store
	Settings  *settings.Store
	Base      *config.City                // the city's file, without what is set over it
	Refresh   func(context.Context) error // makes a change of the settings hold

	Proxies []string // networks of trusted proxies; none: the peer's address is the visitor's

	Attendance *attendance.Store
}

// New builds the portal.
func New(d Deps) (*Server, error) {
	k := d.Kit
	// The worker sweeps expired sessions; the store's own clean-up stays off.
	s := &Server{sessions: pgxstore.NewWithCleanupInterval(d.DB, 0)}
	k.Sessions = kit.NewSessions(s.sessions, k.BaseURL)

	s.routes = routes(
		&public.Room{Kit: k, DB: d.DB, Accounts: d.Accounts, Factors: d.Factors, Signups: d.Signups, Guardians: d.Guardians, Orgs: d.Orgs, Figures: d.Totals},
		&me.Room{Kit: k, DB: d.DB, Accounts: d.Accounts, Factors: d.Factors, Signups: d.Signups, Guardians: d.Guardians, Attendance: d.Attendance},
		&desk.Room{
			Kit: k, DB: d.DB, Events: event.NewStore(d.DB, k.City), CampaignStore: campaign.NewStore(d.DB), Intake: d.Intake,
			Orgs: d.Orgs, Signups: d.Signups, Roster: d.Roster, Attendance: d.Attendance, Figures: d.Totals,
		},
		&hq.Room{Kit: k, DB: d.DB, Factors: d.Factors, Review: d.Review, Attendance: d.Attendance, Orgs: d.Orgs, Intake: d.Intake, People: d.People, Exports: d.Exports, Figures: d.Totals, Settings: d.Settings, Base: d.Base, Refresh: d.Refresh},
	)
	compressed, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(1), gzhttp.MinSize(1024))
	if err != nil {
		return nil, err
	}
	clientIP := middleware.ClientIPFromRemoteAddr
	if len(d.Proxies) > 0 {
		clientIP = middleware.ClientIPFromXFF(d.Proxies...)
	}
	foreign := http.NewCrossOriginProtection()
	// A guardian's page lets no referrer out, so that browsers which send no Sec-Fetch-Site name no
	// origin either. Who may answer there is said by the link alone.
	foreign.AddInsecureBypassPattern("POST /{lang}/guardian/{token}/{do}")
	foreign.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.Stop(w, r, http.StatusForbidden, "fault.cross_site")
	}))

	mux := chi.NewMux()
	mux.Use(kit.RequestID, clientIP, k.Observe(d.Metrics), k.Headers, middleware.GetHead)
	mux.Handle("/static/*", k.Assets)
	mux.Group(func(mux chi.Router) {
		mux.Use(func(h http.Handler) http.Handler { return compressed(h) },
			k.Recover, kit.Deadline(patience), k.Sane, foreign.Handler, k.Session)
		for _, rt := range s.routes {
			mux.With(k.Body(cmp.Or(uploads[rt.pattern], maxBody)), k.Limit(rt.perMinute)).Method(rt.method, rt.pattern, k.Handle(k.Guard(rt.access, rt.handler)))
		}
	})
	lost := func(h kit.Handler) http.HandlerFunc { return compressed(k.Recover(k.Session(k.Handle(h)))) }
	mux.NotFound(lost(func(w http.ResponseWriter, r *http.Request) error {
		if l, rest, ok := link.Split(r.URL.Path); ok && strings.HasSuffix(r.URL.Path, "/") && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			to := url.URL{Path: link.In(l, rest), RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, to.String(), http.StatusMovedPermanently) // somebody typed a slash
			return nil
		}
		return fault.NotFound()
	}))
	mux.MethodNotAllowed(lost(func(w http.ResponseWriter, r *http.Request) error {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if mux.Match(chi.NewRouteContext(), method, r.URL.Path) {
				w.Header().Add("Allow", method)
			}
		}
		k.Stop(w, r, http.StatusMethodNotAllowed, "fault.method")
		return nil
	}))
	s.Handler = mux
	return s, nil
}
