package account

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/web/locale"
)

func TestUpdateProfile(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	var told []string
	h.OnBirthDate = func(ctx context.Context, tx pgx.Tx, personID int64) error {
		var born time.Time
		err := tx.QueryRow(ctx, `select birth_date from person where id = $1`, personID).Scan(&born)
		told = append(told, born.Format(time.DateOnly))
		return err
	}
	_, actor := h.join("a@mail.kz")
	form := ProfileForm{
		GivenName: "Әлия", FamilyName: "Серік", BirthDate: "2008-02-29", Lang: i18n.KK,
		District: "yesil",
	}
	update := func() error { return h.UpdateProfile(ctx, actor, form, now) }
	if err := update(); err != nil || told != nil {
		t.Fatal(err, told)
	}
	if fields := one[[]string](h, `select fields from audit where verb = 'account.update'`); !slices.Equal(fields,
		[]string{"family_name", "phone", "lang", "district"}) {
		t.Error("audit:", fields)
	}
	if err := update(); err != nil || one[int](h, `select count(*) from audit where verb = 'account.update'`) != 1 {
		t.Error("the same again is a change:", err)
	}
	form.BirthDate = ""
	says(t, update(), fault.KindInvalid, "birth_date=account.error.birth_date_missing")
	form.BirthDate = "2007-02-28"
	if err := update(); err != nil || !slices.Equal(told, []string{"2007-02-28"}) {
		t.Error(err, told)
	}
	form.FamilyName = "Серікқызы"
	form.BirthDate = "2007-02-27"
	says(t, update(), fault.KindInvalid, "birth_date=account.error.birth_date_once")
	for _, same := range []string{"", "2007-02-28", "28.02.2007"} {
		form.BirthDate = same
		if err := update(); err != nil {
			t.Error(same, err)
		}
	}
	p, err := h.Profile(ctx, actor)
	if err != nil || !p.BirthDateCorrected || p.BirthDate.Format(time.DateOnly) != "2007-02-28" ||
		p.FamilyName != "Серікқызы" || p.Phone != "" || p.District != "yesil" || p.Lang != i18n.KK || len(told) != 1 {
		t.Errorf("%+v, %v, told %v", p, err, told)
	}
	form.District, form.Lang, form.Phone = "mars", "tlh", "1"
	err = update()
	says(t, err, fault.KindInvalid, "district=account.error.district")
	says(t, err, fault.KindInvalid, "lang=account.error.lang")
	says(t, err, fault.KindInvalid, "phone=account.error.phone")
	says(t, h.UpdateProfile(ctx, Actor{}, form, now), fault.KindNotFound, "fault.not_found")
}

func TestBirthDateIsKeptWhenTheHookFails(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	_, actor := h.join("a@mail.kz")
	broken := errors.New("broken")
	h.OnBirthDate = func(context.Context, pgx.Tx, int64) error { return broken }
	err := h.UpdateProfile(ctx, actor, ProfileForm{
		GivenName: "Әлия", FamilyName: "Серік", BirthDate: "2001-01-01",
		Lang: i18n.KK,
	}, now)
	p, e := h.Profile(ctx, actor)
	if !errors.Is(err, broken) || e != nil || p.BirthDateCorrected || p.FamilyName != "Қожахметқызы" {
		t.Errorf("%v, %+v", err, p)
	}
}

func TestProfileWithoutBirthDate(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	if err := h.CreateUser(ctx, "s@shtab.kz", goodPassword, "Айгүл", "Сәрсен", Staff, now); err != nil {
		t.Fatal(err)
	}
	actor := Actor{PersonID: one[int64](h, `select id from person`)}
	form := ProfileForm{GivenName: "Айгүл", FamilyName: "Сәрсенова", Lang: i18n.EN}
	for _, born := range []string{"", "1990-05-06", "1990-05-07"} { // none, the first, its correction
		form.BirthDate = born
		if err := h.UpdateProfile(ctx, actor, form, now); err != nil {
			t.Error(born, err)
		}
	}
	form.BirthDate = "1990-05-08"
	says(t, h.UpdateProfile(ctx, actor, form, now), fault.KindInvalid, "birth_date=account.error.birth_date_once")
}

