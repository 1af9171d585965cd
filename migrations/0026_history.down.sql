create or replace function total_events() returns trigger language plpgsql as $$
begin
    insert into total_month as t (month, campaign_id, org_id, part, events)
    select n.closed_month, n.campaign_id, h.org_id, h.part, count(*)
    from now_rows n
    left join old_rows o on o.id = n.id
    cross join lateral (select n.org_id, 'host' as part
                        union all
                        select c.org_id, 'cohost' from event_cohost c where c.event_id = n.id) h
    where n.closed_month is not null and o.closed_month is null
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (month, campaign_id, org_id, part) do update set events = t.events + excluded.events;
    return null;
end $$;
drop table history_file;
alter table event drop constraint event_brought, drop column brought_participations, drop column brought_minutes;
