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
	"shtab/internal/export"
	"shtab/internal/factor"
	"shtab/internal/guardian"
	"shtab/internal/i18n"
	"shtab/internal/intake"
	"shtab/internal/org"
	"shtab/internal/outbox"
	"shtab/internal/people"
	"shtab/internal/roster"
	"shtab/internal/server/desk"
	"shtab/internal/server/hq"
	"shtab/internal/server/me"
	"shtab/internal/server/public"
	"shtab/internal/settings"
	"shtab/internal/signup"
	"shtab/internal/totals"
	"shtab/internal/worker"
	"shtab/web/httpkit"
	"shtab/web/locale"
	page "shtab/web/page/public"
	"shtab/web/static"
)

// Options are what a portal needs besides its database.
type Options struct {
	Config  config.Config
	City    *config.City
	Metrics *prometheus.Registry
	Log     *slog.Logger
	Demo    bool             // shows the mails that did not go out, and says so on every page
	Clock   func() time.Time // nil: the machine's
	Signup  []signup.Option
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
		Options: o, pool: pool, hasher: account.NewHasher(), totals: totals.NewStore(pool), settings: settings.NewStore(pool),
	}
	if o.Config.RateLimits != "off" {
		p.limits = httpkit.NewLimits()
	}
	var err error
	if p.metrics, err = httpkit.NewMetrics(o.Metrics); err != nil {
		return nil, err
	}
	if p.assets, err = static.NewAssets(); err != nil {
		return nil, err
	}
	p.outbox, err = outbox.New(pool)
	return p, err
}

// Portal is a portal ready to serve, as the settings are.
type Portal struct {
	http.Handler
	Worker     *worker.Worker
	Accounts   *account.Store
	Factors    *factor.Store
	Signups    *signup.Store
	Guardians  *guardian.Store
	Attendance *attendance.Store

	routes []route
}

// build makes the portal of a city, whose file, without what is set over it, is base.
func (pr *process) build(city, base *config.City) (*Portal, error) {
	texts, err := i18n.Load(locale.FS, city.Location())
	if err != nil {
		return nil, err
	}
	pool, out := pr.pool, pr.outbox
	p := &Portal{
		Signups:  signup.NewStore(pool, out, city, pr.Signup...),
		Accounts: account.NewStore(pool, out, city, pr.hasher),
	}
	p.Accounts.RateLimits = pr.limits != nil
	p.Accounts.OnBirthDate = func(ctx context.Context, tx pgx.Tx, person int64) error {
		return p.Signups.Recheck(ctx, tx, person, pr.Clock())
	}
	if p.Factors, err = factor.NewStore(pool, out, p.Accounts, pr.Config.BaseURL); err != nil {
		return nil, err
	}
	p.Attendance = attendance.NewStore(pool, out, city)
	p.Guardians = guardian.NewStore(pool, out, city, p.Accounts, p.Signups)
	events := event.NewStore(pool, city)
	imports := intake.NewStore(pool, city, events, texts)
	orgs := org.NewStore(pool, out, city)
	persons := people.NewStore(pool, out, p.Accounts, p.Signups)
	exports := export.NewStore(pool, out, pr.totals, city, texts)
	p.Worker, err = worker.New(pool, worker.Deps{
		Accounts: p.Accounts, Signups: p.Signups, Guardians: p.Guardians, Intake: imports, Orgs: orgs, People: persons,
		Exports: exports, Catalogue: texts, City: city,
		BaseURL: pr.Config.BaseURL, SMTPURL: pr.Config.SMTPURL, Log: pr.Log,
	})
	if err != nil {
		return nil, err
	}
	k := &httpkit.Kit{
		Accounts: p.Accounts, Assets: pr.assets, BaseURL: pr.Config.BaseURL, Catalogue: texts, City: city, Clock: pr.Clock,
		Demo: pr.Demo, Limits: pr.limits, Log: pr.Log, Metrics: pr.metrics, Errors: page.ErrorPage,
		// The worker deletes what has expired; the store's own clean-up stays off.
		Sessions: httpkit.NewSessions(pgxstore.NewWithCleanupInterval(pool, 0), pr.Config.BaseURL),
	}
	pages := &pages{
		public: &public.Room{
			Kit: k, DB: pool, Accounts: p.Accounts, Factors: p.Factors, Signups: p.Signups, Guardians: p.Guardians, Orgs: orgs,
			Figures: pr.totals,
		},
		me: &me.Room{
			Kit: k, DB: pool, Accounts: p.Accounts, Factors: p.Factors, Signups: p.Signups, Guardians: p.Guardians,
			Attendance: p.Attendance,
		},
		desk: &desk.Room{
			Kit: k, DB: pool, Events: events, CampaignStore: campaign.NewStore(pool), Intake: imports, Orgs: orgs,
			Signups: p.Signups, Roster: roster.NewStore(pool, out, city), Attendance: p.Attendance, Figures: pr.totals,
		},
		hq: &hq.Room{
			Kit: k, DB: pool, Factors: p.Factors, Review: event.NewReviewer(pool, out, city), Attendance: p.Attendance,
			Orgs: orgs, Intake: imports, People: persons, Exports: exports, Figures: pr.totals, Settings: pr.settings,
			Base: base, Refresh: pr.refreshed,
		},
	}
	if p.routes, err = pages.routes(); err != nil {
		return nil, err
	}
	p.Handler, err = newHandler(k, p.routes, pr.Config.Proxies)
	return p, err
}
