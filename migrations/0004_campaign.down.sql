drop table campaign;
