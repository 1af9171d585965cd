drop table export_file, export;
