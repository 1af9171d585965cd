-- One action: one place, one time, one host, possibly co-hosts, counted once.
create table event (
    id             bigint generated always as identity primary key,
    campaign_id    bigint not null references campaign,
    org_id         bigint not null references org,
    state          text not null default 'draft' check (state in ('draft', 'published', 'cancelled')),
    title          jsonb not null,
    summary        jsonb not null default '{}',
    body           jsonb not null default '{}',
    bring          jsonb not null default '{}',
    place          jsonb not null default '{}',   -- address as people say it
    district       text not null default '',      -- a slug of the city's districts
    lat            double precision check (lat between -90 and 90),
    lng            double precision check (lng between -180 and 180),
    contact_name   text not null default '',
    contact_phone  text not null default '',
    adults_only    text check (adults_only in ('emergency', 'victims', 'convicts', 'hazard')), -- the ground of Art. 12
    min_age        integer check (min_age between 1 and 99),
    signup_opens_at  timestamptz,                 -- null: from publication
    signup_closes_at timestamptz,                 -- null: until the shift starts
    cutoff_minutes integer not null default 180 check (cutoff_minutes between 0 and 20160), -- cancel until so long before the start
    cancel_reason  jsonb not null default '{}',
    starts_at      timestamptz not null,          -- the first shift's start
    ends_at        timestamptz not null,          -- the last shift's end
    created_at     timestamptz not null,
    published_at   timestamptz,
    updated_at     timestamptz not null,
    closed_at      timestamptz,                   -- hours confirmed: the event counts as held,
    closed_month   date,                          -- in the city's month of its start
    search         text not null generated always as (text3_folded(title) || ' ' || text3_folded(place)) stored,
    check (ends_at > starts_at and ends_at <= starts_at + interval '31 days'),
    check ((closed_at is null) = (closed_month is null)),
    check (state <> 'published' or published_at is not null)
);
create index event_coming on event (starts_at, id) where state in ('published', 'cancelled');
create index event_campaign on event (campaign_id, starts_at, id);
create index event_org on event (org_id, starts_at, id);
create index event_search on event using gin (search gin_trgm_ops);

create table event_cohost (
    event_id bigint not null references event on delete cascade,
    org_id   bigint not null references org,
    primary key (event_id, org_id)
);
create index event_cohost_org on event_cohost (org_id);

alter table guardian_consent add constraint guardian_consent_event foreign key (event_id) references event;

-- A time slot or role inside an event. A simple event has one.
create table shift (
    id        bigint generated always as identity primary key,
    event_id  bigint not null references event on delete cascade,
    title     jsonb not null default '{}',
    starts_at timestamptz not null,
    ends_at   timestamptz not null,
    during    tstzrange not null generated always as (tstzrange(starts_at, ends_at)) stored,
    capacity  integer not null check (capacity between 1 and 100000),
    min_age   integer check (min_age between 1 and 99),
    -- Kept true by the triggers of signup; the engine holds this row's lock while it decides.
    confirmed integer not null default 0 check (confirmed >= 0),
    held      integer not null default 0 check (held >= 0),    -- places kept while a parent is asked
    waiting   integer not null default 0 check (waiting >= 0),
    check (ends_at > starts_at and ends_at <= starts_at + interval '24 hours'),
    constraint shift_capacity check (confirmed + held <= capacity),
    unique (id, during)
);
create index shift_event on shift (event_id, starts_at, id);
create index shift_starts on shift (starts_at);
