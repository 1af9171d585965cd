// Package public is the front room of visitors: events, campaigns, organisations, totals, and
// the way to an account. A volunteer's own pages stand in me.
package public

import (
	"net/http"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/factor"
	"shtab/internal/guardian"
	"shtab/internal/org"
	"shtab/internal/settings"
	"shtab/internal/signup"
	"shtab/internal/totals"
	"shtab/web/httpkit"
	page "shtab/web/page/public"

	"shtab/web/link"
)

// Room holds what the handlers need.
type Room struct {
	*httpkit.Kit
	DB        *pgxpool.Pool
	Accounts  *account.Store
	Factors   *factor.Store
	Signups   *signup.Store
	Guardians *guardian.Store
	Orgs      *org.Store
	Figures   *totals.Store
}

// Home is the first page: GET /{lang}.
func (p *Room) Home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v page.HomeView
	var err error
	if v.City, err = p.Figures.City(ctx); err != nil {
		return err
	}
	if v.Next, err = event.Next(ctx, p.DB, p.City, p.Now(), 6); err != nil {
		return err
	}
	if v.Campaigns, err = campaign.Published(ctx, p.DB); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.Home(v))
}

// Campaigns lists them: GET /{lang}/campaigns.
func (p *Room) Campaigns(w http.ResponseWriter, r *http.Request) error {
	cs, err := campaign.Published(r.Context(), p.DB)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.Campaigns(cs))
}

// Campaign is one of them with its figures and events: GET /{lang}/campaigns/{slug}.
func (p *Room) Campaign(w http.ResponseWriter, r *http.Request) error {
	ctx, slug := r.Context(), r.PathValue("slug")
	var v page.CampaignView
	var err error
	if v.Campaign, err = campaign.BySlug(ctx, p.DB, slug); err != nil {
		return err
	}
	if v.Sums, v.Delivered, err = p.Figures.Campaign(ctx, v.Campaign.ID); err != nil {
		return err
	}
	if v.Goals, err = campaign.Goals(ctx, p.DB, v.Campaign.ID); err != nil {
		return err
	}
	if v.Coming, err = event.Coming(ctx, p.DB, event.ComingQuery{Campaign: slug}, p.City, p.Now()); err != nil {
		return err
	}
	if v.Past, err = event.Past(ctx, p.DB, v.Campaign.ID, 0, p.Now(), 6); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.Campaign(v))
}

// Organizations lists them by kind: GET /{lang}/organizations.
func (p *Room) Organizations(w http.ResponseWriter, r *http.Request) error {
	orgs, err := org.List(r.Context(), p.DB, httpkit.Lang(r))
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.Organizations(page.OrganizationsView{Orgs: orgs}))
}

// Organization is one of them with its figures and events: GET /{lang}/organizations/{slug}.
func (p *Room) Organization(w http.ResponseWriter, r *http.Request) error {
	ctx, slug := r.Context(), r.PathValue("slug")
	var v page.OrganizationView
	var err error
	if v.Org, err = org.BySlug(ctx, p.DB, slug); err != nil {
		return err
	}
	if v.Org.Slug != slug { // it was another's, with which it is one now
		http.Redirect(w, r, link.Organization(httpkit.Lang(r), v.Org.Slug), http.StatusMovedPermanently)
		return nil
	}
	if v.Sums, err = p.Figures.Organization(ctx, v.Org.ID); err != nil {
		return err
	}
	if v.Coming, err = event.Coming(ctx, p.DB, event.ComingQuery{Org: slug}, p.City, p.Now()); err != nil {
		return err
	}
	if v.Past, err = event.Past(ctx, p.DB, 0, v.Org.ID, p.Now(), 6); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.Organization(v))
}

// Totals are the public figures: GET /{lang}/totals?year=.
func (p *Room) Totals(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Figures.Public(r.Context(), year(r.URL.Query().Get("year")))
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.Totals(v))
}

// year reads a year in four digits; anything else is every year.
func year(s string) (y int) {
	if len(s) != 4 {
		return 0
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0
		}
		y = y*10 + int(c-'0')
	}
	return y
}

// Help is the door for those who need it: GET /{lang}/help.
func (p *Room) Help(w http.ResponseWriter, r *http.Request) error {
	return p.Render(w, r, http.StatusOK, page.Help())
}

// Privacy is the personal-data text, with ?version an earlier one: GET /{lang}/privacy.
func (p *Room) Privacy(w http.ResponseWriter, r *http.Request) (err error) {
	text := p.City.Consent(config.Registration)
	if v := r.URL.Query().Get("version"); v != "" && v != text.Version {
		if text = (&config.City{}).Consent(config.Registration); v != text.Version { // the catalogue's own
			if text, err = settings.Text(r.Context(), p.DB, config.Registration, v); err != nil {
				return err
			}
		}
	}
	return p.Render(w, r, http.StatusOK, page.Privacy(text))
}
