drop table event_delivery, ledger, door_use, attendance, door_link;
drop function ledger_is_append_only();
