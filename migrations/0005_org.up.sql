-- The register of organisations. An application is an organisation that the headquarters has not
-- reviewed yet; applied and closed ones are on no public page.
create table org (
    id            bigint generated always as identity primary key,
    slug          text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    kind          text not null
        check (kind in ('headquarters', 'volunteer_organization', 'initiative_group', 'ngo', 'enterprise')),
    state         text not null default 'active' -- trusted: its events are published at once
        constraint org_state check (state in ('applied', 'active', 'trusted', 'paused', 'closed')),
    name          jsonb not null,
    summary       jsonb not null default '{}',
    body          jsonb not null default '{}',   -- Markdown
    links         text[] not null default '{}' check (cardinality(links) <= 3),
    contact_email text,
    contact_phone text,
    joined_on     date not null,
    demo          boolean not null default false, -- invented, shown as such
    version       integer not null default 1 check (version > 0), -- grows with each change that a person makes
    form_key      text unique,                    -- of the form that made it: sent twice, it makes one
    documents     text not null default '' check (length(documents) <= 4000), -- numbers and dates, in words
    state_words   text not null default '',       -- why it is paused or closed, for staff
    applied_by    bigint references person,
    applied_at    timestamptz,                    -- the last time that the application was handed in
    returned      text not null default '',       -- the headquarters' words when it sent the application back
    returned_at   timestamptz,                    -- waits for its applicant since then
    looked_at     jsonb,                          -- what the application said when it was sent back
    merged_into   bigint references org,
    search        text not null generated always as (text3_folded(name)) stored,
    constraint org_merged check (merged_into is null or state = 'closed'),
    constraint org_applied check (state <> 'applied' or applied_by is not null and applied_at is not null)
);
create index org_search on org using gin (search gin_trgm_ops);
create index org_waiting on org (applied_at, id) where state = 'applied' and returned_at is null;
create index org_applicant on org (applied_by) where applied_by is not null;

-- Addresses of organisations that were merged into another one, which has them now.
create table org_slug (
    slug   text primary key,
    org_id bigint not null references org
);
create index org_slug_org on org_slug (org_id);

-- A picture that was decoded and drawn anew, without anything else that came in the file.
create table logo (
    org_id bigint primary key references org on delete cascade,
    hash   text not null unique,
    png    bytea not null,
    set_at timestamptz not null
);

-- Who acts for an organisation.
create table coordinator (
    person_id bigint not null references person,
    org_id    bigint not null references org,
    since     timestamptz,                        -- null: before this was recorded
    primary key (person_id, org_id)
);
create index coordinator_org on coordinator (org_id);

-- Somebody was invited, by a mailed link, to act for an organisation.
create table org_invite (
    id           bigint generated always as identity primary key,
    org_id       bigint not null references org,
    email        text not null check (email = lower(email)),
    lang         text not null check (lang in ('kk', 'ru', 'en')),
    token_hash   bytea unique,                    -- SHA-256 of 256 random bits; drawn by the worker that mails it
    invited_by   bigint not null references person,
    invited_at   timestamptz not null,
    expires_at   timestamptz not null,
    accepted_by  bigint references person,
    accepted_at  timestamptz,
    cancelled_at timestamptz
);
create unique index org_invite_open on org_invite (org_id, email) where accepted_at is null and cancelled_at is null;
