-- Who did what to which object, when: ids and field names, never values.
create table audit (
    id        bigint generated always as identity primary key,
    at        timestamptz not null,
    actor_id  bigint,                        -- null: the portal itself
    from_ip   text,                          -- the actor's network address; null: the portal itself
    verb      text not null,
    object    text not null,
    object_id bigint not null,
    fields    text[] not null default '{}'
);
create index audit_object on audit (object, object_id);
create index audit_at on audit (at);
create index audit_actor on audit (actor_id, id desc);
create index audit_verb on audit (verb, id desc);
