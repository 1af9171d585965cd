package review_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// entry is a form of an application that is whole.
func entry(change ...string) url.Values {
	v := url.Values{
		"key": {"k1"}, "kind": {"ngo"}, "name_kk": {"Қамқор жүрек"}, "name_ru": {"Доброе сердце"},
		"email":     {"heart@shtab.test"},
		"joined_on": {"2024-05-01"}, "documents": {"Свидетельство № 12-345 от 01.02.2020"},
	}
	for i := 0; i < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return v
}

// Whoever has an account applies for an organisation; the headquarters returns it with words, sees
// what was corrected, and takes it in: the applicant acts for it.
func TestApplication(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	who := h.As(h.Person("new@shtab.test", 25))
	other := h.As(h.Person("other@shtab.test", 25))
	const apply = "/ru/organizations/apply"
	t.Run("form", func(t *testing.T) {
		if a := h.Browser().Get(apply); a.Status != http.StatusSeeOther {
			t.Errorf("a visitor gets %d", a.Status)
		}
		who.Post(apply, entry("kind", "headquarters", "email", "")).
			Want(t, http.StatusUnprocessableEntity, "Выберите вид организации.")
	})
	for range 2 {
		who.Post(apply, entry()).Want(t, http.StatusSeeOther)
	}
	id := h.Count(`select id from org where state = 'applied' and applied_by is not null`)
	h.Exec(`update org set applied_at = now() - interval '73 hours' where id = $1`, id)
	page, public := portaltest.Path(apply+"/%d", id), h.Browser()
	action := portaltest.Path("/ru/hq/organizations/%d/", id)

	t.Run("who sees it", func(t *testing.T) {
		public.Get("/ru/organizations/qamqor-zhurek").Want(t, http.StatusNotFound)
		if a := public.Get("/ru/organizations"); strings.Contains(a.Body, "Доброе сердце") {
			t.Error("an application is on the public list")
		}
		other.Get(page).Want(t, http.StatusNotFound)
		other.Post(page, entry("version", "1")).Want(t, http.StatusNotFound)
		who.Get(page).Want(t, http.StatusOK, "Заявка у штаба", "Доброе сердце")
		who.Post(action+"approve", url.Values{"version": {"1"}}).Want(t, http.StatusForbidden)
		h.Staff.Get("/ru/hq").Want(t, http.StatusOK, "1 ")
		h.Staff.Get("/ru/hq/review").Want(t, http.StatusOK, "Доброе сердце", "Ждёт 3 дня", "Свидетельство № 12-345")
	})
	t.Run("returned", func(t *testing.T) {
		h.Staff.Post(action+"return", url.Values{"version": {"1"}}).
			Want(t, http.StatusUnprocessableEntity, "Напишите, что исправить")
		for range 2 {
			h.Staff.Post(action+"return", url.Values{"version": {"1"}, "words": {"Укажите телефон"}}).
				Want(t, http.StatusSeeOther)
		}
		h.Staff.Post(action+"approve", url.Values{"version": {"2"}}).Want(t, http.StatusConflict)
		if mail := h.Mail("org_returned", "new@shtab.test"); !strings.Contains(mail, "Укажите телефон") ||
			!strings.Contains(mail, page[3:]) {
			t.Errorf("the mail says %s", mail)
		}
		who.Get(page).Want(t, http.StatusOK, "Укажите телефон")
		who.Post(page, entry("version", "2", "phone", "+77010000000")).Want(t, http.StatusSeeOther)
		h.Staff.Get("/ru/hq/review").Want(t, http.StatusOK, "Укажите телефон", "Что изменилось с тех пор",
			"<ins>+77010000000")
	})
	t.Run("approved", func(t *testing.T) {
		h.Staff.Post(action+"approve", url.Values{"version": {"2"}}).Want(t, http.StatusConflict, "Посмотрите")
		h.Staff.PostAtOnce(t, 4, action+"approve", url.Values{"version": {"3"}})
		who.Get(portaltest.Path("/ru/desk/organizations/%d", id)).Want(t, http.StatusOK)
		public.Get("/ru/organizations/qamqor-zhurek").Want(t, http.StatusOK)
		if mail := h.Mail("org_approved", "new@shtab.test"); mail == "" {
			t.Error("the applicant is not told")
		}
		if n := h.Count(`select count(*) from audit where verb = 'org.approve'`); n != 1 {
			t.Errorf("%d entries in the audit", n)
		}
	})
	t.Run("at most three of one person", func(t *testing.T) {
		for i := range 3 {
			other.Post(apply, entry("key", portaltest.Path("o%d", i))).Want(t, http.StatusSeeOther)
		}
		other.Post(apply, entry("key", "o3")).Want(t, http.StatusConflict)
	})
}
