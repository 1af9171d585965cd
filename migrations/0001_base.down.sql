drop function text3_folded(jsonb);
drop function fold(text);
drop extension btree_gist;
drop extension pg_trgm;
