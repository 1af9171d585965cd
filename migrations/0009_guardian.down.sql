drop table guardian_consent, guardian_code, guardian_link, guardian_ask, guardian;
