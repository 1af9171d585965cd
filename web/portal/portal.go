// Package portal puts the portal together: the domains over one database, the pages over HTTP, and
// the worker beside them. The program and the tests build the same one here; rules of its own it has
// none.
package portal

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/pgxstore"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"shtab/internal/account"
	"shtab/internal/attendance"
	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/eventimport"
	"shtab/internal/export"
	"shtab/internal/guardian"
	"shtab/internal/i18n"
	"shtab/internal/mfa"
	"shtab/internal/org"
	"shtab/internal/outbox"
	"shtab/internal/people"
	"shtab/internal/postgres"
	"shtab/internal/roster"
	"shtab/internal/settings"
	"shtab/internal/signup"
	"shtab/internal/totals"
	"shtab/internal/worker"
	"shtab/web/httpkit"
	"shtab/web/locale"
	"shtab/web/mail"
	"shtab/web/static"
)

// Options are what a portal needs besides its database.
type Options struct {
	Config  config.Config
	City    *config.City
	Metrics *prometheus.Registry
	Log     *slog.Logger
	Clock   func() time.Time // nil: the machine's
	Signup  []signup.Option
	Assets  *static.Assets // nil: made anew, which compresses each file

	// Demo makes the pages of the demonstration, which says so on every page; nil in a portal of a city.
	Demo func(*httpkit.Kit, postgres.DB) httpkit.DemoPages
}

// process is what lives as long as the program, whatever the settings become.
type process struct {
	Options
	pool      *pgxpool.Pool
	assets    *static.Assets
	hasher    *account.Hasher
	limits    *httpkit.Limits // nil: none
	metrics   *httpkit.Metrics
	outbox    *outbox.Outbox
	totals    *totals.Store
	settings  *settings.Store
	refreshed func(context.Context) error // makes a change of the settings hold
}

func newProcess(pool *pgxpool.Pool, o Options) (*process, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	p := &process{
		Options: o, pool: pool, assets: o.Assets, hasher: account.NewHasher(), totals: totals.NewStore(pool),
		settings: settings.NewStore(pool),
	}
	if o.Config.RateLimits != "off" {
		p.limits = httpkit.NewLimits()
	}
	var err error
	if p.metrics, err = httpkit.NewMetrics(o.Metrics); err != nil {
		return nil, err
	}
	if p.assets == nil {
		if p.assets, err = static.NewAssets(); err != nil {
			return nil, err
		}
	}
	p.outbox, err = outbox.New(pool, mail.Urgencies())
	return p, err
}

// Portal is a portal ready to serve, as the settings are.
type Portal struct {
	http.Handler
	Stores
	Worker *worker.Worker

	routes []route
}

// build makes the portal of a city, whose file, without what is set over it, is base.
func (pr *process) build(city, base *config.City) (*Portal, error) {
	texts, err := i18n.Load(locale.FS, city.Location())
	if err != nil {
		return nil, err
	}
	s, err := pr.newStores(city, base, texts)
	if err != nil {
		return nil, err
	}
	p := &Portal{Stores: *s}
	if p.Worker, err = pr.newWorker(s, city, texts); err != nil {
		return nil, err
	}
	k := &httpkit.Kit{
		Accounts: s.Accounts, Assets: pr.assets, BaseURL: pr.Config.BaseURL, Catalogue: texts, City: city,
		Clock: pr.Clock,
		Demo:  pr.Demo != nil, Limits: pr.limits, Log: pr.Log, Metrics: pr.metrics,
		// The worker deletes what has expired; the store's own clean-up stays off.
		Sessions: httpkit.NewSessions(pgxstore.NewWithCleanupInterval(pr.pool, 0), pr.Config.BaseURL),
	}
	if p.routes, err = pr.newPages(k, s).routes(); err != nil {
		return nil, err
	}
	p.Handler, err = newHandler(k, p.routes, pr.Config.Proxies)
	return p, err
}

// Stores are the domains over one database, as the city's settings are.
type Stores struct {
	base *config.City // the city's file, without what is set over it

	Accounts   *account.Store
	Attendance *attendance.Store
	Campaigns  *campaign.Store
	Events     *event.Store
	Exports    *export.Store
	MFA        *mfa.Store
	Guardians  *guardian.Store
	Imports    *eventimport.Store
	Orgs       *org.Store
	People     *people.Store
	Reviews    *event.Reviewer
	Rosters    *roster.Store
	Signups    *signup.Store
}

// newStores makes them, and lets each know what it needs of another.
func (pr *process) newStores(city, base *config.City, texts *i18n.Catalogue) (s *Stores, err error) {
	pool, out := pr.pool, pr.outbox
	s = &Stores{
		base:       base,
		Accounts:   account.NewStore(pool, out, city, pr.hasher),
		Attendance: attendance.NewStore(pool, out, city),
		Campaigns:  campaign.NewStore(pool),
		Events:     event.NewStore(pool, city),
		Exports:    export.NewStore(pool, out, pr.totals, city, texts),
		Orgs:       org.NewStore(pool, out, city),
		Reviews:    event.NewReviewer(pool, out, city),
		Rosters:    roster.NewStore(pool, out, city),
		Signups:    signup.NewStore(pool, out, city, pr.Signup...),
	}
	s.Accounts.RateLimits = pr.limits != nil
	s.Accounts.OnBirthDate = func(ctx context.Context, tx pgx.Tx, person int64) error {
		return s.Signups.Recheck(ctx, tx, person, pr.Clock())
	}
	s.Guardians = guardian.NewStore(pool, out, city, s.Accounts, s.Signups)
	s.Imports = eventimport.NewStore(pool, city, s.Events, texts)
	s.People = people.NewStore(pool, out, s.Accounts, s.Signups)
	s.MFA, err = mfa.NewStore(pool, out, s.Accounts, pr.Config.BaseURL)
	return s, err
}
