-- Why staff did something to somebody's account, in words. Erasing the person clears them.
create table person_note (
    id        bigint generated always as identity primary key,
    person_id bigint not null references person,
    kind      text not null check (kind in ('suspend', 'restore', 'birth_date', 'merge')),
    words     text not null check (length(words) between 1 and 1000),
    by_id     bigint not null references person,
    at        timestamptz not null
);
create index person_note_person on person_note (person_id, id desc);

alter table person add column merged_into bigint references person; -- the account that this one has become
create index person_merged on person (merged_into) where merged_into is not null;

-- The register of people: by a beginning of the e-mail, by the last ten digits of the phone, the
-- newest first.
create index person_email_begins on person (email text_pattern_ops);
create index person_phone on person (right(phone, 10) text_pattern_ops);
create index person_newest on person (joined_at desc, id desc);
