package portal

import "github.com/go-chi/chi/v5"

// Mux is the router behind p, for the test that walks it.
func (p *Portal) Mux() chi.Routes { return p.Handler.(chi.Routes) }
