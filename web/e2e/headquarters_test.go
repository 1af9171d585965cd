package e2e_test

import (
	"strings"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// A member of staff, on a phone, with scripts and without: from a figure to its rows and back, an
// application taken in, and somebody found in spite of the spelling.
func TestHeadquarters(t *testing.T) {
	for name, scripts := range map[string]bool{"scripts": true, "no-scripts": false} {
		t.Run(name, func(t *testing.T) {
			h := portaltest.Start(t)
			w := h.World()
			staff, applicant := h.Person("staff@shtab.test", 30), h.Person("new@shtab.test", 25)
			h.Exec(`update person set role = 'staff' where id = $1`, staff)
			h.Exec(`update person set given_name = 'Әлия', family_name = 'Қожахметқызы' where id = $1`, applicant)
			h.Exec(
				`insert into org (slug, kind, name, contact_email, joined_on, state, applied_by, applied_at)
					values ('yurt', 'ngo', '{"kk":"Шаңырақ","ru":"Шанырак"}', 'a@shtab.test', '2026-01-01', 'applied',
						$1, now())`, applicant)
			id, shift := h.Event(w, -30*time.Hour, 5)
			h.Exec(
				`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
					select id, $2, during, 'confirmed', 't', now(), now() from shift where id = $1`, shift, applicant)
			h.Exec(
				`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome,
					participations, no_shows, minutes, recorded_at)
				select g.id, g.person_id, $1, $3, $4, (lower(g.during) at time zone 'Asia/Almaty')::date, 'attended',
					1, 0, 120, now() from signup g where g.shift_id = $2`, id, shift, w.Campaign, w.Org)
			h.Exec(
				`update event set closed_at = now(), held_on = (starts_at at time zone 'Asia/Almaty')::date
					where id = $1`, id)

			p := open(t, h.URL)
			if !scripts {
				p.scriptsOff()
			}
			p.as(h, staff)
			p.visit(link.HQ(i18n.RU)+"?period=since", 200)
			p.press(`.figures-grid a[href*="/hq/totals/attendance"]`)
			if s := js[string](p, `document.querySelector("main").innerText`); !strings.Contains(s, "Всего: 1") ||
				!strings.Contains(s, "Әлия Қ.") {
				t.Errorf("the rows say %s", s)
			}
			p.visit(link.HQReview(i18n.RU, ""), 200)
			p.press(`form[action$="/approve"] button`)
			if n := h.Count(`select count(*) from org where slug = 'yurt' and state = 'active'`); n != 1 {
				t.Error("the application is not taken in")
			}
			p.visit(link.HQPeople(i18n.RU, nil), 200)
			p.fill("q", "кожахметкызы")
			p.press(`.hq-filter button`)
			p.mustSee(`.table th a[href="` + link.HQPerson(i18n.RU, applicant) + `"]`)
			p.visit(link.HQPerson(i18n.RU, applicant), 200)
			if s := js[string](p, `document.querySelector("main").innerText`); !strings.Contains(s, "new@shtab.test") {
				t.Errorf("the person's page says %s", s)
			}
		})
	}
}
