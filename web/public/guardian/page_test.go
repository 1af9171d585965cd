package guardian

import (
	"testing"

	"shtab/internal/guardian"
	"shtab/internal/signup"
	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	hold, e := uitest.At(1, 12, 0), uitest.Event()
	g := guardian.Guardian{ID: 1, Name: "Гүлнар", Relation: guardian.Mother, Email: "mum@shtab.test"}
	verified := g
	verified.VerifiedAt = &hold
	question := guardian.Question{Row: signup.Row{
		Details: e.Details, EventID: 1, OrgName: e.Org.Name, StartsAt: e.StartsAt, EndsAt: e.EndsAt, HoldUntil: &hold,
	}}
	state := func(name string, v guardian.PageData, problems map[string]string) uitest.State {
		v.Child = "Айгүл С."
		return uitest.State{
			Name: name, Path: "/guardian/x", Page: page(view{PageData: v, Token: "x", Problems: problems}),
		}
	}
	asked := guardian.PageData{Guardian: g, UnderConsentAge: true, Questions: []guardian.Question{question}}
	pending := asked
	pending.Pending = &guardian.Answer{Scope: guardian.Event, EventID: 1, Name: "Гүлнар"}
	given := guardian.PageData{
		Guardian: verified, UnderConsentAge: true, Consents: []guardian.Consent{{ID: 1, AgreedAt: hold}},
		Coming: []signup.Row{{
			Details: e.Details, EventID: 1, State: signup.Confirmed, StartsAt: e.StartsAt,
			EndsAt: e.EndsAt,
		}},
	}
	uitest.Check(t,
		state("asked", asked, nil),
		state("with a problem", asked, map[string]string{"scope": "guardian.error.scope"}),
		state("waits for a code", pending, nil),
		state("given", given, nil),
		state("nothing", guardian.PageData{Guardian: verified, Refused: true, UnderConsentAge: true}, nil),
	)
}
