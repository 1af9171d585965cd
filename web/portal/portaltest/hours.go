package portaltest

// Attend confirms minutes of somebody at an event that is over; 0 minutes: they did not come.
func (h *Server) Attend(event, shift, person int64, minutes int) {
	h.T.Helper()
	h.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
		select id, $2, during, 'confirmed', gen_random_uuid()::text, now(), now() from shift where id = $1`, shift,
		person)
	h.Exec(
		`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome, participations,
			no_shows, minutes, recorded_at)
		select g.id, g.person_id, e.id, e.campaign_id, e.org_id, (lower(g.during) at time zone 'Asia/Almaty')::date,
			case when $4 > 0 then 'attended' else 'no_show' end, ($4 > 0)::int, ($4 = 0)::int, $4, now()
		from signup g join event e on e.id = $1 where g.shift_id = $2 and g.person_id = $3`, event, shift, person,
		minutes)
}

// CloseEvent confirms that the hours of an event are complete.
func (h *Server) CloseEvent(event int64) {
	h.T.Helper()
	h.Exec(`update event set closed_at = now(), held_on = (starts_at at time zone 'Asia/Almaty')::date where id = $1`,
		event)
}
