package portal

import (
	"context"
	"time"

	"shtab/internal/config"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/worker"
	"shtab/web/mail"
)

// newWorker makes the worker of a city: it says who composes messages and does the jobs.
func (pr *process) newWorker(s *Stores, city *config.City, texts *i18n.Catalogue) (*worker.Worker, error) {
	letters, err := mail.New(texts, city, pr.Config.BaseURL, mail.Stores{
		Accounts: s.Accounts, Guardians: s.Guardians, Orgs: s.Orgs, People: s.People,
		Reviews: s.Reviews, Rosters: s.Rosters, Signups: s.Signups,
	})
	if err != nil {
		return nil, err
	}
	return worker.New(pr.pool, worker.Deps{
		BaseURL: pr.Config.BaseURL, SMTPURL: pr.Config.SMTPURL, From: city.Email, Log: pr.Log, Now: pr.Clock,
		Follow: letters.Follow, Compose: letters.Compose,
		Export:   worker.Export{Make: s.Exports.Make, Failed: s.Exports.Failed},
		Periodic: pr.periodicJobs(s),
	})
}

// periodicJobs is what comes round with time.
func (pr *process) periodicJobs(s *Stores) []worker.Periodic {
	return []worker.Periodic{
		{Name: "remind", Every: 5 * time.Minute, Do: s.Signups.RemindDue},
		{Name: "expire_holds", Every: time.Minute, Do: s.Signups.ExpireHolds},
		// What nobody needs any more is deleted.
		{Name: "sweep_accounts", Every: time.Hour, Do: s.Accounts.Sweep},
		{Name: "sweep_exports", Every: time.Hour, Do: s.Exports.Sweep},
		{Name: "sweep_guardians", Every: time.Hour, Do: s.Guardians.Sweep},
		{Name: "sweep_imports", Every: time.Hour, Do: s.Imports.Sweep},
		{Name: "sweep_orgs", Every: time.Hour, Do: s.Orgs.Sweep},
		{Name: "sweep_outbox", Every: time.Hour, Do: func(ctx context.Context, now time.Time) error {
			return outbox.Sweep(ctx, pr.pool, now)
		}},
		{Name: "sweep_people", Every: time.Hour, Do: s.People.ClearMerged},
	}
}
