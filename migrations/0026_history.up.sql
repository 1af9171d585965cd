-- Events of the years before the portal: what is known of them is how many took part and for how
-- long, without names. Null: an event of the portal's own, whose figures are in the ledger.
alter table event
    add column brought_participations integer check (brought_participations between 0 and 1000000),
    add column brought_minutes        integer check (brought_minutes between 0 and 100000000),
    add constraint event_brought check ((brought_participations is null) = (brought_minutes is null)
        and (brought_participations is null or imported));

-- A file of such events that was read and found clean, kept for an hour for who sent it.
create table history_file (
    id         bigint generated always as identity primary key,
    person_id  bigint not null references person,
    pasts      jsonb not null,
    created_at timestamptz not null,
    done_at    timestamptz,
    made       integer
);
create index history_file_created on history_file (created_at);

-- An event is counted when its hours are confirmed; one that was brought brings its figures along.
create or replace function total_events() returns trigger language plpgsql as $$
begin
    insert into total_month as t (month, campaign_id, org_id, part, events, participations, minutes)
    select n.closed_month, n.campaign_id, h.org_id, h.part, count(*), coalesce(sum(n.brought_participations), 0), coalesce(sum(n.brought_minutes), 0)
    from now_rows n
    left join old_rows o on o.id = n.id
    cross join lateral (select n.org_id, 'host' as part
                        union all
                        select c.org_id, 'cohost' from event_cohost c where c.event_id = n.id) h
    where n.closed_month is not null and o.closed_month is null
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (month, campaign_id, org_id, part) do update set events = t.events + excluded.events,
        participations = t.participations + excluded.participations, minutes = t.minutes + excluded.minutes;
    return null;
end $$;
