package events

import (
	"html"
	"net/http"
	"time"

	"github.com/gorilla/feeds"

	"shtab/internal/event"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// SendFeed is the coming events as an Atom feed: GET /{lang}/events.atom, with the list's filters.
func (h *Handler) SendFeed(w http.ResponseWriter, r *http.Request) error {
	l, now := httpkit.Lang(r), h.Now()
	pr := h.Catalogue.For(l)
	coming, err := event.Coming(r.Context(), h.DB, event.ParseComingQuery(r.URL.Query(), h.City, now), h.City, now)
	if err != nil {
		return err
	}
	f := &feeds.Feed{
		Title: pr.T("events.title") + " · " + pr.Text(h.City.Headquarters), Id: h.BaseURL + link.EventFeed(l),
		Link: &feeds.Link{Href: h.BaseURL + link.Events(l, nil)}, Updated: time.Unix(0, 0).UTC(),
	}
	for _, c := range coming.Cards {
		if c.UpdatedAt.After(f.Updated) {
			f.Updated = c.UpdatedAt
		}
		u := h.BaseURL + link.Event(l, c.ID)
		f.Items = append(f.Items, &feeds.Item{
			Id: u, Title: pr.Moment(c.StartsAt, now) + " · " + pr.Text(c.Title), Link: &feeds.Link{Href: u},
			Description: html.EscapeString(pr.Text(c.Summary)), Author: &feeds.Author{Name: pr.Text(c.Org.Name)},
			Updated: c.UpdatedAt,
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
