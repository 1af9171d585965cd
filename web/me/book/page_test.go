package book

import (
	"testing"

	"shtab/internal/attendance"
	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	e := uitest.Event()
	rows := []attendance.BookRow{
		{EventID: 1, Title: e.Title, Org: e.Org.Name, Day: uitest.At(-3, 0, 0), Minutes: 90},
		{EventID: 2, Title: uitest.Text(
			"Кітап оқып береміз", "", "",
		), Org: e.Org.Name, Day: uitest.At(-9, 0, 0), Minutes: 120},
	}
	uitest.Check(t,
		uitest.State{Name: "empty", Path: "/me/book", Actor: uitest.Volunteer, Page: bookPage(bookView{})},
		uitest.State{Name: "rows", Path: "/me/book", Actor: uitest.Volunteer, Page: bookPage(bookView{Rows: rows})},
	)
}
