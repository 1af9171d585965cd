-- The way of an event to its page: a draft, perhaps the headquarters' review, published.
create table series (
    id         bigint generated always as identity primary key,
    created_by bigint not null references person,
    created_at timestamptz not null
);
create index series_created_by on series (created_by);

alter table event drop constraint event_state_check;
alter table event
    add constraint event_state_check check (state in ('draft', 'review', 'published', 'cancelled')),
    add column version      integer not null default 1 check (version > 0), -- grows with each change that a person makes
    add column needs        jsonb not null default '{}',  -- what one must know or have done, in words
    add column slots        jsonb not null default '[]' check (jsonb_typeof(slots) = 'array'), -- the shifts of a draft as far as they are written; they become shifts when it is published
    add column form_key     text unique,                  -- of the form that made it: sent twice, it makes one event
    add column submitted_at timestamptz,                  -- handed to the headquarters
    add column returned     text not null default '',     -- the headquarters' words when it came back
    add column returned_at  timestamptz,
    add column series_id    bigint references series,
    alter column starts_at drop not null, -- a draft may have no hours yet
    alter column ends_at drop not null,
    add constraint event_hours check ((starts_at is null) = (ends_at is null) and (state in ('draft', 'review') or starts_at is not null)),
    add constraint event_submitted check (state <> 'review' or submitted_at is not null);
create index event_review on event (submitted_at, id) where state = 'review';
create index event_series on event (series_id, starts_at, id) where series_id is not null;

-- Whose events are published at once. Those of today have earned it.
alter table org add column trusted boolean not null default true;
alter table org alter column trusted set default false;
