drop table coordinator, org;
