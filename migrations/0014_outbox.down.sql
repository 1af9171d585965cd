drop table outbox_mail;
