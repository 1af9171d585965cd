-- The headquarters' figures by month, campaign and organisation, kept true inside the
-- transactions that change them, so that a total costs the same at any size. A joint event has
-- one row of its host ('host') and one of each co-host ('cohost'): the city counts hosts only.
create table total_month (
    month       date not null check (extract(day from month) = 1),
    campaign_id bigint not null references campaign,
    org_id      bigint not null references org,
    part        text not null check (part in ('host', 'cohost')),
    events      bigint not null default 0,
    participations bigint not null default 0,
    minutes     bigint not null default 0,
    primary key (month, campaign_id, org_id, part)
);
create index total_month_campaign on total_month (campaign_id);
create index total_month_org on total_month (org_id);

-- Registered people who are not erased: one row, one figure.
create table total_people (
    only_row boolean primary key default true check (only_row),
    people   bigint not null
);
insert into total_people (people) select count(*) from person where erased_at is null;

create function total_people_count() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        update total_people set people = people + (select count(*) from now_rows where erased_at is null);
    elsif exists (select from now_rows n join old_rows o using (id) where (n.erased_at is null) <> (o.erased_at is null)) then
        update total_people set people = people
            + (select count(*) from now_rows where erased_at is null)
            - (select count(*) from old_rows where erased_at is null);
    end if;
    return null;
end $$;
create trigger person_counted after insert on person
    referencing new table as now_rows for each statement execute function total_people_count();
create trigger person_recounted after update on person
    referencing old table as old_rows new table as now_rows for each statement execute function total_people_count();

create function total_ledger() returns trigger language plpgsql as $$
begin
    insert into total_month as t (month, campaign_id, org_id, part, participations, minutes)
    select date_trunc('month', n.day)::date, n.campaign_id, h.org_id, h.part, sum(n.participations), sum(n.minutes)
    from now_rows n
    cross join lateral (select n.org_id, 'host' as part
                        union all
                        select c.org_id, 'cohost' from event_cohost c where c.event_id = n.event_id) h
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (month, campaign_id, org_id, part)
    do update set participations = t.participations + excluded.participations, minutes = t.minutes + excluded.minutes;
    return null;
end $$;
create trigger ledger_totalled after insert on ledger
    referencing new table as now_rows for each statement execute function total_ledger();

-- An event is counted when its hours are confirmed.
create function total_events() returns trigger language plpgsql as $$
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
create trigger event_totalled after update on event
    referencing old table as old_rows new table as now_rows for each statement execute function total_events();
