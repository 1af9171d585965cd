drop function age_on(date, date);
drop function text3_folded(jsonb);
drop function fold(text);
drop table schema_support;
drop extension btree_gist;
drop extension pg_trgm;
