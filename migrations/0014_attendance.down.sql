drop table event_delivery;
drop table delivery_kind;
alter table event drop column people_served;
drop table door_use;
drop table attendance;
drop table door_link;
