drop table message, removal;