func TestActor(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	in, actor := h.join("a@mail.kz")
	if actor.Orgs == nil || len(actor.Orgs) != 0 || actor.Role != Volunteer || actor.Email != "a@mail.kz" ||
		actor.Lang != i18n.RU || actor.GivenName != "Әлия" {
		t.Errorf("%+v", actor)
	}
	h.exec(
		`with o as (insert into org (slug, kind, name, joined_on)
			values ('a', 'ngo', '{}', $2), ('b', 'ngo', '{}', $2) returning id)
		insert into coordinator (person_id, org_id) select $1, id from o`, in.PersonID, now)
	actor, err := h.enter(ctx, in.PersonID, in.Epoch)
	if err != nil || len(actor.Orgs) != 2 || !actor.Can(RunEvents) {
		t.Errorf("%+v, %v", actor, err)
	}
	_, err = h.enter(ctx, in.PersonID, in.Epoch+1)
	says(t, err, fault.KindNotFound, "fault.not_found")
	for _, session := range []int64{0, -1, 1 << 40} {
		_, err := h.Actor(ctx, session, now)
		says(t, err, fault.KindNotFound, "fault.not_found")
	}
	h.exec(`update person set email = null, erased_at = $1`, now)
	_, err = h.enter(ctx, in.PersonID, in.Epoch)
	says(t, err, fault.KindNotFound, "fault.not_found")
	_, err = h.Profile(ctx, actor)
	says(t, err, fault.KindNotFound, "fault.not_found")
}

func TestLangAndCalendar(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	_, actor := h.join("a@mail.kz")
	was, _ := h.Profile(ctx, actor)
	token, err := h.RenewCalendar(ctx, actor, now)
	if err != nil || len(token) < 26 || token == was.CalendarToken {
		t.Error(token, err)
	}
	if p, err := h.Profile(ctx, actor); err != nil || p.CalendarToken != token {
		t.Errorf("%+v, %v", p, err)
	}
	_, err = h.RenewCalendar(ctx, Actor{}, now)
	says(t, err, fault.KindNotFound, "fault.not_found")
}

// inputs is a field of the registration, what is typed, and the key of what is said ("": fine).
var inputs = []struct{ field, typed, key string }{
	{"email", "", "email"},
	{"email", "aliya", "email"},
	{"email", "aliya@localhost", "email"},
	{"email", "@mail.kz", "email"},
	{"email", "a@", "email"},
	{"email", "a@b@mail.kz", "email"},
	{"email", "a b@mail.kz", "email"},
	{"email", "a@mail..kz", "email"},
	{"email", "a@.kz", "email"},
	{"email", "a@mail.kz.", "email"},
	{"email", ".a@mail.kz", "email"},
	{"email", "a@[127.0.0.1]", "email"},
	{"email", "a@127.0.0.1", "email"},
	{"email", "Aliya <a@mail.kz>", "email"},
	{"email", "a@mail.kz (me)", "email"},
	{"email", "a@mail.kz, b@mail.kz", "email"},
	{"email", "a@mail.kz\r\nBcc: b@mail.kz", "email"},
	{"email", `"a b"@mail.kz`, "email"},
	{"email", "a\x00@mail.kz", "email"},
	{"email", "a@ma\x00il.kz", "email"},
	{"email", "a\xff@mail.kz", "email"},
	{"email", "a@mail\xff.kz", "email"},
	{"email", "әлия@mail.kz", "email"},
	{"email", strings.Repeat("a", 65) + "@mail.kz", "email"},
	{"email", "a@" + strings.Repeat("a", 64) + ".kz", "email"},
	{"email", "a@" + strings.Repeat("abc.", 70) + "kz", "email"},
	{"email", "aliya+shtab@sub.mail.kz", ""},
	{"email", "o'neil_1@mail.kz", ""},
	{"email", "a@астана.қаз", ""},

	{"password", "", "password_short"},
	{"password", "1234567", "password_short"},
	{"password", "жеті қат", ""},
	{"password", "correct horse", ""},
	{"password", strings.Repeat("ұзын ", 40), ""},
	{"password", strings.Repeat("ұзын ", 41), "password_long"},
	{"password", strings.Repeat("x", 10<<10), "password_long"},
	{"password", "Password123", "password_common"},
	{"password", "pass word 123", "password_common"},
	{"password", "қазақстан", "password_common"},
	{"password", "аааааааааа", "password_common"},
	{"password", "A@mail.kz", "password_personal"},
	{"password", "қожахметқызы", "password_personal"},
	{"password", "ҚожахметқызыӘлия", "password_personal"},
	{"password", "жеті\x00 қат көк", "password_control"},
	{"password", "жеті\xff қат көк", "password_control"},

	{"given_name", "", "given_name_missing"},
	{"given_name", " \u00a0 ", "given_name_missing"},
	{"given_name", "Әли\x00я", "name_letters"},
	{"given_name", "Әли\xffя", "name_letters"},
	{"given_name", "Әлия\nБекова", "name_letters"},
	{"given_name", "Ali\u202eya", "name_letters"},
	{"given_name", "Ali<b>", "name_letters"},
	{"given_name", "mail.kz", "name_letters"},
	{"given_name", "Әлия 2", "name_letters"},
	{"given_name", "-'-", "name_letters"},
	{"given_name", "🙂", "name_letters"},
	{"given_name", strings.Repeat("ә", 80), ""},
	{"given_name", strings.Repeat("ә", 81), "name_long"},
	{"family_name", strings.Repeat("ә", 5<<10), "name_long"},
	{"family_name", "әғқңөұүһі ӘҒҚҢӨҰҮҺІ", ""},
	{"family_name", "О’Нил-Жұмабаев Sh'on", ""},
	{"family_name", "山田", ""},
	{"family_name", "İbrahimoğlu", ""},

	{"birth_date", "", "birth_date_missing"},
	{"birth_date", "2007-02-31", "birth_date"},
	{"birth_date", "31.02.2007", "birth_date"},
	{"birth_date", "2007-02-29", "birth_date"},
	{"birth_date", "2007-13-01", "birth_date"},
	{"birth_date", "yesterday", "birth_date"},
	{"birth_date", "2007-02-28\x00", "birth_date"},
	{"birth_date", "2007-02-2\xff", "birth_date"},
	{"birth_date", "+12007-02-28", "birth_date"},
	{"birth_date", "99999-01-01", "birth_date"},
	{"birth_date", "0001-01-01", "birth_date_old"},
	{"birth_date", "0000-01-01", "birth_date_old"},
	{"birth_date", "1876-11-22", "birth_date_old"},
	{"birth_date", "1906-11-21", "birth_date_old"},
	{"birth_date", "1906-11-22", ""},
	{"birth_date", "2026-11-22", ""},
	{"birth_date", "2026-11-23", "birth_date_future"},
	{"birth_date", "9999-12-31", "birth_date_future"},
	{"birth_date", "29.02.2008", ""},

	{"phone", "", ""},
	{"phone", "123", "phone"},
	{"phone", "8 701 123 45 6", "phone"},
	{"phone", "+7 701 123 45 67 890", "phone"},
	{"phone", "call me", "phone"},
	{"phone", "8701123\x004567", "phone"},
	{"phone", "8701123\xff4567", "phone"},
	{"phone", strings.Repeat("7", 10<<10), "phone"},
	{"phone", "+7 (701) 123-45-67", ""},
	{"phone", "87011234567", ""},
	{"phone", "701 123 45 67", ""},
	{"phone", "+7 916 123 45 67", ""},
	{"phone", "8 (7172) 70-12-34", ""},
	{"phone", "+998 90 123 45 67", ""},

	{"agree", "no", "agree"},
}

