package deskui

import (
	"net/http"

	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/web/httpkit"
)

// Organizations are those for which the actor of the request may act.
func Organizations(r *http.Request, db postgres.DB) (own []org.Org, err error) {
	actor := httpkit.Actor(r)
	all, err := org.List(r.Context(), db, httpkit.Lang(r))
	for _, o := range all {
		if actor.ActsFor(o.ID) {
			own = append(own, o)
		}
	}
	return own, err
}
