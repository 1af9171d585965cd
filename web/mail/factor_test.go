package mail

import (
	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

func factorExamples() []example {
	factor := func(kind outbox.Kind, cause string, left int64) example {
		return example{kind: kind, path: "/me/security", message: func(f *fixture, l i18n.Lang) outbox.Message {
			return outbox.Message{PersonID: f.person(l), Cause: cause, Seq: left}
		}}
	}
	return []example{
		factor(outbox.FactorAdded, "app", 0),
		factor(outbox.FactorAdded, "passkey", 0),
		factor(outbox.FactorRemoved, "app", 0),
		factor(outbox.FactorRemoved, "passkey", 0),
		factor(outbox.FactorReset, "", 0),
		factor(outbox.RecoveryUsed, "", 7).saying(says("7")),
	}
}
