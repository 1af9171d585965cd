drop view total_month_truth;
drop function total_recount_orgs(bigint[]);
create or replace function total_ledger() returns trigger language plpgsql as $$
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
create or replace function total_visits(people bigint[], but bigint[]) returns table (scope text, key text, month date, prev_month date, age integer)
language sql stable as $$
    with attended as (
        select l.person_id, l.signup_id, l.event_id, l.campaign_id, l.org_id, l.district, l.day, l.age
        from ledger l
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
create or replace function total_keys(event bigint, campaign bigint, org bigint, district text) returns table (scope text, key text)
language sql stable as $$
    select 'city', '' union all
    select 'campaign', campaign::text union all
    select 'district', district union all
    select 'org', org::text union all
    select 'org', c.org_id::text from event_cohost c where c.event_id = event and c.org_id <> org
$$;
