-- Two entries of one body that became one: what either did counts under the one that is left. The
-- ledger keeps under which entry the hours were confirmed.
create or replace function total_keys(event bigint, campaign bigint, org bigint, district text) returns table (scope text, key text)
language sql stable as $$
    select 'city', '' union all
    select 'campaign', campaign::text union all
    select 'district', district union all
    select distinct 'org', coalesce(o.merged_into, o.id)::text
    from (select total_keys.org union select c.org_id from event_cohost c where c.event_id = total_keys.event) hosts (h) join org o on o.id = hosts.h
$$;

create or replace function total_visits(people bigint[], but bigint[]) returns table (scope text, key text, month date, prev_month date, age integer)
language sql stable as $$
    with attended as (
        select l.person_id, l.signup_id, l.event_id, l.campaign_id, coalesce(o.merged_into, o.id) as org_id, l.district, l.day, l.age
        from ledger l join org o on o.id = l.org_id
        where (people is null or l.person_id = any(people)) and not exists (select from unnest(but) b where b = l.id)
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

create or replace function total_ledger() returns trigger language plpgsql as $$
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

-- The summaries of some organisations made anew from the ledger, after they were merged.
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

-- What total_month says: a joint event stands once under its host and once under each other host.
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
