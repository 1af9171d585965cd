package profile_test

import (
	"net/http"
	"net/url"
	"testing"

	"shtab/web/portal/portaltest"
)

func TestSaveProfile(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	me := h.As(h.Person("me@shtab.test", 30))
	me.Get("/ru/me/profile").Want(t, http.StatusOK, `value="Айгүл"`, "me@shtab.test")
	form := url.Values{
		"given_name": {"Айгерім"}, "family_name": {"Сәтқызы"}, "birth_date": {"1995-02-03"}, "phone": {"12"},
		"lang":     {"kk"},
		"district": {"yesil"},
	}
	me.Post("/ru/me/profile", form).Want(
		t, http.StatusUnprocessableEntity, `value="Айгерім"`, `value="12"`, `href="#f-phone"`,
	)
	form.Set("phone", "+7 701 123 45 67")
	for range 2 {
		me.Post("/ru/me/profile", form).WantRedirect(t, "/kk/me/profile") // in the language that was chosen
	}
	if n := h.Count(
		`select count(*) from person where given_name = 'Айгерім' and phone = '+77011234567'
			and lang = 'kk'`); n != 1 {
		t.Error("the profile was not saved")
	}
	if n := h.Count(`select count(*) from audit where verb = 'account.update'`); n != 1 {
		t.Errorf("%d entries in the audit for a form that was sent twice", n)
	}
}