func TestInputs(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	h.RateLimits = false
	for _, in := range inputs {
		r := form("a@mail.kz")
		switch in.field {
		case "email":
			r.Email = in.typed
		case "password":
			r.Password = in.typed
		case "given_name":
			r.GivenName = in.typed
		case "family_name":
			r.FamilyName = in.typed
		case "birth_date":
			r.BirthDate = in.typed
		case "phone":
			r.Phone = in.typed
		case "agree":
			r.Agree = false
		}
		shown := in.field + " " + in.typed[:min(len(in.typed), 40)]
		_, err := h.Register(ctx, r, now)
		if in.key == "" {
			if err != nil {
				t.Errorf("%q: %v", shown, err)
			}
			continue
		}
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || len(e.Fields) != 1 || e.Fields[in.field] != "account.error."+in.key {
			t.Errorf("%q: %v, want %s", shown, err, in.key)
		}
	}
	r := form("a@mail.kz")
	r.Lang, r.Next = "\x00", "//evil.example"
	if id, err := h.Register(ctx, r, now); err != nil ||
		one[string](h, `select lang || next from registration where id = $1`, id) != "kk" {
		t.Error(err)
	}
}

func TestNormalForms(t *testing.T) {
	f := fault.Fields{}
	for got, want := range map[string]string{
		ReadName(f, "n", "  Али\u0306 \t"):     "",              // a tab is refused
		ReadName(f, "n", " Сеи\u0306т   Хан "): "Се\u0439т Хан", // й in one letter, single spaces
		readEmail(f, " A@Астана.ҚАЗ"):          "a@xn--80aaa5csg.xn--80ao21a",
		readPhone(f, "8 (701) 123–45–67"):      "+77011234567",
		readPhone(f, "+7 916 123 45 67"):       "+79161234567",
		ownPath("/kk/events?a=1"):              "/kk/events?a=1",
		ownPath("/\\evil"):                     "",
		ownPath("https://evil"):                "",
		ownPath("/\x00"):                       "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestWords checks that the catalogue has the keys that this package uses.
func TestWords(t *testing.T) {
	c, err := i18n.Load(locale.FS, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{
		"login", "suspended", "merged", "too_many", "too_many_mails", "too_many_codes", "code_format", "code_wrong",
		"code_expired", "reset_gone",
		"old_password", "birth_date_once", "district", "lang", "role",
	}
	for _, in := range inputs {
		if in.key != "" {
			keys = append(keys, in.key)
		}
	}
	for _, k := range keys {
		if !slices.Contains(c.Keys(), "account.error."+k) {
			t.Error("no words for", k)
		}
	}
}
