package public

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"html"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/feeds"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/outbox"
	"shtab/web/httpkit"
	page "shtab/web/page/public"

	"shtab/web/link"
)

// Root leads to the visitor's language: GET /.
func (p *Room) Root(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Vary", "Accept-Language, Cookie")
	return p.Redirect(w, r, link.Home(httpkit.Preferred(r)))
}

// Health says that the process lives: GET /healthz.
func (p *Room) Health(w http.ResponseWriter, _ *http.Request) error {
	return httpkit.Send(w, "text/plain; charset=utf-8", []byte("ok\n"))
}

// Feed is the coming events as Atom: GET /{lang}/events.atom, with the list's filters.
func (p *Room) Feed(w http.ResponseWriter, r *http.Request) error {
	l, now := httpkit.Lang(r), p.Now()
	pr := p.Catalogue.For(l)
	coming, err := event.Coming(r.Context(), p.DB, event.FilterFrom(r.URL.Query(), p.City, now), p.City, now)
	if err != nil {
		return err
	}
	f := &feeds.Feed{
		Title: pr.T("events.title") + " · " + pr.Text(p.City.Headquarters), Id: p.BaseURL + link.EventFeed(l),
		Link: &feeds.Link{Href: p.BaseURL + link.Events(l, nil)}, Updated: time.Unix(0, 0).UTC(),
	}
	for _, c := range coming.Cards {
		if c.UpdatedAt.After(f.Updated) {
			f.Updated = c.UpdatedAt
		}
		u := p.BaseURL + link.Event(l, c.ID)
		f.Items = append(f.Items, &feeds.Item{
			Id: u, Title: pr.Moment(c.StartsAt, now) + " · " + pr.Text(c.Title), Link: &feeds.Link{Href: u},
			Description: html.EscapeString(pr.Text(c.Summary)), Author: &feeds.Author{Name: pr.Text(c.Org.Name)}, Updated: c.UpdatedAt,
		})
	}
	atom := (&feeds.Atom{Feed: f}).AtomFeed()
	atom.Id = f.Id
	body, err := feeds.ToXML(atom)
	if err != nil {
		return err
	}
	return httpkit.Send(w, "application/atom+xml; charset=utf-8", []byte(body))
}

type sitemapURL struct {
	Loc     string        `xml:"loc"`
	LastMod string        `xml:"lastmod,omitempty"`
	Links   []sitemapLink `xml:"xhtml:link"`
}

type sitemapLink struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// Sitemap names every public page in each language: GET /sitemap.xml.
func (p *Room) Sitemap(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	campaigns, err := campaign.Published(ctx, p.DB)
	if err != nil {
		return err
	}
	orgs, err := org.List(ctx, p.DB, i18n.KK)
	if err != nil {
		return err
	}
	events, err := event.Stamps(ctx, p.DB, p.Now())
	if err != nil {
		return err
	}
	var urls []sitemapURL
	add := func(at func(i18n.Lang) string, changed time.Time) {
		var links []sitemapLink
		for _, l := range i18n.Langs {
			links = append(links, sitemapLink{"alternate", string(l), p.BaseURL + at(l)})
		}
		for _, l := range i18n.Langs {
			u := sitemapURL{Loc: p.BaseURL + at(l), Links: links}
			if !changed.IsZero() {
				u.LastMod = changed.UTC().Format(time.DateOnly)
			}
			urls = append(urls, u)
		}
	}
	none := time.Time{}
	for _, at := range []func(i18n.Lang) string{link.Home, func(l i18n.Lang) string { return link.Events(l, nil) }, link.Campaigns, link.Organizations, link.Totals, link.Help, link.Privacy} {
		add(at, none)
	}
	for _, c := range campaigns {
		add(func(l i18n.Lang) string { return link.Campaign(l, c.Slug) }, none)
	}
	for _, o := range orgs {
		add(func(l i18n.Lang) string { return link.Organization(l, o.Slug) }, none)
	}
	for _, e := range events {
		add(func(l i18n.Lang) string { return link.Event(l, e.ID) }, e.UpdatedAt)
	}
	body, err := xml.Marshal(struct {
		XMLName xml.Name     `xml:"urlset"`
		NS      string       `xml:"xmlns,attr"`
		XHTML   string       `xml:"xmlns:xhtml,attr"`
		URLs    []sitemapURL `xml:"url"`
	}{NS: "http://www.sitemaps.org/schemas/sitemap/0.9", XHTML: "http://www.w3.org/1999/xhtml", URLs: urls})
	if err != nil {
		return err
	}
	return httpkit.Send(w, "application/xml; charset=utf-8", append([]byte(xml.Header), body...))
}

// Robots keeps crawlers out of what is nobody's but the owner's: GET /robots.txt.
func (p *Room) Robots(w http.ResponseWriter, _ *http.Request) error {
	var b strings.Builder
	b.WriteString("User-agent: *\nDisallow: /c/\nDisallow: /calendar/\n")
	for _, l := range i18n.Langs {
		for _, path := range []string{"/me", "/login", "/register", "/password", "/desk", "/hq", "/door"} {
			b.WriteString("Disallow: " + link.In(l, path) + "\n")
		}
	}
	b.WriteString("Sitemap: " + p.BaseURL + "/sitemap.xml\n")
	return httpkit.Send(w, "text/plain; charset=utf-8", []byte(b.String()))
}

// Outbox shows the demonstration's mails, newest first: GET /dev/outbox, as a page or as JSON.
func (p *Room) Outbox(w http.ResponseWriter, r *http.Request) error {
	mails, err := outbox.Kept(r.Context(), p.DB, 100)
	if err != nil {
		return err
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		body, err := json.Marshal(mails)
		if err != nil {
			return err
		}
		return httpkit.Send(w, "application/json", body)
	}
	return p.Render(w, r, http.StatusOK, page.Outbox(mails))
}

// Ready says that the database answers: GET /readyz.
func (p *Room) Ready(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := p.DB.Ping(ctx); err != nil {
		return fault.Unavailable(err)
	}
	return httpkit.Send(w, "text/plain; charset=utf-8", []byte("ready\n"))
}

// Favicon leads to the icon where a browser looks for it unasked: GET /favicon.ico.
func (p *Room) Favicon(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, p.Assets.URL("img/favicon.svg"), http.StatusFound)
	return nil
}
