create table person (
    id             bigint generated always as identity primary key,
    email          text unique check (email = lower(email)), -- null once erased
    password_hash  text,
    given_name     text not null,
    family_name    text not null,
    birth_date     date,                                     -- null once erased
    birth_date_corrected_at timestamptz,                     -- the person may correct it once
    phone          text,
    lang           text not null default 'kk' check (lang in ('kk', 'ru', 'en')),
    district       text,
    role           text not null default 'volunteer' check (role <> ''), -- what each may do stands in internal/account
    epoch          integer not null default 1,               -- a session of an older epoch is signed out
    factor_since   timestamptz,                              -- log-in asks for a second factor since then; null: not
    calendar_token text not null unique,                     -- the private calendar feed; renewable
    joined_at      timestamptz not null,
    suspended_at   timestamptz,
    erased_at      timestamptz,
    merged_into    bigint references person                  -- the account that this one has become
);
create index person_name on person using gin (fold(family_name || ' ' || given_name) gin_trgm_ops);
create index person_email_begins on person (email text_pattern_ops);
create index person_phone on person (right(phone, 10) text_pattern_ops); -- the last ten digits
create index person_newest on person (joined_at desc, id desc);
create index person_since on person (joined_at) include (birth_date, district) where erased_at is null;
create index person_role on person (role);
create index person_merged on person (merged_into) where merged_into is not null;

-- Why staff did something to somebody's account, in words. Erasing the person clears them.
create table person_note (
    id        bigint generated always as identity primary key,
    person_id bigint not null references person,
    kind      text not null check (kind in ('suspend', 'restore', 'birth_date', 'merge')),
    words     text not null check (length(words) between 1 and 1000),
    by_id     bigint not null references person,
    at        timestamptz not null
);
create index person_note_person on person_note (person_id, id desc);

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
    next            text not null default '',   -- the page to go on to, a path of the portal
    code            text not null,              -- six digits; valid for 15 minutes
    attempts        integer not null default 0,
    person_id       bigint references person,   -- the account made; a second post gets the same answer
    created_at      timestamptz not null,
    expires_at      timestamptz not null
);
create index registration_expires on registration (expires_at);

-- A request for a new password, kept for every address, known or not. The worker that sends the
-- mail draws the token, so that the page takes equally long for both.
create table password_reset (
    id           bigint generated always as identity primary key,
    email        text not null,
    lang         text not null,
    requested_at timestamptz not null,
    token_hash   bytea unique,                  -- SHA-256 of 256 random bits; null: no such account, or not sent yet
    expires_at   timestamptz,                   -- 30 minutes after sending
    used_at      timestamptz
);
create index password_reset_requested on password_reset (requested_at);

-- A new e-mail that waits for its code, kept for every address, taken or not.
create table email_change (
    id           bigint generated always as identity primary key,
    person_id    bigint not null references person on delete cascade,
    email        text not null check (email = lower(email)),
    was          text not null,                 -- the old address, which is told of the change
    code         text not null,                 -- six digits; valid for 15 minutes
    attempts     integer not null default 0,
    requested_at timestamptz not null,
    expires_at   timestamptz not null,
    done_at      timestamptz
);
create index email_change_person on email_change (person_id, id desc);
create index email_change_requested on email_change (requested_at);

-- The sessions of the scs library; the token is stored hashed.
create table sessions (
    token  text primary key,
    data   bytea not null,
    expiry timestamptz not null
);
create index sessions_expiry on sessions (expiry);

-- One browser in which a person has signed in. The cookie's token stands, hashed, in sessions,
-- whose data hold this id and nothing else of the person.
create table person_session (
    id        bigint generated always as identity primary key,
    person_id bigint not null references person on delete cascade,
    epoch     integer not null,                 -- the person's when it began: another one ends it
    device    text not null default '',         -- "Chrome, Android": no version, no network address
    began_at  timestamptz not null,
    seen_at   timestamptz not null,             -- written at most every ten minutes
    proved_at timestamptz not null,             -- when password, and second factor if there is one, were last shown
    factor_at timestamptz                       -- when a second factor was shown; null: not in this browser
);
create index person_session_person on person_session (person_id, seen_at desc, id desc);
create index person_session_began on person_session (began_at);

-- Attempts per account (hashed key) and window.
create table throttle (
    key      text not null,
    starts   timestamptz not null,
    attempts integer not null,
    primary key (key, starts)
);
create index throttle_starts on throttle (starts);
