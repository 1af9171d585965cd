drop index guardian_consent_event;
drop index guardian_consent_guardian;
alter table guardian_consent drop column withdrawn_from, drop column agreed_from, drop column lang, drop column guardian_id;
drop table guardian_code;
drop table guardian_link;
drop table guardian_ask;
drop table guardian;
