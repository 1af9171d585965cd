package ui_test

import (
	"testing"

	"shtab/web/ui"
	"shtab/web/ui/uitest"
)

func TestErrorPage(t *testing.T) {
	uitest.Check(t,
		uitest.State{Name: "404", Path: "/nowhere", Page: ui.ErrorPage(404, "fault.not_found", "")},
		uitest.State{Name: "503", Path: "/events", Page: ui.ErrorPage(503, "fault.unavailable", "host/abc-000123")},
	)
}
