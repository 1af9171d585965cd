package profile

import (
	"testing"

	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	v := profileView{
		profileForm: profileForm{GivenName: "Айгерім", FamilyName: "Сәтқызы", BirthDate: "2001-05-17", Lang: "kk"},
		Email:       "a@shtab.test", Districts: uitest.City(t).OpenDistricts(), MayRegister: true,
	}
	fixed := v
	fixed.BirthDateFixed, fixed.Problems = true, map[string]string{"phone": "account.error.phone"}
	uitest.Check(t,
		uitest.State{Name: "profile", Path: "/me/profile", Actor: uitest.Volunteer, Page: profilePage(v)},
		uitest.State{Name: "with a problem", Path: "/me/profile", Actor: uitest.Volunteer, Page: profilePage(fixed)},
	)
}
