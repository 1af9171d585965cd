drop trigger event_delivery_uncounted on event_delivery;
drop trigger event_delivery_recounted on event_delivery;
drop trigger event_delivery_counted on event_delivery;
drop trigger event_cohost_uncounted on event_cohost;
drop trigger event_cohost_counted on event_cohost;
drop trigger event_counted on event;
drop trigger ledger_counted on ledger;
drop function total_event_beside(), total_event_event(), total_event_ledger(), total_event_recount(bigint[]);
drop view total_event_truth;
drop table total_event;

update event set held_on = date_trunc('month', held_on)::date where held_on is not null;
alter table event rename column held_on to closed_month;
drop index person_acting;
drop index event_brought;
drop index event_held;
create index event_held on event (closed_month) where closed_at is not null;

alter table ledger add column district text;
drop trigger ledger_append_only on ledger;
update ledger l set district = e.district from event e where e.id = l.event_id;
create trigger ledger_append_only before update or delete or truncate on ledger
    for each statement execute function ledger_is_append_only();
alter table ledger alter column district set not null;
drop trigger ledger_remembered on ledger;
create or replace function ledger_remembers() returns trigger language plpgsql as $$
begin
    select first.district, first.age, (new.outcome = 'no_show')::int - was.no_shows into new.district, new.age, new.no_shows
    from (select district, age from ledger where signup_id = new.signup_id order by id limit 1) first,
         (select sum(no_shows)::int as no_shows from ledger where signup_id = new.signup_id) was;
    if not found then
        select e.district, age_on(p.birth_date, new.day), (new.outcome = 'no_show')::int into new.district, new.age, new.no_shows
        from event e, person p where e.id = new.event_id and p.id = new.person_id;
    end if;
    return new;
end $$;
create trigger ledger_remembered before insert on ledger for each row when (new.district is null or new.no_shows is null)
    execute function ledger_remembers();

-- What 0008, 0019 and 0026 to 0029 had made of the summaries.
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
create table total_key (
    scope     text not null check (scope in ('city', 'campaign', 'org', 'district')),
    key       text not null,
    month     date not null check (extract(day from month) = 1),
    age_group text not null,
    events    bigint not null default 0,
    signups   bigint not null default 0,
    participations bigint not null default 0,
    no_shows  bigint not null default 0,
    minutes   bigint not null default 0,
    brought   bigint not null default 0,
    primary key (scope, key, month, age_group)
);
create table total_return (
    scope      text not null check (scope in ('city', 'campaign', 'org', 'district', 'age')),
    key        text not null,
    month      date not null check (extract(day from month) = 1),
    prev_month date not null,               -- -infinity: never before
    age        integer,
    n          bigint not null
);
create unique index total_return_key on total_return (scope, key, month, prev_month, coalesce(age, -1)) include (n);
create function total_keys(event bigint, campaign bigint, org bigint, district text) returns table (scope text, key text)
language sql stable as $$
    select 'city', '' union all
    select 'campaign', campaign::text union all
    select 'district', district union all
    select distinct 'org', coalesce(o.merged_into, o.id)::text
    from (select total_keys.org union select c.org_id from event_cohost c where c.event_id = total_keys.event) hosts (h) join org o on o.id = hosts.h
$$;
create function total_visits(people bigint[], but bigint[]) returns table (scope text, key text, month date, prev_month date, age integer)
language sql stable as $$
    with attended as (
        select l.person_id, l.signup_id, l.event_id, l.campaign_id, coalesce(o.merged_into, o.id) as org_id, l.district, l.day, l.age
        from unnest(people) p join ledger l on l.person_id = p join org o on o.id = l.org_id
        where not exists (select from unnest(but) b where b = l.id)
        group by 1, 2, 3, 4, 5, 6, 7, 8
        having sum(l.participations) > 0
    ), visits as (
        select a.person_id, k.scope, k.key, date_trunc('month', a.day)::date as month, (array_agg(a.age order by a.day, a.signup_id))[1] as age
        from attended a
        cross join lateral (select * from total_keys(a.event_id, a.campaign_id, a.org_id, a.district)
                            union all
                            select 'age', age_group(a.age)) k
        group by 1, 2, 3, 4
    )
    select v.scope, v.key, v.month, lag(v.month, 1, date '-infinity') over (partition by v.person_id, v.scope, v.key order by v.month), v.age
    from visits v
$$;
create view total_return_truth as
    select scope, key, month, prev_month, age, count(*) as n from total_visits((select array_agg(id) from person), null) group by 1, 2, 3, 4, 5;
