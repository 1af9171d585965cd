drop table email_change;
drop table passkey;
drop table recovery_code;
drop table totp;
drop table person_session;
alter table person drop column factor_since;
