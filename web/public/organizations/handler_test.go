package organizations_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

func TestOrganizations(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	event, _ := h.Event(h.World(), 48*time.Hour, 5)
	b := h.Browser()
	b.Get("/ru/organizations").Want(t, http.StatusOK, "/ru/organizations/jastar", "/ru/organizations/apply")
	b.Get("/ru/organizations/jastar").Want(t, http.StatusOK, "Жастар", portaltest.Path("/ru/events/%d", event))
	b.Get("/ru/organizations/none").Want(t, http.StatusNotFound)
	b.Get("/logos/0123456789abcdef01234567.png").Want(t, http.StatusNotFound)
}

// TestSubmitApplication: what is wrong is shown with what was written, and sent twice it makes one.
func TestSubmitApplication(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	b := h.As(h.Person("a@shtab.test", 30))
	const path = "/ru/organizations/apply"
	h.Browser().Get(path).WantRedirect(t, "/ru/login?next=%2Fru%2Forganizations%2Fapply")
	b.Get(path).Want(t, http.StatusOK, `name="key"`)
	form := url.Values{
		"key": {"k1"}, "kind": {"ngo"}, "name_kk": {"Көмек"}, "name_ru": {"Помощь"}, "email": {"x"},
		"summary_kk": {"Біз"}, "summary_ru": {"Мы"},
	}
	b.Post(path, form).Want(t, http.StatusUnprocessableEntity, `value="Помощь"`, `href="#f-email"`)
	form.Set("email", "help@shtab.test")
	for range 2 {
		b.Post(path, form).WantRedirect(t, path)
	}
	if n := h.Count(`select count(*) from org where name ->> 'ru' = 'Помощь'`); n != 1 {
		t.Errorf("%d organisations", n)
	}
	id := h.Count(`select id from org where name ->> 'ru' = 'Помощь'`)
	b.Get(portaltest.Path("%s/%d", path, id)).Want(t, http.StatusOK, `value="Помощь"`)
	h.As(h.Person("b@shtab.test", 30)).Get(portaltest.Path("%s/%d", path, id)).Want(t, http.StatusNotFound)
}
