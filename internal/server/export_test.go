package server

import "github.com/go-chi/chi/v5"

// Mux is the router behind s, for the test that walks it.
func (s *Server) Mux() chi.Routes { return s.Handler.(chi.Routes) }
