package e2e_test

import (
	"net/url"
	"testing"

	"shtab/internal/demo"
	"shtab/internal/i18n"
	"shtab/internal/mfa"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// securityViews is how one signs in, in every state that people meet.
func securityViews(t *testing.T) (*portaltest.Server, []view) {
	t.Helper()
	h, staff := named(t, "staff")
	person := func(email, role string) (id int64) {
		h.Scan(
			`insert into person (email, password_hash, given_name, family_name, birth_date, role, lang,
				calendar_token, joined_at)
			select $1, password_hash, 'Айгүл', 'Сейтқызы', birth_date, $2, 'kk', $1, now() from person where id = $3
				returning id`, []any{email, role, staff}, &id)
		return id
	}
	app := func(id int64) {
		h.Exec(`update person set factor_since = now() where id = $1`, id)
		h.Exec(`insert into totp (person_id, secret, added_at, last_step) values ($1, $2, now(), 0)`, id,
			mfa.NewSecret())
		h.Exec(
			`insert into recovery_code (person_id, hash) select $1, sha256(n::text::bytea)
				from generate_series(1, 9) n`, id)
	}
	plain, safe, boss := person("plain@shtab.test", "volunteer"), person("safe@shtab.test", "volunteer"),
		person("boss@shtab.test", "admin")
	app(safe)
	app(boss)
	h.Exec(
		`insert into passkey (person_id, name, credential_id, credential, added_at)
			values ($1, 'Менің Samsung телефоным', 'x', '{}', now())`, safe)
	for _, device := range []string{"", "Samsung Internet, Android"} {
		h.Exec(
			`insert into person_session (person_id, epoch, device, began_at, seen_at, proved_at)
				select id, epoch, $2, now() - interval '9 days', now() - interval '26 hours', now() from person
					where id = $1`, safe, device)
	}
	waits := person("waits@shtab.test", "volunteer")
	h.As(waits).Post("/kk/me/security/email",
		url.Values{"email": {"a.rather.long.address.of.somebody@volunteers.astana.kz"}})
	again := func(unsent bool) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return link.Reauthenticate(l, link.Security(l), unsent) }
	}
	next := func(to func(i18n.Lang, string) string) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return to(l, link.Me(l)) }
	}
	password := func(p *tab, l i18n.Lang) {
		p.fill("email", "safe@shtab.test")
		p.fill("password", demo.Password)
		p.press(`form[action="` + link.Login(l, "") + `"] button`)
	}
	return h, []view{
		{name: "security-none", path: link.Security, who: plain},
		{name: "security-required", path: link.Security, who: staff},
		{name: "security-last", path: link.Security, who: boss},
		{name: "security-all", path: link.Security, who: safe, main: true},
		{name: "factor-app", path: next(link.SecurityApp), who: staff, main: true},
		{name: "factor-app-replace", path: next(link.SecurityApp), who: boss},
		{name: "factor-app-errors", path: next(link.SecurityApp), who: staff, do: submit, then: 422},
		{name: "factor-codes", path: link.Security, who: boss, main: true, do: func(p *tab, l i18n.Lang) {
			p.touch(`.held li:nth-child(2) summary`)
			p.press(`.held li:nth-child(2) form button`)
		}, then: 200},
		{name: "login-passkey", path: func(l i18n.Lang) string { return link.Login(l, "") }},
		{name: "login-factor", path: next(link.Login), do: password, then: 200, main: true},
		{
			name: "login-factor-errors", path: next(link.Login),
			do: func(p *tab, l i18n.Lang) { password(p, l); submit(p, l) }, then: 422,
		},
		{name: "again", path: again(false), who: plain},
		{name: "again-unsent", path: again(true), who: safe, main: true},
		{name: "again-errors", path: again(true), who: safe, do: submit, then: 422},
		{name: "email", path: link.SecurityEmail, who: plain},
		{name: "email-errors", path: link.SecurityEmail, who: plain, do: submit, then: 422},
		{name: "email-code", path: link.SecurityEmail, who: waits, main: true},
		{name: "email-code-errors", path: link.SecurityEmail, who: waits, do: submit, then: 422},
		{name: "dev-code", path: same("/dev/code")},
	}
}

// Every page of signing in, as TestPages looks at the others.
func TestSecurityPages(t *testing.T) {
	h, all := securityViews(t)
	ts := openTabs(t, h.URL)
	var found findings
	t.Run("of", func(t *testing.T) {
		for i, v := range all {
			for n := range i18n.Langs {
				l := i18n.Langs[(i+n)%len(i18n.Langs)]
				if n > 0 && !v.main {
					break
				}
				place := v.name + "." + string(l)
				t.Run(place, func(t *testing.T) {
					t.Parallel()
					ts.with(t, func(p *tab) {
						look(p, h, v, l, n == 0, place, &found)
						rosterShots(p, place)
					})
				})
			}
		}
	})
	found.report(t)
}
