drop table throttle, person_session, sessions, email_change,
    password_reset, registration, data_consent, person_note, person;
