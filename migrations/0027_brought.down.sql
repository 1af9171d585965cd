create or replace function total_event_keys() returns trigger language plpgsql as $$
begin
    insert into total_key as t (scope, key, month, age_group, events)
    select k.scope, k.key, n.closed_month, '', count(*)
    from now_rows n
    join old_rows o on o.id = n.id
    cross join lateral total_keys(n.id, n.campaign_id, n.org_id, n.district) k
    where n.closed_month is not null and o.closed_month is null
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (scope, key, month, age_group) do update set events = t.events + excluded.events;
    return null;
end $$;
drop view total_key_truth;
create view total_key_truth as
    select scope, key, month, age_group, sum(events) as events, sum(signups) as signups, sum(participations) as participations,
        sum(no_shows) as no_shows, sum(minutes) as minutes
    from (select k.scope, k.key, date_trunc('month', l.day)::date as month, age_group(l.age) as age_group, 0 as events,
              (l.reason is null)::int as signups, l.participations, l.no_shows, l.minutes
          from ledger l cross join lateral total_keys(l.event_id, l.campaign_id, l.org_id, l.district) k
          union all
          select k.scope, k.key, e.closed_month, '', 1, 0, 0, 0, 0
          from event e cross join lateral total_keys(e.id, e.campaign_id, e.org_id, e.district) k
          where e.closed_month is not null) x
    group by 1, 2, 3, 4;
alter table total_key drop column brought;
