drop table passkey, recovery_code, totp;
