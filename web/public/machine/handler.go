// Package machine answers what is asked by programs: load balancers, browsers and search engines.
package machine

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"strings"
	"time"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/internal/postgres/migrate"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// readyTimeout is how long the database may take to answer; a load balancer asks every few seconds.
const readyTimeout = 2 * time.Second

// Handler holds what the handlers need.
type Handler struct {
	*httpkit.Kit
	DB    postgres.DB
	Ready func(context.Context) error // nil when the portal can serve; a SchemaError says what is to be done
}

// RedirectHome leads to the home page in the visitor's language: GET /.
func (h *Handler) RedirectHome(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Vary", "Accept-Language, Cookie")
	return h.Redirect(w, r, link.Home(httpkit.Preferred(r)))
}

// ShowHealth says that the process lives: GET /healthz.
func (h *Handler) ShowHealth(w http.ResponseWriter, _ *http.Request) error {
	return httpkit.Send(w, "text/plain; charset=utf-8", []byte("ok\n"))
}

// ShowReadiness says whether the portal can serve, 200 or 503: GET /readyz. A schema that this program
// does not understand is named in words.
func (h *Handler) ShowReadiness(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	err := h.Ready(ctx)
	if wrong, ok := errors.AsType[migrate.SchemaError](err); ok {
		w.Header().Set("Retry-After", "10")
		http.Error(w, wrong.Error(), http.StatusServiceUnavailable)
		return nil
	}
	if err != nil {
		return fault.Unavailable(err)
	}
	return httpkit.Send(w, "text/plain; charset=utf-8", []byte("ready\n"))
}

// RedirectFavicon leads to the icon, where a browser looks for it unasked: GET /favicon.ico.
func (h *Handler) RedirectFavicon(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, h.Assets.URL("img/favicon.svg"), http.StatusFound)
	return nil
}

// SendRobots keeps crawlers away from pages that are one person's own: GET /robots.txt.
func (h *Handler) SendRobots(w http.ResponseWriter, _ *http.Request) error {
	var b strings.Builder
	b.WriteString("User-agent: *\nDisallow: /c/\nDisallow: /calendar/\n")
	for _, l := range i18n.Langs {
		for _, path := range []string{"/me", "/login", "/register", "/password", "/desk", "/hq", "/door"} {
			b.WriteString("Disallow: " + link.In(l, path) + "\n")
		}
	}
	b.WriteString("Sitemap: " + h.BaseURL + "/sitemap.xml\n")
	return httpkit.Send(w, "text/plain; charset=utf-8", []byte(b.String()))
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

// SendSitemap names every public page in each language: GET /sitemap.xml.
func (h *Handler) SendSitemap(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	campaigns, err := campaign.Published(ctx, h.DB)
	if err != nil {
		return err
	}
	orgs, err := org.List(ctx, h.DB, i18n.KK)
	if err != nil {
		return err
	}
	events, err := event.SitemapEntries(ctx, h.DB, h.Now())
	if err != nil {
		return err
	}
	unknown := time.Time{} // when a page was changed
	var urls []sitemapURL
	for _, page := range []func(i18n.Lang) string{
		link.Home, func(l i18n.Lang) string { return link.Events(l, nil) }, link.Campaigns, link.Organizations,
		link.Totals, link.Help, link.Privacy,
	} {
		urls = append(urls, h.sitemapURLs(page, unknown)...)
	}
	for _, c := range campaigns {
		urls = append(urls, h.sitemapURLs(func(l i18n.Lang) string { return link.Campaign(l, c.Slug) }, unknown)...)
	}
	for _, o := range orgs {
		urls = append(
			urls, h.sitemapURLs(func(l i18n.Lang) string { return link.Organization(l, o.Slug) }, unknown)...,
		)
	}
	for _, e := range events {
		urls = append(urls, h.sitemapURLs(func(l i18n.Lang) string { return link.Event(l, e.ID) }, e.UpdatedAt)...)
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

// sitemapURLs is one page in each language, each naming the others; changed may be zero.
func (h *Handler) sitemapURLs(page func(i18n.Lang) string, changed time.Time) []sitemapURL {
	var links []sitemapLink
	for _, l := range i18n.Langs {
		links = append(links, sitemapLink{"alternate", string(l), h.BaseURL + page(l)})
	}
	var urls []sitemapURL
	for _, l := range i18n.Langs {
		u := sitemapURL{Loc: h.BaseURL + page(l), Links: links}
		if !changed.IsZero() {
			u.LastMod = changed.UTC().Format(time.DateOnly)
		}
		urls = append(urls, u)
	}
	return urls
}
