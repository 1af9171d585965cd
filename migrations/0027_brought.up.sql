-- What was brought of the years before the portal counts in the summaries too. Nobody's age or
-- name is known of it: it stands beside the event, under the age group ''.
alter table total_key add column brought bigint not null default 0; -- of participations

create or replace function total_event_keys() returns trigger language plpgsql as $$
begin
    insert into total_key as t (scope, key, month, age_group, events, participations, minutes, brought)
    select k.scope, k.key, n.closed_month, '', count(*), coalesce(sum(n.brought_participations), 0), coalesce(sum(n.brought_minutes), 0),
        coalesce(sum(n.brought_participations), 0)
    from now_rows n
    join old_rows o on o.id = n.id
    cross join lateral total_keys(n.id, n.campaign_id, n.org_id, n.district) k
    where n.closed_month is not null and o.closed_month is null
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (scope, key, month, age_group) do update set events = t.events + excluded.events, participations = t.participations + excluded.participations,
        minutes = t.minutes + excluded.minutes, brought = t.brought + excluded.brought;
    return null;
end $$;

create or replace view total_key_truth as
    select scope, key, month, age_group, sum(events) as events, sum(signups) as signups, sum(participations) as participations,
        sum(no_shows) as no_shows, sum(minutes) as minutes, sum(brought) as brought
    from (select k.scope, k.key, date_trunc('month', l.day)::date as month, age_group(l.age) as age_group, 0 as events,
              (l.reason is null)::int as signups, l.participations, l.no_shows, l.minutes, 0 as brought
          from ledger l cross join lateral total_keys(l.event_id, l.campaign_id, l.org_id, l.district) k
          union all
          select k.scope, k.key, e.closed_month, '', 1, 0, coalesce(e.brought_participations, 0), 0, coalesce(e.brought_minutes, 0), coalesce(e.brought_participations, 0)
          from event e cross join lateral total_keys(e.id, e.campaign_id, e.org_id, e.district) k
          where e.closed_month is not null) x
    group by 1, 2, 3, 4;
delete from total_key;
insert into total_key (scope, key, month, age_group, events, signups, participations, no_shows, minutes, brought) select * from total_key_truth;
