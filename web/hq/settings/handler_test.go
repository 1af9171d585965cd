package settings_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"shtab/internal/poll"
	"shtab/web/portal/portaltest"
)

// field finds the value of every input of a page's form, as a browser would send it back.
var field = regexp.MustCompile(`<input[^>]*? name="([^"]+)"[^>]*?>`)

// sent is the form of a page as it stands.
func sent(body string) url.Values {
	v := url.Values{}
	for _, m := range field.FindAllStringSubmatch(body, -1) {
		if kind := attribute(m[0], "type"); (kind == "radio" || kind == "checkbox") &&
			!strings.Contains(m[0], " checked") {
			continue
		}
		v.Add(m[1], attribute(m[0], "value"))
	}
	return v
}

func attribute(tag, name string) string {
	_, rest, ok := strings.Cut(tag, " "+name+`="`)
	if !ok {
		return ""
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// An administrator sets the city's names, colours, districts and thresholds: they hold at the next
// request, also in another process; what the law says cannot be loosened.
func TestSaveSettings(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	const path = "/ru/hq/settings"
	h.Staff.Get(path).Want(t, http.StatusForbidden)
	h.Staff.Post(path, url.Values{}).Want(t, http.StatusForbidden)
	form := sent(h.Admin.Get(path).Want(t, http.StatusOK).Body)
	if form.Get("district[0].slug") != "almaty" || form.Get("rules[consent_age]") != "16" {
		t.Fatalf("the form is %v", form)
	}
	stale, bad := maps.Clone(form), maps.Clone(form)

	t.Run("without a change", func(t *testing.T) {
		h.Admin.Post(path, form).Want(t, http.StatusSeeOther)
		if h.Count(`select count(*) from city_setting`) != 0 {
			t.Error("nothing is kept as something")
		}
	})
	t.Run("looser than the law", func(t *testing.T) {
		bad.Set("rules[accompanied_age]", "12")
		bad.Set("rules[night_to]", "никогда")
		bad.Set("headquarters_kk", "")
		h.Admin.Post(path, bad).Want(t, http.StatusUnprocessableEntity, "Число вне границ")
	})

	other := portaltest.On(t, h.Pool) // another process of the same portal
	for name, value := range map[string]string{
		"headquarters_kk": "Қарағанды штабы", "headquarters_ru": "Штаб Караганды", "palette": "plum",
		"rules[consent_age]":  "18",
		"district[0].name_ru": "Старый Алматы", "district[1].closed": "1",
		"district[6].name_kk": "Жаңа қала", "district[6].name_ru": "Новый город",
	} {
		form.Set(name, value)
	}
	h.Admin.Post(path, form).Want(t, http.StatusSeeOther)

	t.Run("the next request", func(t *testing.T) {
		page := h.Admin.Get("/ru/events").Want(t, http.StatusOK,
			"Штаб Караганды", `data-palette="plum"`, "Старый Алматы", `value="zhana-qala"`).Body
		if strings.Contains(page, `value="baikonyr"`) {
			t.Error("a closed district is still chosen from")
		}
		h.Admin.Get("/ru/events?district=baikonyr").Want(t, http.StatusOK)
		if n := h.Count(`select count(*) from audit where verb = 'settings.save'
			and fields @> '{headquarters,palette,districts,rules}'`); n != 1 {
			t.Errorf("%d entries in the audit", n)
		}
	})
	t.Run("somebody else's version", func(t *testing.T) {
		stale.Set("headquarters_ru", "Чужое")
		h.Admin.Post(path, stale).Want(t, http.StatusConflict, "кто-то другой", "Чужое")
	})
	t.Run("another process", func(t *testing.T) {
		poll.Until(t, "it has the new settings", func() bool {
			return strings.Contains(other.Browser().Get("/ru").Body, "Штаб Караганды")
		})
	})
	t.Run("sign-ups and mails", func(t *testing.T) {
		young := h.As(h.Person("seventeen@shtab.test", 17))
		_, shift := h.Event(h.World, h.Morning(2), 5)
		young.Post(portaltest.Path("/ru/shifts/%d/signup", shift), nil)
		if n := h.Count(`select count(*) from signup where shift_id = $1 and state = 'awaiting_consent'`,
			shift); n != 1 {
			t.Error("at 17 no parent is asked, though the age of consent is 18")
		}
		if mail := h.Mail("signup_awaiting", "seventeen@shtab.test"); !strings.Contains(mail, "Қарағанды штабы") {
			t.Errorf("the mail says %s", mail)
		}
	})
}

// A text of consent has versions: who registers agrees to the latest, and earlier ones stay
// readable.
func TestPublishConsent(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	const path = "/ru/hq/settings/consents"
	h.Staff.Get(path).Want(t, http.StatusForbidden)
	text := func(s string) url.Values {
		return url.Values{
			"purpose": {"registration"}, "body_kk": {"Мәтін " + s}, "body_ru": {"Текст " + s},
			"body_en": {"Text " + s},
		}
	}
	half := text("1")
	half.Del("body_en")
	h.Admin.Post(path, half).Want(t, http.StatusUnprocessableEntity, "Нужен текст")
	for _, s := range []string{"1", "1", "2"} {
		h.Admin.Post(path, text(s)).Want(t, http.StatusSeeOther)
	}
	var versions []string
	h.Scan(`select array_agg(version order by id) from consent_text`, nil, &versions)
	if len(versions) != 2 || versions[1] != versions[0]+"-2" && !strings.HasSuffix(versions[1], "-2") &&
		!strings.HasSuffix(versions[1], "-3") {
		t.Fatalf("versions %v", versions)
	}
	h.Browser().Get("/ru/privacy").Want(t, http.StatusOK, "Текст 2", versions[1])
	h.Browser().Get("/ru/privacy?version="+versions[0]).Want(t, http.StatusOK, "Текст 1", "прежняя версия")
	h.Browser().Get("/ru/privacy?version=2026-11-22").Want(t, http.StatusOK, "прежняя версия", "Как долго")
	h.Browser().Get("/ru/privacy?version=nothing").Want(t, http.StatusNotFound)

	b := h.Browser()
	b.Post("/ru/register", url.Values{
		"email": {"late@shtab.test"}, "password": {"koshkurlap-7"}, "given_name": {"Ая"}, "family_name": {"Бек"},
		"birth_date": {strconv.Itoa(h.Now().Year()-30) + "-01-01"}, "agree": {"1"},
	}).Want(t, http.StatusSeeOther)
	var kept string
	h.Scan(`select consent_version from registration where email = 'late@shtab.test'`, nil, &kept)
	if kept != versions[1] {
		t.Errorf("agreed to %q, not %q", kept, versions[1])
	}
	h.Admin.Get(path).Want(t, http.StatusOK, versions[0], versions[1])
}
