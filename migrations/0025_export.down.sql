drop table export_file;
drop table export;
