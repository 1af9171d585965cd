package info

import (
	"testing"

	"shtab/internal/config"
	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	uitest.Check(t,
		uitest.State{Name: "help", Path: "/help", Page: helpPage()},
		uitest.State{Name: "privacy", Path: "/privacy", Page: privacyPage(config.Consent{Version: "2026-11-22"})},
	)
}
