-- A spreadsheet of events that was read and found correct, kept for an hour until the person who
-- sent it confirms that the events shall be made.
create table intake (
    id         bigint generated always as identity primary key,
    org_id     bigint not null references org,
    person_id  bigint not null references person, -- who sent it; nobody else sees it
    publish    boolean not null,                  -- coming events are published, not only drafted
    plans      jsonb not null,
    created_at timestamptz not null,
    done_at    timestamptz,
    made       integer                            -- number of events made
);
create index intake_created on intake (created_at);
create index intake_person on intake (person_id);

-- The same for a spreadsheet of events of the years before the portal.
create table history_file (
    id         bigint generated always as identity primary key,
    person_id  bigint not null references person,
    pasts      jsonb not null,
    created_at timestamptz not null,
    done_at    timestamptz,
    made       integer
);
create index history_file_created on history_file (created_at);
