-- Events that were made together, by repeating one.
create table series (
    id         bigint generated always as identity primary key,
    created_by bigint not null references person,
    created_at timestamptz not null
);
create index series_created_by on series (created_by);

-- A volunteer action: one place, one time, one host, possibly co-hosts, counted once. It begins as
-- a draft, may wait for the headquarters' review, and is published.
create table event (
    id               bigint generated always as identity primary key,
    campaign_id      bigint not null references campaign,
    org_id           bigint not null references org,
    series_id        bigint references series,
    state            text not null default 'draft' check (state in ('draft', 'review', 'published', 'cancelled')),
    version          integer not null default 1 check (version > 0), -- grows with each change that a person makes
    form_key         text unique,                   -- of the form that made it: sent twice, it makes one
    title            jsonb not null,
    summary          jsonb not null default '{}',
    body             jsonb not null default '{}',   -- Markdown
    bring            jsonb not null default '{}',   -- what to bring along
    needs            jsonb not null default '{}',   -- what one must know or have done, in words
    place            jsonb not null default '{}',   -- the address as people say it
    district         text not null default '',      -- a slug of the city's districts
    lat              double precision check (lat between -90 and 90),
    lng              double precision check (lng between -180 and 180),
    contact_name     text not null default '',
    contact_phone    text not null default '',
    accessibility    jsonb not null default '{}',   -- how one gets in with a wheelchair or pram, a toilet, a seat
    adults_only      text                           -- the ground of Art. 12; null: none
        check (adults_only in ('emergency', 'victims', 'convicts', 'hazard')),
    min_age          integer check (min_age between 1 and 99), -- years
    signup_opens_at  timestamptz,                   -- null: from publication
    signup_closes_at timestamptz,                   -- null: until the shift starts
    cutoff_minutes   integer not null default 180   -- one may cancel until so long before the start
        check (cutoff_minutes between 0 and 20160),
    slots            jsonb not null default '[]'    -- a draft's shifts, also unfinished; published: rows of shift
        check (jsonb_typeof(slots) = 'array'),
    starts_at        timestamptz,                   -- the first shift's start; null: a draft without hours
    ends_at          timestamptz,                   -- the last shift's end
    created_at       timestamptz not null,
    updated_at       timestamptz not null,
    submitted_at     timestamptz,                   -- handed to the headquarters for review
    returned         text not null default '',      -- the headquarters' words when it sent the event back
    returned_at      timestamptz,
    published_at     timestamptz,
    looked_at        jsonb,                         -- what the headquarters saw when it published it or sent it back
    changed_at       timestamptz,                   -- changed since, by a host that is not trusted: look again
    cancel_reason    jsonb not null default '{}',
    closed_at        timestamptz,                   -- the hours were confirmed: the event counts as held
    held_on          date,                          -- the city's day on which it began; counts on that day
    people_served    integer not null default 0 check (people_served between 0 and 1000000),
    imported         boolean not null default false,
    import_key       text,                          -- tells a row of a spreadsheet from those imported before
    -- Of an event of the years before the portal, without names. Null: its figures are in the ledger.
    brought_participations integer check (brought_participations between 0 and 1000000),
    brought_minutes        integer check (brought_minutes between 0 and 100000000),
    search           text not null generated always as (text3_folded(title) || ' ' || text3_folded(place)) stored,
    check (ends_at > starts_at and ends_at <= starts_at + interval '31 days'),
    check ((closed_at is null) = (held_on is null)),
    check (state <> 'published' or published_at is not null),
    constraint event_hours check ((starts_at is null) = (ends_at is null)
        and (state in ('draft', 'review') or starts_at is not null)),
    constraint event_submitted check (state <> 'review' or submitted_at is not null),
    constraint event_brought check ((brought_participations is null) = (brought_minutes is null)
        and (brought_participations is null or imported))
);
create index event_coming on event (starts_at, id) where state in ('published', 'cancelled');
create index event_open on event (starts_at) where state = 'published' and closed_at is null;
create index event_unclosed on event (ends_at, id) where state = 'published' and closed_at is null;
create index event_unpublished on event (updated_at desc, id desc) where state in ('draft', 'review');
create index event_review on event (submitted_at, id) where state = 'review';
create index event_changed on event (changed_at, id) where changed_at is not null;
create index event_by_day on event (starts_at desc, id desc);
create index event_held on event (held_on, id) where held_on is not null;
create index event_brought on event (held_on, id) where brought_participations > 0;
create index event_campaign on event (campaign_id, starts_at, id);
create index event_org on event (org_id, starts_at, id);
create index event_series on event (series_id, starts_at, id) where series_id is not null;
create unique index event_import_key on event (org_id, import_key) where import_key is not null;
create index event_search on event using gin (search gin_trgm_ops);

create table event_cohost (
    event_id bigint not null references event on delete cascade,
    org_id   bigint not null references org,
    primary key (event_id, org_id)
);
create index event_cohost_org on event_cohost (org_id);

-- A time slot or role inside an event. A simple event has one.
create table shift (
    id        bigint generated always as identity primary key,
    event_id  bigint not null references event on delete cascade,
    title     jsonb not null default '{}',
    starts_at timestamptz not null,
    ends_at   timestamptz not null,
    during    tstzrange not null generated always as (tstzrange(starts_at, ends_at)) stored,
    capacity  integer not null check (capacity between 1 and 100000), -- people
    min_age   integer check (min_age between 1 and 99),               -- years
    -- Sign-ups by state: kept by the triggers on signup, under this row's lock.
    confirmed integer not null default 0 check (confirmed >= 0),
    held      integer not null default 0 check (held >= 0),           -- awaiting consent, with a place kept meanwhile
    waiting   integer not null default 0 check (waiting >= 0),
    check (ends_at > starts_at and ends_at <= starts_at + interval '24 hours'),
    constraint shift_capacity check (confirmed + held <= capacity),
    unique (id, during)
);
create index shift_event on shift (event_id, starts_at, id);
create index shift_starts on shift (starts_at);
