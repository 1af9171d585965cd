create table org (
    id            bigint generated always as identity primary key,
    slug          text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    kind          text not null check (kind in ('headquarters', 'volunteer_organization', 'initiative_group', 'ngo', 'enterprise')),
    name          jsonb not null,
    summary       jsonb not null default '{}',
    contact_email text,
    contact_phone text,
    joined_on     date not null,
    demo          boolean not null default false, -- invented, shown as such
    search        text not null generated always as (text3_folded(name)) stored
);
create index org_search on org using gin (search gin_trgm_ops);

-- Who acts for an organisation.
create table coordinator (
    person_id bigint not null references person,
    org_id    bigint not null references org,
    primary key (person_id, org_id)
);
create index coordinator_org on coordinator (org_id);
