create table campaign (
    id       bigint generated always as identity primary key,
    slug     text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    org_id   bigint not null references org,  -- the headquarters' campaigns are open to all
    state    text not null default 'published' check (state in ('draft', 'published', 'archived')),
    name     jsonb not null,
    summary  jsonb not null,
    body     jsonb not null default '{}',     -- Markdown
    colour   text not null check (colour ~ '^(sky|leaf|gold|brick|plum|steppe|night|coral|river)$'),
    emblem   text not null check (emblem ~ '^[a-z-]+$'),
    position integer not null default 0
);
create index campaign_org on campaign (org_id);
