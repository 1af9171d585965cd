drop trigger event_totalled on event;
drop function total_events();
drop trigger ledger_totalled on ledger;
drop function total_ledger();
drop trigger person_counted on person;
drop trigger person_recounted on person;
drop function total_people_count();
drop table total_people, total_month;
