package e2e_test

import (
	"strings"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/internal/poll"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// A coordinator publishes an event on a phone, with scripts and without: eleven fields and one
// button. With scripts the form says at once whom its ages exclude.
func TestPublishOnAPhone(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	me := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, me, w.Org)
	h.Event(w, 200*time.Hour, 3) // of the campaign that the form begins with
	for _, scripts := range []bool{true, false} {
		p := open(t, h.URL)
		p.size(360, 800)
		if !scripts {
			p.scriptsOff()
		}
		p.as(h, me)
		p.visit(link.DeskEventNew(i18n.RU), 200)
		set := func(name, value string) {
			t.Helper()
			js[bool](p, `(() => { const f = document.getElementsByName('`+name+`')[0]; f.value = '`+value+
				`'; f.dispatchEvent(new Event('change', { bubbles: true })); return f.value === '`+value+`' })()`)
		}
		for _, f := range [][2]string{
			{"title_kk", "Ағаш егу"},
			{"title_ru", "Сажаем деревья"},
			{"summary_kk", "Екеміз"},
			{"summary_ru", "Сажаем"},
			{"place_kk", "Саябақ"},
			{"place_ru", "Парк"},
			{"district", "yesil"},
			{"shift[0].day", portaltest.Date(7)},
			{"shift[0].from", "10:00"},
			{"shift[0].to", "13:00"},
			{"shift[0].capacity", "20"},
		} {
			set(f[0], f[1])
		}
		if scripts {
			said := func() string { return js[string](p, `document.getElementById('excludes').innerText`) }
			until := func(want string) {
				t.Helper()
				poll.Until(t, "the form says "+want, func() bool { return strings.Contains(said(), want) })
			}
			until("16")
			set("min_age", "18")
			until("Никто младше 18")
			set("min_age", "")
			set("shift[0].from", "22:30")
			set("shift[0].to", "23:30")
			until("вместе с родителем")
			set("shift[0].from", "10:00")
			set("shift[0].to", "13:00")
			if p.sees(`#excludes button`) {
				t.Error("the button of those without scripts is shown")
			}
		} else {
			p.mustSee(`#excludes button`)
			p.press(`button[value="add_shift"]`) // a row more, nothing lost
			p.expect(200)
			if !strings.HasSuffix(js[string](p, `location.hash`), "day") {
				t.Error("the new row is not in view")
			}
			p.press(`button[value="remove_shift 1"]`)
			p.expect(200)
		}
		p.press(`.form-end button[value="publish"]`)
		p.expect(200)
		p.mustSee(`.badge-good`)
	}
	if n := h.Count(
		`select count(*) from event where title ->> 'ru' = 'Сажаем деревья' and state = 'published'`); n != 2 {
		t.Errorf("%d published", n)
	}
}
