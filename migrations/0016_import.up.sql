-- Events brought from a spreadsheet. The key tells them from what was brought before.
alter table event
    add column imported   boolean not null default false,
    add column import_key text;
create unique index event_import_key on event (org_id, import_key) where import_key is not null;

-- A file that was read and found clean, until its owner says that the events shall be made; kept
-- for an hour.
create table intake (
    id         bigint generated always as identity primary key,
    org_id     bigint not null references org,
    person_id  bigint not null references person, -- who sent it; nobody else sees it
    publish    boolean not null,                  -- coming events are published, not only drafted
    plans      jsonb not null,
    created_at timestamptz not null,
    done_at    timestamptz,
    made       integer                            -- events made
);
create index intake_created on intake (created_at);
create index intake_person on intake (person_id);
