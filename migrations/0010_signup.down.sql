drop table signup;
drop function signup_count();
drop sequence signup_queue;
