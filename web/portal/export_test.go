package portal

import (
	"strings"

	"github.com/go-chi/chi/v5"

	"shtab/web/httpkit"
)

// Mux is the router behind p, for the test that walks it.
func (p *Portal) Mux() chi.Routes { return p.Handler.(chi.Routes) }

// Access is who may call each route.
func (p *Portal) Access() map[string]httpkit.Access {
	all := map[string]httpkit.Access{}
	for _, r := range p.routes {
		all[r.method()+" "+strings.Replace(r.path(), language, "/{lang}", 1)] = r.access()
	}
	return all
}
