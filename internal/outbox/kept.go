package outbox

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// KeptMail is a mail that a portal without SMTP_URL has kept instead of sending it.
type KeptMail struct {
	ID        int64     `json:"id"`
	JobID     int64     `json:"job_id"`
	Kind      Kind      `json:"kind"`
	Recipient string    `json:"recipient"`
	Lang      i18n.Lang `json:"lang"`
	Subject   string    `json:"subject"`
	TextBody  string    `json:"text_body"`
	HTMLBody  string    `json:"html_body"`
	CreatedAt time.Time `json:"created_at"`
}

// Keep stores m; its ID is given by the database. A job that runs twice leaves one mail.
func Keep(ctx context.Context, db postgres.DB, m KeptMail) error {
	_, err := db.Exec(ctx, `
		insert into outbox_mail (job_id, kind, recipient, lang, subject, text_body, html_body, created_at)
		values (@job, @kind, @recipient, @lang, @subject, @text, @html, @at)
		on conflict (job_id) do nothing`,
		pgx.StrictNamedArgs{
			"job": m.JobID, "kind": m.Kind, "recipient": m.Recipient, "lang": m.Lang,
			"subject": m.Subject, "text": m.TextBody, "html": m.HTMLBody, "at": m.CreatedAt,
		})
	return postgres.Fault(err)
}

// Kept is the last mails kept, newest first, at most limit. It is for the demonstration's page:
// the mails hold codes and links that let their reader in, so no other page may show them.
func Kept(ctx context.Context, db postgres.DB, limit int) ([]KeptMail, error) {
	rows, _ := db.Query(ctx, `
		select id, job_id, kind, recipient, lang, subject, text_body, html_body, created_at
		from outbox_mail order by id desc limit $1`, limit)
	mails, err := pgx.CollectRows(rows, pgx.RowToStructByName[KeptMail])
	return mails, postgres.Fault(err)
}

// keptFor is how long a mail that did not go out is kept to be looked at: it holds an address
// and perhaps a code.
const keptFor = 7 * 24 * time.Hour

// Sweep deletes the mails kept for long enough.
func Sweep(ctx context.Context, db postgres.DB, now time.Time) error {
	_, err := db.Exec(ctx, `delete from outbox_mail where created_at < $1`, now.Add(-keptFor))
	return postgres.Fault(err)
}
