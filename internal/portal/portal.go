// Package portal puts the rooms together: the server with its stores, and the worker beside it.
// The program and the tests build the same house here; rules of its own it has none.
package portal

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"shtab/internal/account"
	"shtab/internal/attendance"
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
	"shtab/internal/server"
	"shtab/internal/server/kit"
	"shtab/internal/settings"
	"shtab/internal/signup"
	"shtab/internal/totals"
	"shtab/internal/worker"
	"shtab/web"
	"shtab/web/locale"
	page "shtab/web/page/public"
)

// Options are what a portal needs besides its database.
type Options struct {
	Config  config.Config
	City    *config.City
	Base    *config.City // the file's, without what is set over it; nil: City
	Metrics *prometheus.Registry
	Log     *slog.Logger
	Totals  *totals.Store    // nil: one of its own
	Demo    bool             // shows the mails that did not go out, and says so on every page
	Clock   func() time.Time // nil: the machine's
	Signup  []signup.Option

	// Refresh makes a change of the settings hold; nil: it holds at the next start.
	Refresh func(context.Context) error
}

// Portal is a portal ready to serve.
type Portal struct {
	http.Handler
	Worker    *worker.Worker
	Accounts  *account.Store
	Factors   *factor.Store
	Signups   *signup.Store
	Guardians *guardian.Store

	Attendance *attendance.Store
}

// New builds a portal over pool, which must be migrated by the time it is asked something.
func New(pool *pgxpool.Pool, o Options) (*Portal, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Base == nil {
		o.Base = o.City
	}
	if o.Refresh == nil {
		o.Refresh = func(context.Context) error { return nil }
	}
	if o.Totals == nil {
		o.Totals = totals.NewStore(pool)
	}
	texts, err := i18n.Load(locale.FS, o.City.Location())
	if err != nil {
		return nil, err
	}
	assets, err := web.NewAssets()
	if err != nil {
		return nil, err
	}
	out, err := outbox.New(pool)
	if err != nil {
		return nil, err
	}
	limits := o.Config.RateLimits != "off"
	p := &Portal{
		Signups:  signup.NewStore(pool, out, o.City, o.Signup...),
		Accounts: account.NewStore(pool, out, o.City, account.NewHasher()),
	}
	p.Accounts.RateLimits = limits
	p.Accounts.OnBirthDate = func(ctx context.Context, tx pgx.Tx, person int64) error {
		return p.Signups.Recheck(ctx, tx, person, o.Clock())
	}
	if p.Factors, err = factor.NewStore(pool, out, p.Accounts, o.Config.BaseURL); err != nil {
		return nil, err
	}
	p.Attendance = attendance.NewStore(pool, out, o.City)
	p.Guardians = guardian.NewStore(pool, out, o.City, p.Accounts, p.Signups)
	intakes := intake.NewStore(pool, o.City, event.NewStore(pool, o.City), texts)
	orgs := org.NewStore(pool, out, o.City)
	persons := people.NewStore(pool, out, p.Accounts, p.Signups)
	exports := export.NewStore(pool, out, o.Totals, o.City, texts)
	p.Worker, err = worker.New(pool, worker.Deps{
		Accounts: p.Accounts, Signups: p.Signups, Guardians: p.Guardians, Intake: intakes, Orgs: orgs, People: persons, Exports: exports, Catalogue: texts, City: o.City,
		BaseURL: o.Config.BaseURL, SMTPURL: o.Config.SMTPURL, Log: o.Log,
	})
	if err != nil {
		return nil, err
	}
	p.Handler, err = server.New(server.Deps{
		Kit: &kit.Kit{
			Accounts: p.Accounts, Assets: assets, BaseURL: o.Config.BaseURL, Catalogue: texts, City: o.City,
			Clock: o.Clock, Demo: o.Demo, Limits: limits, Log: o.Log, Errors: page.ErrorPage,
		},
		DB: pool, Accounts: p.Accounts, Factors: p.Factors, Signups: p.Signups, Guardians: p.Guardians, Intake: intakes, Orgs: orgs,
		Roster: roster.NewStore(pool, out, o.City), Review: event.NewReviewer(pool, out, o.City), Attendance: p.Attendance,
		People: persons, Exports: exports, Totals: o.Totals, Settings: settings.NewStore(pool), Base: o.Base, Refresh: o.Refresh,
		Metrics: o.Metrics, Proxies: o.Config.Proxies,
	})
	return p, err
}
