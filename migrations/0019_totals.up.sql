-- The headquarters' figures: what a row of the ledger was when it was written, and summaries that
-- are kept true inside the transactions that write it. internal/totals says what they cost.

-- Years of age on a day; null without a birth date.
create function age_on(birth date, day date) returns integer language sql immutable as
    $$ select extract(year from age(day, birth))::int $$;

-- The age groups, as totals.Ages lists them. 14 and 18 are the law's.
create function age_group(age integer) returns text language sql immutable as $$
    select case when age is null then 'unknown' when age < 14 then 'under-14' when age < 18 then '14-17' when age < 25 then '18-24'
        when age < 35 then '25-34' when age < 55 then '35-54' else '55-up' end
$$;

-- Erasing a person, correcting a birth date or an event changes no total: the ledger remembers.
alter table ledger
    add column district text,
    add column age      integer,            -- in years, on the day of the shift; null: no birth date
    add column no_shows integer;            -- like participations: a plain sum is the truth

create function ledger_remembers() returns trigger language plpgsql as $$
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

drop trigger ledger_append_only on ledger;
update ledger l set district = e.district, age = age_on(p.birth_date, l.day),
    no_shows = (l.outcome = 'no_show')::int - coalesce((select (w.outcome = 'no_show')::int from ledger w
        where w.signup_id = l.signup_id and w.id < l.id order by w.id desc limit 1), 0)
from event e, person p where e.id = l.event_id and p.id = l.person_id;
create trigger ledger_append_only before update or delete or truncate on ledger
    for each statement execute function ledger_is_append_only();
alter table ledger
    alter column district set not null,
    alter column no_shows set not null;
create index ledger_day on ledger (day, id);
create index ledger_campaign on ledger (campaign_id, day);
create index ledger_org on ledger (org_id, day);
create index event_held on event (closed_month) where closed_at is not null;
create index event_open on event (starts_at) where state = 'published' and closed_at is null;
create index person_since on person (joined_at) include (birth_date, district) where erased_at is null;

-- What adds up, by month and age group, under each key: the city, a campaign, an organisation
-- (host or co-host), a district. An event has no age: it stands under the age group ''.
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
    primary key (scope, key, month, age_group)
);

-- People, each counted once in whatever span of months: n of those who attended in month under
-- the key had attended under it in prev_month before, and never in between. So the people of the
-- months from a to b are those with month from a to b and prev_month before a. The age is that of
-- the first attendance of the month.
create table total_return (
    scope      text not null check (scope in ('city', 'campaign', 'org', 'district', 'age')),
    key        text not null,
    month      date not null check (extract(day from month) = 1),
    prev_month date not null,               -- -infinity: never before
    age        integer,
    n          bigint not null
);
create unique index total_return_key on total_return (scope, key, month, prev_month, coalesce(age, -1)) include (n);

-- The keys under which a row of the ledger, or an event, counts.
create function total_keys(event bigint, campaign bigint, org bigint, district text) returns table (scope text, key text)
language sql stable as $$
    select 'city', '' union all
    select 'campaign', campaign::text union all
    select 'district', district union all
    select 'org', org::text union all
    select 'org', c.org_id::text from event_cohost c where c.event_id = event and c.org_id <> org
$$;

-- The months in which people attended, each with the one before and the age, under each key. Of
-- one sign-up the rows' sum says whether it was attended; those in but are left out.
create function total_visits(people bigint[], but bigint[]) returns table (scope text, key text, month date, prev_month date, age integer)
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
create trigger ledger_keyed after insert on ledger
    referencing new table as now_rows for each statement execute function total_ledger_keys();

create function total_event_keys() returns trigger language plpgsql as $$
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
create trigger event_keyed after update on event
    referencing old table as old_rows new table as now_rows for each statement execute function total_event_keys();

-- The summaries as the ledger and the closed events say that they should be: for the check, for a
-- rebuild, and for what was there before them.
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
create view total_return_truth as
    select scope, key, month, prev_month, age, count(*) as n from total_visits(null, null) group by 1, 2, 3, 4, 5;
insert into total_key (scope, key, month, age_group, events, signups, participations, no_shows, minutes) select * from total_key_truth;
insert into total_return select * from total_return_truth;
