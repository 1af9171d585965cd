create table person (
    id            bigint generated always as identity primary key,
    email         text unique check (email = lower(email)), -- null once erased
    password_hash text,
    given_name    text not null,
    family_name   text not null,
    birth_date    date,                                     -- null once erased
    birth_date_corrected_at timestamptz,                    -- the person may correct it once
    phone         text,
    lang          text not null default 'kk' check (lang in ('kk', 'ru', 'en')),
    district      text,
    role          text not null default 'volunteer' check (role in ('volunteer', 'staff', 'admin')),
    epoch         integer not null default 1,               -- a session of an older epoch is signed out
    calendar_token text not null unique,                    -- the private calendar feed; renewable
    joined_at     timestamptz not null,
    suspended_at  timestamptz,
    erased_at     timestamptz
);
create index person_name on person using gin (fold(family_name || ' ' || given_name) gin_trgm_ops);

-- Which personal-data text a person agreed to, and when. Rows are kept after withdrawal.
create table data_consent (
    person_id    bigint not null references person,
    version      text not null,
    purpose      text not null default 'registration',
    agreed_at    timestamptz not null,
    withdrawn_at timestamptz,
    primary key (person_id, purpose, version)
);

-- A registration that waits for its code. It is made for every valid form, also for an e-mail
-- that already has an account, so that the two cannot be told apart from outside.
create table registration (
    id              bigint generated always as identity primary key,
    email           text not null check (email = lower(email)),
    password_hash   text not null,
    given_name      text not null,
    family_name     text not null,
    birth_date      date not null,
    phone           text,
    lang            text not null,
    consent_version text not null,
    next            text not null default '',   -- the page to go on to, a path of ours
    code            text not null,              -- six digits; lives 15 minutes
    attempts        integer not null default 0,
    person_id       bigint references person,   -- the account made; a second post gets the same answer
    created_at      timestamptz not null,
    expires_at      timestamptz not null
);
create index registration_expires on registration (expires_at);

-- A wish for a new password, kept for every address, known or not. The worker that sends the
-- mail draws the token, so that the page takes equally long for both.
create table password_reset (
    id           bigint generated always as identity primary key,
    email        text not null,
    lang         text not null,
    requested_at timestamptz not null,
    token_hash   bytea unique,                  -- sha-256 of 256 random bits; null: no such account, or not sent yet
    expires_at   timestamptz,                   -- 30 minutes after sending
    used_at      timestamptz
);
create index password_reset_requested on password_reset (requested_at);

-- A guardian's agreement for a minor. event_id null: for every event fit for the age.
create table guardian_consent (
    id            bigint generated always as identity primary key,
    person_id     bigint not null references person,
    event_id      bigint,                       -- references event (added there)
    accompanied   boolean not null default false,
    guardian_name text not null,
    relation      text not null,
    text_version  text not null,
    agreed_at     timestamptz not null,
    withdrawn_at  timestamptz
);
create index guardian_consent_person on guardian_consent (person_id) where withdrawn_at is null;

-- scs sessions; the token is stored hashed.
create table sessions (
    token  text primary key,
    data   bytea not null,
    expiry timestamptz not null
);
create index sessions_expiry on sessions (expiry);

-- Attempts per account (hashed key) and window.
create table throttle (
    key      text not null,
    starts   timestamptz not null,
    attempts integer not null,
    primary key (key, starts)
);
create index throttle_starts on throttle (starts);
