-- Why an organiser took somebody off a shift; the last time counts. The words are the
-- coordinator's own, mailed to the person, and cleared when the person is erased.
create table removal (
    signup_id  bigint primary key references signup on delete cascade,
    reason     text not null check (reason in ('asked', 'fewer', 'unfit', 'rules', 'special')),
    words      text not null default '' check (length(words) <= 300),
    removed_by bigint not null references person,
    removed_at timestamptz not null,
    check (reason <> 'special' or words <> '')
);

-- What coordinators wrote to the people of an event, and to how many.
create table message (
    id       bigint generated always as identity primary key,
    event_id bigint not null references event,
    shift_id bigint references shift on delete set null,  -- null: to all shifts
    audience text not null check (audience in ('all', 'confirmed', 'waitlisted', 'awaiting_consent')),
    subject  jsonb not null,
    body     jsonb not null,                              -- plain text
    readers  integer not null check (readers > 0),        -- number of people
    key      text not null,                               -- the form's: sent twice, it is one message
    sent_by  bigint not null references person,
    sent_at  timestamptz not null,
    unique (event_id, key)
);
create index message_event on message (event_id, sent_at);
