-- The headquarters' figures. Triggers keep the summaries true inside the transactions that change
-- them; internal/totals says what they cost.

-- The age groups, as totals.AgeGroups lists them. 14 and 18 are the law's.
create function age_group(age integer) returns text language sql immutable as $$
    select case when age is null then 'unknown' when age < 14 then 'under-14' when age < 18 then '14-17'
        when age < 25 then '18-24' when age < 35 then '25-34' when age < 55 then '35-54' else '55-up' end
$$;

-- Registered people who are not erased: one row, one figure.
create table total_people (
    only_row boolean primary key default true check (only_row),
    people   bigint not null
);
insert into total_people (people) values (0);

create function total_people_count() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        update total_people set people = people + (select count(*) from now_rows where erased_at is null);
    elsif exists (select from now_rows n join old_rows o using (id)
        where (n.erased_at is null) <> (o.erased_at is null)) then
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

-- What each event counts on each of its days, and of whom. A confirmation of hours writes the rows
-- of its own event and of no other, and waits for nobody else's. What is asked of many events is
-- added up from these rows in memory.
create table total_event (
    event_id       bigint not null references event,
    day            date not null,        -- of the city's calendar: of the shifts, and that on which the event was held
    campaign_id    bigint not null references campaign,
    org_id         bigint not null references org,
    cohosts        bigint[] not null,
    district       text not null,
    events         integer not null,     -- 1 on the day on which it was held
    signups        integer not null,     -- whose hours are confirmed
    participations integer not null,
    no_shows       integer not null,
    minutes        integer not null,
    brought        integer not null,     -- of participations: of the years before the portal, without names
    delivered      jsonb not null,       -- amounts by delivery_kind
    -- The same of each person and sign-up, the n-th of every list.
    people         bigint[] not null,
    ages           smallint[] not null,  -- in years, on the day; -1: no birth date
    their_signups  smallint[] not null,
    their_participations smallint[] not null,
    their_no_shows smallint[] not null,
    their_minutes  integer[] not null,
    changed        xid8 not null default pg_current_xact_id(), -- the transaction that wrote it: readers seek new ones
    primary key (event_id, day)
);
create index total_event_changed on total_event (changed);

-- The summary as the ledger and the held events say that it should be.
create view total_event_truth as
    select x.event_id, x.day, e.campaign_id, e.org_id,
        array(select c.org_id from event_cohost c where c.event_id = e.id order by 1) as cohosts, e.district,
        x.events, x.signups, x.participations + x.brought as participations, x.no_shows, x.minutes, x.brought,
        case when x.events = 0 then '{}'
            else coalesce((select jsonb_object_agg(d.kind, d.amount)
                from event_delivery d where d.event_id = e.id), '{}')
        end as delivered,
        x.people, x.ages, x.their_signups, x.their_participations, x.their_no_shows, x.their_minutes
    from (
        select event_id, day, sum(events)::int as events, coalesce(sum(signups), 0)::int as signups,
            coalesce(sum(participations), 0)::int as participations, coalesce(sum(no_shows), 0)::int as no_shows,
            sum(minutes)::int as minutes, sum(brought)::int as brought,
            coalesce(array_agg(person_id order by signup_id, person_id)
                filter (where person_id is not null), '{}') as people,
            coalesce(array_agg(coalesce(age, -1)::smallint order by signup_id, person_id)
                filter (where person_id is not null), '{}') as ages,
            coalesce(array_agg(signups::smallint order by signup_id, person_id)
                filter (where person_id is not null), '{}') as their_signups,
            coalesce(array_agg(participations::smallint order by signup_id, person_id)
                filter (where person_id is not null), '{}') as their_participations,
            coalesce(array_agg(no_shows::smallint order by signup_id, person_id)
                filter (where person_id is not null), '{}') as their_no_shows,
            coalesce(array_agg(minutes::int order by signup_id, person_id)
                filter (where person_id is not null), '{}') as their_minutes
        from (
            select event_id, day, person_id, signup_id, age, 0 as events, 0 as brought,
                count(*) filter (where reason is null) as signups,
                sum(participations) as participations, sum(no_shows) as no_shows, sum(minutes) as minutes
            from ledger group by event_id, day, signup_id, person_id, age
            union all
            select id, held_on, null, null, null, 1, coalesce(brought_participations, 0), null,
                null, null, coalesce(brought_minutes, 0)
            from event where held_on is not null
        ) rows
        group by event_id, day
    ) x
    join event e on e.id = x.event_id;

create function total_event_recount(ids bigint[]) returns void language plpgsql as $$
begin
    -- Locked until the commit, so that what another transaction has just confirmed counts too.
    perform from event where id = any(ids) order by id for no key update;
    delete from total_event where event_id = any(ids);
    insert into total_event select * from total_event_truth where event_id = any(ids);
end $$;

create function total_event_ledger() returns trigger language plpgsql as $$
begin
    perform total_event_recount(array(select distinct event_id from now_rows));
    return null;
end $$;
create trigger ledger_counted after insert on ledger
    referencing new table as now_rows for each statement execute function total_event_ledger();

create function total_event_event() returns trigger language plpgsql as $$
declare
    ids bigint[] := array(select n.id from now_rows n join old_rows o on o.id = n.id
        where (n.held_on, n.campaign_id, n.org_id, n.district, n.brought_participations, n.brought_minutes)
            is distinct from
            (o.held_on, o.campaign_id, o.org_id, o.district, o.brought_participations, o.brought_minutes));
begin
    if ids <> '{}' then
        perform total_event_recount(ids);
    end if;
    return null;
end $$;
create trigger event_counted after update on event
    referencing old table as old_rows new table as now_rows for each statement execute function total_event_event();

-- Co-hosts and things delivered matter only of an event that counts already.
create function total_event_beside() returns trigger language plpgsql as $$
declare
    ids bigint[] := array(select distinct event_id from changed_rows join total_event using (event_id));
begin
    if ids <> '{}' then
        perform total_event_recount(ids);
    end if;
    return null;
end $$;
create trigger event_cohost_counted after insert on event_cohost
    referencing new table as changed_rows for each statement execute function total_event_beside();
create trigger event_cohost_uncounted after delete on event_cohost
    referencing old table as changed_rows for each statement execute function total_event_beside();
create trigger event_delivery_counted after insert on event_delivery
    referencing new table as changed_rows for each statement execute function total_event_beside();
create trigger event_delivery_recounted after update on event_delivery
    referencing new table as changed_rows for each statement execute function total_event_beside();
create trigger event_delivery_uncounted after delete on event_delivery
    referencing old table as changed_rows for each statement execute function total_event_beside();
