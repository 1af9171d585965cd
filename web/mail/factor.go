package mail

import (
	"shtab/internal/outbox"
	"shtab/web/link"
)

// factorKinds tell somebody what has happened to their second factor.
func factorKinds() []kind {
	factor := func(name outbox.Kind, body func(outbox.Message) string) kind {
		return declaration[outbox.Recipient]{
			Kind: name, Load: loadRecipient, Holds: stillSo[outbox.Recipient],
			Read: func(w *writer, r outbox.Recipient, m outbox.Message) Letter {
				l := w.short("mail.factor_common.why", w.own(body(m), "n", int(m.Seq)), "name", r.Name, "n",
					int(m.Seq))
				l.Button = w.button("mail.factor_common.button", link.Security(w.Lang()))
				l.Closing = []string{w.T("mail.factor_common.stranger")}
				return l
			},
		}.kind()
	}
	which := func(m outbox.Message) string { return m.Cause } // app, passkey
	body := func(outbox.Message) string { return "body" }
	return []kind{
		factor(outbox.FactorAdded, which),
		factor(outbox.FactorRemoved, which),
		factor(outbox.FactorReset, body),
		factor(outbox.RecoveryUsed, body),
	}
}
