-- The second factor, the browsers in which a person is signed in, and a new e-mail on its way.

alter table person add column factor_since timestamptz; -- log-in asks for a second factor since then; null: it does not

-- One browser in which a person has signed in. The cookie's token stands, hashed, in sessions,
-- whose data hold this id and nothing else of the person.
create table person_session (
    id        bigint generated always as identity primary key,
    person_id bigint not null references person on delete cascade,
    epoch     integer not null,          -- the person's when it began: another one ends it
    device    text not null default '',  -- "Chrome, Android": no version, no network address
    began_at  timestamptz not null,
    seen_at   timestamptz not null,      -- kept every ten minutes
    proved_at timestamptz not null,      -- when password, and second factor if there is one, were last shown
    factor_at timestamptz                -- when a second factor was shown; null: not in this browser
);
create index person_session_person on person_session (person_id, seen_at desc, id desc);
create index person_session_began on person_session (began_at);

-- An authenticator app's secret. It has to be read to check a code, and the portal has no key of
-- its own to hide it under: who can read the database can make codes, but no passwords.
create table totp (
    person_id bigint primary key references person on delete cascade,
    secret    text not null,             -- base32
    added_at  timestamptz not null,
    last_step bigint not null            -- the half minute of the last code taken: no code is taken twice
);

-- Codes for who has lost the phone, each for once.
create table recovery_code (
    person_id bigint not null references person on delete cascade,
    hash      bytea not null,            -- sha-256 of 80 random bits
    used_at   timestamptz,
    primary key (person_id, hash)
);

-- A passkey: a key that a device or a password manager holds.
create table passkey (
    id            bigint generated always as identity primary key,
    person_id     bigint not null references person on delete cascade,
    name          text not null,
    credential_id bytea not null unique,
    credential    jsonb not null,        -- the public key and the counter, as go-webauthn keeps them
    added_at      timestamptz not null,
    used_at       timestamptz
);
create index passkey_person on passkey (person_id, id);

-- A new e-mail that waits for its code, kept for every address, taken or not.
create table email_change (
    id           bigint generated always as identity primary key,
    person_id    bigint not null references person on delete cascade,
    email        text not null check (email = lower(email)),
    was          text not null,          -- where it is told
    code         text not null,          -- six digits; lives 15 minutes
    attempts     integer not null default 0,
    requested_at timestamptz not null,
    expires_at   timestamptz not null,
    done_at      timestamptz
);
create index email_change_person on email_change (person_id, id desc);
create index email_change_requested on email_change (requested_at);
