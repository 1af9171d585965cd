drop index person_newest;
drop index person_phone;
drop index person_email_begins;
alter table person drop column merged_into;
drop table person_note;
