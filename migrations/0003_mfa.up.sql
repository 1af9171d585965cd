-- The second factor.

-- An authenticator app's secret. It has to be read to check a code, and the portal has no key of
-- its own to encrypt it with: who can read the database can make codes, but no passwords.
create table totp (
    person_id bigint primary key references person on delete cascade,
    secret    text not null,             -- base32
    added_at  timestamptz not null,
    last_step bigint not null            -- the half minute of the last code accepted: no code is accepted twice
);

-- Codes for a person who has lost the phone, each valid once.
create table recovery_code (
    person_id bigint not null references person on delete cascade,
    hash      bytea not null,            -- SHA-256 of 80 random bits
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
