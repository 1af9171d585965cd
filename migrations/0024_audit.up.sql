-- Where a deed came from: a network address, null for the portal's own work.
alter table audit add column from_ip text;
create index audit_actor on audit (actor_id, id desc);
create index audit_verb on audit (verb, id desc);
