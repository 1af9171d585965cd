drop table message;
drop table removal;
update signup set cancel_cause = 'organiser' where cancel_cause = 'moved';
alter table signup drop constraint signup_cancel_cause_check,
    add constraint signup_cancel_cause_check check (cancel_cause in ('self', 'organiser', 'event', 'ineligible', 'consent', 'erased'));