create view total_key_truth as
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
create view total_month_truth as
    select date_trunc('month', l.day)::date as month, l.campaign_id, h.org_id, h.part, 0 as events, l.participations, l.minutes
    from ledger l join org o on o.id = l.org_id cross join lateral (
        select coalesce(o.merged_into, o.id) as org_id, 'host' as part
        union all
        select c.org_id, 'cohost' from event_cohost c where c.event_id = l.event_id) h
    union all
    select e.closed_month, e.campaign_id, h.org_id, h.part, 1, coalesce(e.brought_participations, 0), coalesce(e.brought_minutes, 0)
    from event e cross join lateral (
        select e.org_id, 'host' as part
        union all
        select c.org_id, 'cohost' from event_cohost c where c.event_id = e.id) h
    where e.closed_month is not null;
create function total_recount_orgs(ids bigint[]) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtext('shtab totals'));
    delete from total_key where scope = 'org' and key in (select i::text from unnest(ids) i);
    delete from total_return where scope = 'org' and key in (select i::text from unnest(ids) i);
    delete from total_month where org_id = any(ids);
    insert into total_key (scope, key, month, age_group, events, signups, participations, no_shows, minutes, brought)
        select * from total_key_truth where scope = 'org' and key in (select i::text from unnest(ids) i);
    insert into total_return select * from total_return_truth where scope = 'org' and key in (select i::text from unnest(ids) i);
    insert into total_month (month, campaign_id, org_id, part, events, participations, minutes)
        select month, campaign_id, org_id, part, sum(events), sum(participations), sum(minutes) from total_month_truth where org_id = any(ids) group by 1, 2, 3, 4;
end $$;
create function total_ledger_keys() returns trigger language plpgsql as $$
declare
    people bigint[] := (select array_agg(distinct person_id) from now_rows where participations <> 0);
    rows   bigint[] := (select array_agg(id) from now_rows);
begin
    -- One after the other until the commit: what a person has done before must be read as it will
    -- be committed. All confirmations meet in the city's rows anyway.
    perform pg_advisory_xact_lock(hashtext('shtab totals'));
    insert into total_key as t (scope, key, month, age_group, signups, participations, no_shows, minutes)
    select k.scope, k.key, date_trunc('month', n.day)::date, age_group(n.age),
        count(*) filter (where n.reason is null), sum(n.participations), sum(n.no_shows), sum(n.minutes)
    from now_rows n cross join lateral total_keys(n.event_id, n.campaign_id, n.org_id, n.district) k
    group by 1, 2, 3, 4
    on conflict (scope, key, month, age_group) do update set signups = t.signups + excluded.signups,
        participations = t.participations + excluded.participations, no_shows = t.no_shows + excluded.no_shows, minutes = t.minutes + excluded.minutes;
    if people is not null then
        insert into total_return as t (scope, key, month, prev_month, age, n)
        select scope, key, month, prev_month, age, sum(n)
        from (select v.*, 1 as n from total_visits(people, null) v
              union all
              select v.*, -1 from total_visits(people, rows) v) x
        group by 1, 2, 3, 4, 5 having sum(n) <> 0
        on conflict (scope, key, month, prev_month, coalesce(age, -1)) do update set n = t.n + excluded.n;
    end if;
    return null;
end $$;
create function total_event_keys() returns trigger language plpgsql as $$
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
create function total_ledger() returns trigger language plpgsql as $$
begin
    insert into total_month as t (month, campaign_id, org_id, part, participations, minutes)
    select date_trunc('month', n.day)::date, n.campaign_id, h.org_id, h.part, sum(n.participations), sum(n.minutes)
    from now_rows n
    cross join lateral (select coalesce(o.merged_into, o.id) as org_id, 'host' as part from org o where o.id = n.org_id
                        union all
                        select c.org_id, 'cohost' from event_cohost c where c.event_id = n.event_id) h
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (month, campaign_id, org_id, part)
    do update set participations = t.participations + excluded.participations, minutes = t.minutes + excluded.minutes;
    return null;
end $$;
create function total_events() returns trigger language plpgsql as $$
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
create trigger ledger_totalled after insert on ledger
    referencing new table as now_rows for each statement execute function total_ledger();
create trigger ledger_keyed after insert on ledger
    referencing new table as now_rows for each statement execute function total_ledger_keys();
create trigger event_totalled after update on event
    referencing old table as old_rows new table as now_rows for each statement execute function total_events();
create trigger event_keyed after update on event
    referencing old table as old_rows new table as now_rows for each statement execute function total_event_keys();

insert into total_month (month, campaign_id, org_id, part, events, participations, minutes)
    select month, campaign_id, org_id, part, sum(events), sum(participations), sum(minutes) from total_month_truth group by 1, 2, 3, 4;
insert into total_key (scope, key, month, age_group, events, signups, participations, no_shows, minutes, brought)
    select scope, key, month, age_group, events, signups, participations, no_shows, minutes, brought from total_key_truth;
insert into total_return select * from total_return_truth;
