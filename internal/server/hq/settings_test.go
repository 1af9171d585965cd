package hq_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// field finds the value of every input of a page's form, as a browser would send it back.
var field = regexp.MustCompile(`<input[^>]*? name="([^"]+)"[^>]*?>`)

// sent is the form of a page as it stands.
func sent(body string) url.Values {
	v := url.Values{}
	for _, m := range field.FindAllStringSubmatch(body, -1) {
		if kind := attribute(m[0], "type"); (kind == "radio" || kind == "checkbox") && !strings.Contains(m[0], " checked") {
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
func TestSettings(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	admin := r.Person("admin@shtab.test", 40)
	r.Exec(`update person set role = 'admin' where id = $1`, admin)
	boss := r.As(admin)
	const path = "/ru/hq/settings"
	want(t, r.staff.Get(path), http.StatusForbidden)
	want(t, r.staff.Post(path, url.Values{}), http.StatusForbidden)
	form := sent(want(t, boss.Get(path), http.StatusOK).Body)
	if form.Get("district[0].slug") != "almaty" || form.Get("rules[consent_age]") != "16" {
		t.Fatalf("the form is %v", form)
	}
	want(t, boss.Post(path, form), http.StatusSeeOther) // nothing is changed
	if r.Count(`select count(*) from city_setting`) != 0 {
		t.Error("nothing is kept as something")
	}
	bad := url.Values{}
	for k, v := range form {
		bad[k] = v
	}
	bad.Set("rules[accompanied_age]", "12")
	bad.Set("rules[night_to]", "никогда")
	bad.Set("headquarters_kk", "")
	want(t, boss.Post(path, bad), http.StatusUnprocessableEntity, "Число вне границ")

	other := portaltest.On(t, r.Pool) // another process of the same portal
	stale := url.Values{}
	for k, v := range form {
		stale[k] = v
	}
	form.Set("headquarters_ru", "Штаб Караганды")
	form.Set("palette", "plum")
	form.Set("rules[consent_age]", "18")
	form.Set("district[0].name_ru", "Старый Алматы")
	form.Set("district[1].closed", "1")
	form.Set("district[6].name_kk", "Жаңа қала")
	form.Set("district[6].name_ru", "Новый город")
	want(t, boss.Post(path, form), http.StatusSeeOther)
	page := want(t, boss.Get("/ru/events"), http.StatusOK, "Штаб Караганды", `data-palette="plum"`, "Старый Алматы", `value="zhana-qala"`).Body
	if strings.Contains(page, `value="baikonyr"`) {
		t.Error("a closed district is still chosen from")
	}
	want(t, boss.Get("/ru/events?district=baikonyr"), http.StatusOK)
	stale.Set("headquarters_ru", "Чужое")
	want(t, boss.Post(path, stale), http.StatusConflict, "кто-то другой", "Чужое")
	deadline := time.Now().Add(20 * time.Second)
	for !strings.Contains(other.Browser().Get("/ru").Body, "Штаб Караганды") {
		if time.Now().After(deadline) {
			t.Fatal("another process has not heard of it")
		}
		time.Sleep(50 * time.Millisecond)
	}
	// The thresholds decide: at 17 a parent is asked from now on.
	young := r.As(r.Person("seventeen@shtab.test", 17))
	_, shift := r.Event(r.World, r.Morning(2), 5)
	young.Post(portaltest.Path("/ru/shifts/%d/signup", shift), nil)
	if n := r.Count(`select count(*) from signup where shift_id = $1 and state = 'awaiting_consent'`, shift); n != 1 {
		t.Error("the new age of consent is not heard")
	}
	// The jobs follow too: the mail carries the new name.
	if mail := r.Mail("signup_awaiting", "seventeen@shtab.test"); !strings.Contains(mail, "Астана еріктілер штабы") && !strings.Contains(mail, "Штаб Караганды") {
		t.Errorf("the mail says %s", mail)
	}
	if n := r.Count(`select count(*) from audit where verb = 'settings.save' and fields @> '{headquarters,palette,districts,rules}'`); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
}

// A text of consent has versions: who registers agrees to the latest, and earlier ones stay
// readable.
func TestConsentTexts(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	admin := r.Person("admin@shtab.test", 40)
	r.Exec(`update person set role = 'admin' where id = $1`, admin)
	boss := r.As(admin)
	const path = "/ru/hq/settings/consents"
	want(t, r.staff.Get(path), http.StatusForbidden)
	text := func(s string) url.Values {
		return url.Values{"purpose": {"registration"}, "body_kk": {"Мәтін " + s}, "body_ru": {"Текст " + s}, "body_en": {"Text " + s}}
	}
	half := text("1")
	half.Del("body_en")
	want(t, boss.Post(path, half), http.StatusUnprocessableEntity, "Нужен текст")
	for _, s := range []string{"1", "1", "2"} {
		want(t, boss.Post(path, text(s)), http.StatusSeeOther)
	}
	var versions []string
	r.Scan(`select array_agg(version order by id) from consent_text`, nil, &versions)
	if len(versions) != 2 || versions[1] != versions[0]+"-2" && !strings.HasSuffix(versions[1], "-2") && !strings.HasSuffix(versions[1], "-3") {
		t.Fatalf("versions %v", versions)
	}
	want(t, r.Browser().Get("/ru/privacy"), http.StatusOK, "Текст 2", versions[1])
	want(t, r.Browser().Get("/ru/privacy?version="+versions[0]), http.StatusOK, "Текст 1", "прежняя версия")
	want(t, r.Browser().Get("/ru/privacy?version=2026-11-22"), http.StatusOK, "прежняя версия", "Как долго")
	want(t, r.Browser().Get("/ru/privacy?version=nothing"), http.StatusNotFound)

	b := r.Browser()
	want(t, b.Post("/ru/register", url.Values{
		"email": {"late@shtab.test"}, "password": {"koshkurlap-7"}, "given_name": {"Ая"}, "family_name": {"Бек"},
		"birth_date": {strconv.Itoa(time.Now().Year()-30) + "-01-01"}, "agree": {"1"},
	}), http.StatusSeeOther)
	var kept string
	if err := r.Pool.QueryRow(context.Background(), `select consent_version from registration where email = 'late@shtab.test'`).Scan(&kept); err != nil || kept != versions[1] {
		t.Errorf("agreed to %q, not %q: %v", kept, versions[1], err)
	}
	want(t, boss.Get(path), http.StatusOK, versions[0], versions[1])
}

// A kind of things delivered is renamed and retired; events are no longer asked for it.
func TestDeliveryKinds(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	var slug string
	r.Scan(`select slug from delivery_kind order by position limit 1`, nil, &slug)
	path := "/ru/hq/deliveries/" + slug
	want(t, r.mine.Post(path, url.Values{}), http.StatusForbidden)
	want(t, r.staff.Post("/ru/hq/deliveries/none", url.Values{"name_kk": {"А"}, "name_ru": {"А"}}), http.StatusNotFound)
	want(t, r.staff.Post(path, url.Values{"name_kk": {""}, "name_ru": {"Пакеты"}}), http.StatusUnprocessableEntity)
	for range 2 {
		want(t, r.staff.Post(path, url.Values{"name_kk": {"Қаптар"}, "name_ru": {"Пакеты"}, "retired": {"1"}}), http.StatusSeeOther)
	}
	want(t, r.staff.Get("/ru/hq/deliveries"), http.StatusOK, "Пакеты", "Больше не спрашиваем")
	id, _ := r.Event(r.World, -30*time.Hour, 5)
	if a := want(t, r.mine.Get(portaltest.Path("/ru/desk/events/%d/hours", id)), http.StatusOK); strings.Contains(a.Body, "Пакеты") {
		t.Error("events are still asked for a retired kind")
	}
	if n := r.Count(`select count(*) from audit where verb = 'delivery_kind.change' and fields = '{name,retired}'`); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
}
