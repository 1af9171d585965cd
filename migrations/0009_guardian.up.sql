-- A parent or other legal representative whom a volunteer under age has named. A mailed code that
-- comes back shows that the address is theirs.
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
-- An address that was not verified is replaced by a corrected one.
create unique index guardian_unverified on guardian (person_id) where verified_at is null;

-- A guardian was asked about an event, or, event_id null, about all events in advance.
create table guardian_ask (
    id           bigint generated always as identity primary key,
    guardian_id  bigint not null references guardian on delete cascade,
    event_id     bigint references event,
    asked_at     timestamptz not null,
    mails        integer not null default 1,       -- sent about it so far
    expired_at   timestamptz,                      -- was told that the place is no longer held
    refused_at   timestamptz,
    refused_from text                              -- the network address that the refusal came from
);
create unique index guardian_ask_once on guardian_ask (guardian_id, coalesce(event_id, 0));

-- The links that were mailed. One that is never used expires after 14 days.
create table guardian_link (
    token_hash  bytea primary key,                 -- SHA-256 of 256 random bits
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
    code        text not null,                     -- six digits; valid for 15 minutes
    attempts    integer not null default 0,
    expires_at  timestamptz not null,
    check ((scope = 'all') = (event_id is null))
);

-- A guardian's agreement for a minor, in which words and from where. event_id null: for every event
-- fit for the age.
create table guardian_consent (
    id             bigint generated always as identity primary key,
    person_id      bigint not null references person,
    event_id       bigint constraint guardian_consent_event references event,
    guardian_id    bigint references guardian,     -- null: agreed before the portal asked guardians itself
    accompanied    boolean not null default false,
    guardian_name  text not null,
    relation       text not null,
    text_version   text not null,
    lang           text check (lang in ('kk', 'ru', 'en')),
    agreed_at      timestamptz not null,
    agreed_from    text,                           -- network address
    withdrawn_at   timestamptz,
    withdrawn_from text                            -- network address
);
create index guardian_consent_person on guardian_consent (person_id) where withdrawn_at is null;
create index guardian_consent_guardian on guardian_consent (guardian_id);
create index guardian_consent_event on guardian_consent (event_id) where event_id is not null;
