package portaltest

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

// Headquarters is a portal in which the events of World's organisation are reviewed, and somebody of
// each role is signed in.
type Headquarters struct {
	*Server
	World
	Coordinator *Browser // of World.Org, a@shtab.test; b@shtab.test is another
	Staff       *Browser // c@shtab.test
	Admin       *Browser // admin@shtab.test
	StaffID     int64
	AdminID     int64
}

// StartHeadquarters runs one until the test ends.
func StartHeadquarters(t *testing.T) *Headquarters {
	t.Helper()
	h := &Headquarters{Server: Start(t)}
	h.World = h.Server.World()
	h.Exec(`update org set state = 'active' where id = $1`, h.Org)
	a, b := h.Person("a@shtab.test", 30), h.Person("b@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $3), ($2, $3)`, a, b, h.Org)
	h.StaffID, h.AdminID = h.Person("c@shtab.test", 30), h.Person("admin@shtab.test", 45)
	h.Exec(`update person set role = 'staff' where id = $1`, h.StaffID)
	h.Exec(`update person set role = 'admin' where id = $1`, h.AdminID)
	h.Coordinator, h.Staff, h.Admin = h.As(a), h.As(h.StaffID), h.As(h.AdminID)
	return h
}

// SubmitEvent makes a draft of World.Org and hands it in, so that it has waited so long.
func (h *Headquarters) SubmitEvent(waited time.Duration) (id int64) {
	h.T.Helper()
	day := Date(5)
	h.Scan(
		`insert into event (campaign_id, org_id, title, summary, place, district, slots, starts_at, ends_at,
			created_at, updated_at)
		values ($1, $2, '{"kk":"Ағаш егу","ru":"Посадка"}', '{"kk":"Екеміз","ru":"Сажаем"}',
			'{"kk":"Саябақ","ru":"Парк"}', 'yesil',
		jsonb_build_array(jsonb_build_object('day', $3::text, 'from', '10:00', 'to', '13:00', 'capacity', 20)),
		($3 || ' 10:00')::timestamptz, ($3 || ' 13:00')::timestamptz, now(), now()) returning id`,
		[]any{h.Campaign, h.Org, day}, &id)
	h.Coordinator.Post(Path("/ru/desk/events/%d/publish", id), url.Values{}).Want(h.T, http.StatusSeeOther)
	h.Exec(`update event set submitted_at = submitted_at - make_interval(secs => $2) where id = $1`, id,
		waited.Seconds())
	return id
}

// EventVersion is the form of a decision about an event as it is now.
func (h *Headquarters) EventVersion(id int64) url.Values {
	h.T.Helper()
	return url.Values{"version": {Path("%d", h.Count(`select version from event where id = $1`, id))}}
}
