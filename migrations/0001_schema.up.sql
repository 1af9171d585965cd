-- What every other file uses.
create extension if not exists pg_trgm;    -- searches that forgive spelling
create extension if not exists btree_gist; -- exclusion constraints over ranges

-- Which programs work on this schema: those whose newest migration is oldest_program or a later one.
-- A migration that takes something away from the release before (drops or renames a column, tightens
-- a constraint) raises it in the same file; one that only adds leaves it. See migrate.Check.
create table schema_support (
    only_row       boolean primary key default true check (only_row),
    oldest_program integer not null check (oldest_program > 0)
);
insert into schema_support (oldest_program) values (1);

-- fold brings Kazakh and Russian spellings of a word together (Қ/К, Ә/А, І/И, Latin i), so that
-- "Кожахметкызы" finds "Қожахметқызы". Searches fold both sides.
create function fold(text) returns text
    language sql immutable strict parallel safe
    return translate(lower($1), 'әғқңөұүһіёi', 'агкноуухиеи');

-- text3_folded is the searchable form of a text in three languages.
create function text3_folded(jsonb) returns text
    language sql immutable parallel safe
    return fold(coalesce($1 ->> 'kk', '') || ' ' || coalesce($1 ->> 'ru', '') || ' ' || coalesce($1 ->> 'en', ''));

-- Years of age on a day; null without a birth date.
create function age_on(birth date, day date) returns integer language sql immutable as
    $$ select extract(year from age(day, birth))::int $$;
