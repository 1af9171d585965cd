-- The register of the headquarters' bodies. An application is a body that nobody has looked at
-- yet; applied and closed ones are on no public page.
alter table org add column state text;
update org set state = case when trusted then 'trusted' else 'active' end;
alter table org
    alter column state set not null,
    alter column state set default 'active',
    add constraint org_state check (state in ('applied', 'active', 'trusted', 'paused', 'closed')),
    drop column trusted,                                 -- 'trusted': its events are published at once
    add column documents   text not null default '' check (length(documents) <= 4000), -- numbers and dates, in words
    add column state_words text not null default '',     -- why it is paused or closed, for staff
    add column applied_by  bigint references person,
    add column applied_at  timestamptz,                  -- handed in, for the last time
    add column form_key    text unique,                  -- of the form that made it: sent twice, it makes one
    add column returned    text not null default '',     -- the headquarters' words when it came back
    add column returned_at timestamptz,                  -- waits for its applicant since then
    add column looked_at   jsonb,                        -- what it said when it came back
    add column merged_into bigint references org,
    add constraint org_merged check (merged_into is null or state = 'closed'),
    add constraint org_applied check (state <> 'applied' or applied_by is not null and applied_at is not null);
create index org_waiting on org (applied_at, id) where state = 'applied' and returned_at is null;
create index org_applicant on org (applied_by) where applied_by is not null;

-- Addresses that led to a body which is another's now.
create table org_slug (
    slug   text primary key,
    org_id bigint not null references org
);
create index org_slug_org on org_slug (org_id);

-- What the headquarters has seen of an event: when it was published, or sent back. A published
-- event of a host that is not trusted yet waits again once it has been changed.
alter table event
    add column looked_at  jsonb,
    add column changed_at timestamptz;
create index event_changed on event (changed_at, id) where changed_at is not null;
