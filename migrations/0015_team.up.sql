-- Campaigns that organisations keep themselves, and what they hope for.
alter table campaign
    add column starts_on  date,
    add column ends_on    date,
    add column version    integer not null default 1 check (version > 0), -- grows with each change that a person makes
    add column form_key   text unique,                  -- of the form that made it: sent twice, it makes one campaign
    add column updated_at timestamptz not null default now(),
    add constraint campaign_period check (ends_on >= starts_on);

create table campaign_goal (
    campaign_id bigint not null references campaign on delete cascade,
    kind        text not null check (kind in ('events', 'participations', 'hours')),
    target      integer not null check (target between 1 and 10000000),
    primary key (campaign_id, kind)
);

-- Organisations that may hold events under another one's campaign. The headquarters' are open to all.
create table campaign_invite (
    campaign_id bigint not null references campaign on delete cascade,
    org_id      bigint not null references org,
    primary key (campaign_id, org_id)
);
create index campaign_invite_org on campaign_invite (org_id);

-- What an organisation says of itself.
alter table org
    add column body    jsonb not null default '{}',     -- Markdown
    add column links   text[] not null default '{}' check (cardinality(links) <= 3),
    add column version integer not null default 1 check (version > 0);

-- A picture that was decoded and drawn anew, without anything that came with the file.
create table logo (
    org_id bigint primary key references org on delete cascade,
    hash   text not null unique,
    png    bytea not null,
    set_at timestamptz not null
);

alter table coordinator add column since timestamptz; -- null: before this was written down

-- Somebody asked, by a mailed link, to act for an organisation.
create table org_invite (
    id          bigint generated always as identity primary key,
    org_id      bigint not null references org,
    email       text not null check (email = lower(email)),
    lang        text not null check (lang in ('kk', 'ru', 'en')),
    token_hash  bytea unique,                           -- sha-256 of 256 random bits; drawn by the worker that mails it
    invited_by  bigint not null references person,
    invited_at  timestamptz not null,
    expires_at  timestamptz not null,
    accepted_by bigint references person,
    accepted_at timestamptz,
    cancelled_at timestamptz
);
create unique index org_invite_open on org_invite (org_id, email) where accepted_at is null and cancelled_at is null;
