drop table history_file;
alter table event drop constraint event_brought, drop column brought_participations, drop column brought_minutes;
