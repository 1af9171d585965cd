-- A parent or other legal representative whom a volunteer under age has named. That the address
-- is theirs is shown by a mailed code coming back.
create table guardian (
    id          bigint generated always as identity primary key,
    person_id   bigint not null references person, -- the volunteer
    name        text not null,                     -- as the volunteer wrote it
    relation    text not null check (relation in ('mother', 'father', 'guardian')),
    email       text not null check (email = lower(email)),
    lang        text not null check (lang in ('kk', 'ru', 'en')),
    copies      boolean not null default false,    -- gets a copy of each mail about a sign-up
    created_at  timestamptz not null,
    verified_at timestamptz,                       -- a code came back
    check (verified_at is not null or not copies)
);
create unique index guardian_email on guardian (person_id, email);
-- Who has not shown yet that the address is theirs makes way for a corrected one.
create unique index guardian_unverified on guardian (person_id) where verified_at is null;

-- A guardian was asked about an event, or, event_id null, about all in advance.
create table guardian_ask (
    id          bigint generated always as identity primary key,
    guardian_id bigint not null references guardian on delete cascade,
    event_id    bigint references event,
    asked_at    timestamptz not null,
    mails       integer not null default 1,        -- sent about it so far
    expired_at  timestamptz,                       -- was told that the place is no longer held
    refused_at  timestamptz,
    refused_from text                              -- the network address that the refusal came from
);
create unique index guardian_ask_once on guardian_ask (guardian_id, coalesce(event_id, 0));

-- The links that were mailed. One that is never used ends after 14 days.
create table guardian_link (
    token_hash  bytea primary key,                 -- sha-256 of 256 random bits
    guardian_id bigint not null references guardian on delete cascade,
    sent_at     timestamptz not null,
    used_at     timestamptz                        -- an answer was given through it
);
create index guardian_link_guardian on guardian_link (guardian_id);

-- An answer that waits for its mailed code.
create table guardian_code (
    guardian_id bigint primary key references guardian on delete cascade,
    scope       text not null check (scope in ('all', 'event', 'along')),
    event_id    bigint references event,
    name        text not null,                     -- as the guardian typed it
    code        text not null,                     -- six digits; lives 15 minutes
    attempts    integer not null default 0,
    expires_at  timestamptz not null,
    check ((scope = 'all') = (event_id is null))
);

-- What was agreed to is kept with who, in which words, and where from; null before this portal asked itself.
alter table guardian_consent
    add column guardian_id bigint references guardian,
    add column lang text check (lang in ('kk', 'ru', 'en')),
    add column agreed_from text,
    add column withdrawn_from text;
create index guardian_consent_guardian on guardian_consent (guardian_id);
create index guardian_consent_event on guardian_consent (event_id) where event_id is not null;
