drop table throttle, sessions, guardian_consent, password_reset, registration, data_consent, person;
