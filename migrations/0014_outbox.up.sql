-- The mails of a portal without SMTP_URL: what would have been sent. Kept for a week.
create table outbox_mail (
    id         bigint generated always as identity primary key,
    job_id     bigint not null unique,       -- a job that runs twice leaves one mail
    kind       text not null,
    recipient  text not null,
    lang       text not null,
    subject    text not null,
    text_body  text not null,
    html_body  text not null,
    created_at timestamptz not null
);
create index outbox_mail_recipient on outbox_mail (recipient);
