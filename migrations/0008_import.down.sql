drop table history_file, intake;
