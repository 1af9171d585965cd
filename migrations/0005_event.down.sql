alter table guardian_consent drop constraint guardian_consent_event;
drop table shift, event_cohost, event;
