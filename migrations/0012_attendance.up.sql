-- A link for a helper without an account: one event, from when to when, until it is revoked.
create table door_link (
    id         bigint generated always as identity primary key,
    event_id   bigint not null references event,
    token_hash bytea not null unique,                -- SHA-256 of 130 random bits; the token is shown once
    label      text not null check (length(label) between 1 and 80),
    opens_at   timestamptz not null,
    closes_at  timestamptz not null,
    form_key   text not null,                        -- the form's: sent twice, it makes one link
    created_by bigint not null references person,
    created_at timestamptz not null,
    revoked_at timestamptz,
    revoked_by bigint references person,
    check (closes_at > opens_at and closes_at <= opens_at + interval '32 days'),
    unique (event_id, form_key)
);

-- A sign-up that somebody has checked in or recorded hours for. One row for each sign-up: ten
-- scans in one second are one check-in.
create table attendance (
    signup_id     bigint primary key references signup,
    checked_in_at timestamptz,                       -- null: not here, or undone
    checked_in_by bigint references person,
    door_id       bigint references door_link,       -- checked in through it, by nobody with an account
    undone_at     timestamptz,                       -- a check-in sent before then comes too late
    -- Drafts until the event is closed.
    outcome       text check (outcome in ('attended', 'no_show', 'excused')),
    minutes       integer not null default 0 check (minutes between 0 and 1440),
    recorded_at   timestamptz,
    recorded_by   bigint references person,
    -- Of a no-show, in the volunteer's own words; cleared when the person is erased.
    explanation   text not null default '' check (length(explanation) <= 500),
    explained_at  timestamptz,
    check (checked_in_at is null or (checked_in_by is null) <> (door_id is null)),
    check (outcome = 'attended' or minutes = 0),
    check ((outcome is null) = (recorded_at is null)),
    check ((explanation = '') = (explained_at is null))
);
create index attendance_door on attendance (door_id) where door_id is not null;

-- What was done through a door link. What coordinators do stands in the audit.
create table door_use (
    id        bigint generated always as identity primary key,
    door_id   bigint not null references door_link,
    signup_id bigint not null references signup,
    action    text not null check (action in ('check_in', 'undo')),
    used_at   timestamptz not null
);
create index door_use_door on door_use (door_id, used_at);

-- The hours ledger: append-only. A correction is a new row with the difference, who and why, so
-- that a plain sum over the rows is the truth. What is counted by is remembered here: erasing a
-- person, correcting a birth date or an event changes no total.
create table ledger (
    id             bigint generated always as identity primary key,
    signup_id      bigint not null references signup,
    person_id      bigint not null references person,
    event_id       bigint not null references event,
    campaign_id    bigint not null references campaign,
    org_id         bigint not null references org,    -- the host under which the hours were confirmed
    day            date not null,                     -- the city's day of the shift's start
    age            integer,                           -- in years on that day; null: no birth date
    outcome        text not null check (outcome in ('attended', 'no_show', 'excused')),
    participations integer not null check (participations between -1 and 1),
    no_shows       integer not null,                  -- 1, or the difference
    minutes        integer not null,
    reason         text,                              -- of a correction; null: the first row of its sign-up
    recorded_by    bigint references person,          -- null: demonstration data or import
    recorded_at    timestamptz not null
);
create index ledger_person on ledger (person_id, day);
create index ledger_event on ledger (event_id);
create index ledger_signup on ledger (signup_id);
create index ledger_day on ledger (day, id);
create index ledger_campaign on ledger (campaign_id, day);
create index ledger_org on ledger (org_id, day);

create function ledger_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the hours ledger is append-only'
        using errcode = 'check_violation', constraint = 'ledger_append_only';
end $$;
create trigger ledger_append_only before update or delete or truncate on ledger
    for each statement execute function ledger_is_append_only();

-- The things that an event delivered, by kind.
create table event_delivery (
    event_id bigint not null references event on delete cascade,
    kind     text not null references delivery_kind,
    amount   integer not null check (amount between 1 and 1000000), -- in the kind's unit
    primary key (event_id, kind)
);
create index event_delivery_kind on event_delivery (kind);
