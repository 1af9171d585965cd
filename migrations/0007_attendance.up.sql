-- The hours ledger: append-only. A correction is a new row with the difference, who and why,
-- so that a plain sum over the rows is the truth.
create table ledger (
    id          bigint generated always as identity primary key,
    signup_id   bigint not null references signup,
    person_id   bigint not null references person,
    event_id    bigint not null references event,
    campaign_id bigint not null references campaign,
    org_id      bigint not null references org,    -- the host
    day         date not null,                     -- the city's day of the shift's start
    outcome     text not null check (outcome in ('attended', 'no_show', 'excused')),
    participations integer not null check (participations between -1 and 1),
    minutes     integer not null,
    reason      text,                              -- a correction says why
    recorded_by bigint references person,          -- null: demonstration data or import
    recorded_at timestamptz not null
);
create index ledger_person on ledger (person_id, day);
create index ledger_event on ledger (event_id);
create index ledger_signup on ledger (signup_id);

create function ledger_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the hours ledger is append-only' using errcode = 'check_violation', constraint = 'ledger_append_only';
end $$;
create trigger ledger_append_only before update or delete or truncate on ledger
    for each statement execute function ledger_is_append_only();
