drop index audit_verb;
drop index audit_actor;
alter table audit drop column from_ip;
