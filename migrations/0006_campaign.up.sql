create table campaign (
    id         bigint generated always as identity primary key,
    slug       text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    org_id     bigint not null references org,            -- the headquarters' campaigns are open to all
    state      text not null default 'published' check (state in ('draft', 'published', 'archived')),
    name       jsonb not null,
    summary    jsonb not null,
    body       jsonb not null default '{}',               -- Markdown
    colour     text not null check (colour ~ '^(sky|leaf|gold|brick|plum|steppe|night|coral|river)$'),
    emblem     text not null check (emblem ~ '^[a-z-]+$'),
    position   integer not null default 0,
    starts_on  date,
    ends_on    date,
    version    integer not null default 1 check (version > 0), -- grows with each change that a person makes
    form_key   text unique,                               -- of the form that made it: sent twice, it makes one
    updated_at timestamptz not null,
    constraint campaign_period check (ends_on >= starts_on)
);
create index campaign_org on campaign (org_id);

-- Organisations that may hold events under another one's campaign.
create table campaign_invite (
    campaign_id bigint not null references campaign on delete cascade,
    org_id      bigint not null references org,
    primary key (campaign_id, org_id)
);
create index campaign_invite_org on campaign_invite (org_id);

create table campaign_goal (
    campaign_id bigint not null references campaign on delete cascade,
    kind        text not null,                            -- events, participations, hours, or one of delivery_kind
    target      integer not null check (target between 1 and 10000000),
    primary key (campaign_id, kind)
);

-- A foreign key for those kinds that are in delivery_kind.
create function campaign_goal_kind() returns trigger language plpgsql as $$
begin
    if new.kind not in ('events', 'participations', 'hours')
        and not exists (select from delivery_kind where slug = new.kind) then
        raise exception 'no such kind of goal' using errcode = 'check_violation', constraint = 'campaign_goal_kind';
    end if;
    return new;
end $$;
create trigger campaign_goal_known before insert or update on campaign_goal
    for each row execute function campaign_goal_kind();
