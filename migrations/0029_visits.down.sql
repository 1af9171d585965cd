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
create or replace view total_return_truth as
    select scope, key, month, prev_month, age, count(*) as n from total_visits(null, null) group by 1, 2, 3, 4, 5;
