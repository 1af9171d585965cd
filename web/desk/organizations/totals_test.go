package organizations_test

import (
	"net/http"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// TestShowTotals checks that the page, its file and the public page say the same.
func TestShowTotals(t *testing.T) {
	t.Parallel()
	h := startDesk(t, portaltest.WithoutWorker)
	held := func(org int64, day string, people, minutes int, cohosts ...int64) {
		id, _ := h.Event(portaltest.World{Org: org, Campaign: h.Campaign}, 48*time.Hour, 5)
		for _, c := range cohosts {
			h.Exec(`insert into event_cohost values ($1, $2)`, id, c)
		}
		h.Exec(`update event set closed_at = now(), held_on = $2::date, imported = true, brought_participations = $3,
			brought_minutes = $4 where id = $1`, id, day, people, minutes)
	}
	today := h.Now().In(h.City.Location()).Format(time.DateOnly)
	held(h.Org, today, 20, 3000)
	held(h.Org, today, 20, 3000)
	held(h.Other, today, 9, 600, h.Org)
	held(h.Other, today, 7, 60)
	held(h.Org, "2024-02-03", 50, 9000)
	sums := []string{">4<", ">99<", ">260<"} // events, participations, hours
	h.Mine.Get(h.path(h.Org, "/totals")).Want(t, http.StatusOK, sums...)
	h.Browser().Get("/ru/organizations/jastar").Want(t, http.StatusOK, sums...)
	h.Mine.Get(h.path(h.Org, "/totals?period=month")).Want(t, http.StatusOK, ">49<").WantWithout(t, "2024")

	f := h.Mine.Get(h.path(h.Org, "/totals/xlsx")).Workbook(t)
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[1][1] != "3" || rows[1][3] != "49" || rows[2][4] != "150" {
		t.Errorf("%v", rows)
	}
}
