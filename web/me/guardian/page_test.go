package guardian

import (
	"testing"

	"shtab/internal/guardian"
	"shtab/internal/signup"
	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	mailed, hold, e := uitest.At(-1, 10, 0), uitest.At(1, 12, 0), uitest.Event()
	row := signup.Row{
		Details: e.Details, SignupID: 1, EventID: 1, ShiftID: 11, StartsAt: e.StartsAt, EndsAt: e.EndsAt,
		HoldUntil: &hold,
	}
	asked := guardian.AskedGuardian{
		Guardian: guardian.Guardian{ID: 1, Name: "Гүлнар", Relation: guardian.Mother, Email: "mum@shtab.test"},
		MailedAt: &mailed, CanSend: true,
	}
	state := func(name string, v guardianView) uitest.State {
		return uitest.State{Name: name, Path: "/me/guardian", Actor: uitest.Volunteer, Page: guardianPage(v)}
	}
	uitest.Check(t,
		state("of age", guardianView{}),
		state(
			"nobody asked",
			guardianView{Status: guardian.Status{Minor: true, Needed: true, Awaiting: []signup.Row{row}}},
		),
		state(
			"asked",
			guardianView{Status: guardian.Status{
				Minor: true, Needed: true, Awaiting: []signup.Row{row}, Guardians: []guardian.AskedGuardian{asked},
			}},
		),
		state("with a problem", guardianView{
			Status: guardian.Status{
				Minor: true, Needed: true,
			}, Email: "x", Problems: map[string]string{"email": "account.error.email"},
		}),
	)
}
