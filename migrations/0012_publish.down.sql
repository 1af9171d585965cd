alter table org drop column trusted;
update event set state = 'draft' where state = 'review';
update event set starts_at = created_at, ends_at = created_at + interval '1 hour' where starts_at is null;
alter table event
    drop constraint event_submitted,
    drop constraint event_hours,
    drop constraint event_state_check,
    alter column starts_at set not null,
    alter column ends_at set not null,
    drop column version,
    drop column needs,
    drop column slots,
    drop column form_key,
    drop column submitted_at,
    drop column returned,
    drop column returned_at,
    drop column series_id,
    add constraint event_state_check check (state in ('draft', 'published', 'cancelled'));
drop table series;
