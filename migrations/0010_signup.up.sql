create sequence signup_queue;

-- A person's sign-up for a shift: one row, whatever becomes of it.
create table signup (
    id           bigint generated always as identity primary key,
    shift_id     bigint not null,
    person_id    bigint not null references person,
    during       tstzrange not null,           -- the shift's, kept by the foreign key below
    state        text not null check (state in ('confirmed', 'waitlisted', 'awaiting_consent', 'cancelled')),
    queue_no     bigint,                       -- from signup_queue, drawn under the shift's lock: commit order
    hold_until   timestamptz,                  -- awaiting consent: the place is kept until then
    ticket       text not null unique,         -- the QR code's token
    cancel_cause text
        check (cancel_cause in ('self', 'organiser', 'event', 'ineligible', 'consent', 'erased', 'moved')),
    created_at   timestamptz not null,
    changed_at   timestamptz not null,
    reminded_at  timestamptz,
    constraint signup_once unique (shift_id, person_id),
    constraint signup_shift foreign key (shift_id, during) references shift (id, during) on update cascade,
    -- Nobody is confirmed in two places at once, whatever the code does.
    constraint signup_overlap exclude using gist (person_id with =, during with &&) where (state = 'confirmed')
        deferrable initially immediate, -- shifts of an event may move into each other's old hours
    check ((state = 'waitlisted') = (queue_no is not null)),
    check (hold_until is null or state = 'awaiting_consent'),
    check ((state = 'cancelled') = (cancel_cause is not null))
);
create index signup_person on signup (person_id, shift_id);
create index signup_waiting on signup (shift_id, queue_no) where state = 'waitlisted';
create index signup_hold on signup (hold_until) where state = 'awaiting_consent';

-- The shift's counters follow its sign-ups, whoever writes them; with shift_capacity they make
-- an overbooked shift impossible.
create function signup_count() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        update shift s set confirmed = s.confirmed + d.c, held = s.held + d.h, waiting = s.waiting + d.w
        from (select shift_id, count(*) filter (where state = 'confirmed') c,
                     count(*) filter (where state = 'awaiting_consent' and hold_until is not null) h,
                     count(*) filter (where state = 'waitlisted') w
              from now_rows group by 1) d
        where s.id = d.shift_id;
    elsif tg_op = 'DELETE' then
        update shift s set confirmed = s.confirmed - d.c, held = s.held - d.h, waiting = s.waiting - d.w
        from (select shift_id, count(*) filter (where state = 'confirmed') c,
                     count(*) filter (where state = 'awaiting_consent' and hold_until is not null) h,
                     count(*) filter (where state = 'waitlisted') w
              from old_rows group by 1) d
        where s.id = d.shift_id;
    else
        update shift s set confirmed = s.confirmed + d.c, held = s.held + d.h, waiting = s.waiting + d.w
        from (select shift_id, sum(c) c, sum(h) h, sum(w) w
              from (select shift_id, (state = 'confirmed')::int c,
                           (state = 'awaiting_consent' and hold_until is not null)::int h,
                           (state = 'waitlisted')::int w from now_rows
                    union all
                    select shift_id, -(state = 'confirmed')::int,
                           -(state = 'awaiting_consent' and hold_until is not null)::int,
                           -(state = 'waitlisted')::int from old_rows) x
              group by 1
              having sum(c) <> 0 or sum(h) <> 0 or sum(w) <> 0) d
        where s.id = d.shift_id;
    end if;
    return null;
end $$;
create trigger signup_inserted after insert on signup
    referencing new table as now_rows for each statement execute function signup_count();
create trigger signup_updated after update on signup
    referencing old table as old_rows new table as now_rows for each statement execute function signup_count();
create trigger signup_deleted after delete on signup
    referencing old table as old_rows for each statement execute function signup_count();
