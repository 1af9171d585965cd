drop table intake;
drop index event_import_key;
alter table event drop column import_key, drop column imported;
