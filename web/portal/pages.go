package portal

import (
	"shtab/internal/server/desk"
	"shtab/internal/server/hq"
	"shtab/internal/server/me"
	"shtab/internal/server/public"
)

// pages is every page group of the portal, by audience. Each audience's own file builds its groups.
type pages struct {
	visitors visitorPages

	public *public.Room
	me     *me.Room
	desk   *desk.Room
	hq     *hq.Room
}
