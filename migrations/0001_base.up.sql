-- What every room leans on: spelling-forgiving search and ranges that exclude each other.
create extension if not exists pg_trgm;
create extension if not exists btree_gist;

-- fold brings Kazakh and Russian spellings of a word together (Қ/К, Ә/А, І/И, Latin i),
-- so that "Кожахметкызы" finds "Қожахметқызы". Searches fold both sides.
create function fold(text) returns text
    language sql immutable strict parallel safe
    return translate(lower($1), 'әғқңөұүһіёi', 'агкноуухиеи');

-- text3 is the searchable form of a text in three languages.
create function text3_folded(jsonb) returns text
    language sql immutable parallel safe
    return fold(coalesce($1 ->> 'kk', '') || ' ' || coalesce($1 ->> 'ru', '') || ' ' || coalesce($1 ->> 'en', ''));
