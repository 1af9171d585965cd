-- What an administrator has set over the city's file. Each save is a row: the latest counts.
create table city_setting (
    id       bigint generated always as identity primary key,
    facts    jsonb not null check (jsonb_typeof(facts) = 'object'),
    saved_by bigint not null references person,
    saved_at timestamptz not null
);

-- The texts that people agree to. The latest of a purpose is asked for; older ones stay readable
-- for those who have agreed to them.
create table consent_text (
    id           bigint generated always as identity primary key,
    purpose      text not null check (purpose in ('registration', 'guardian')),
    version      text not null check (version <> ''),
    body         jsonb not null, -- Markdown
    published_by bigint not null references person,
    published_at timestamptz not null,
    unique (purpose, version)
);

-- The kinds of things that events deliver and campaigns set as goals: a list that staff extend.
create table delivery_kind (
    slug       text primary key check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name       jsonb not null,
    unit       jsonb not null default '{}',
    position   integer not null unique,
    retired_at timestamptz       -- no longer offered; what was delivered stays
);
insert into delivery_kind (slug, name, unit, position) values
    ('food-baskets', '{"kk":"Азық-түлік себеті","ru":"Продуктовые корзины","en":"Food baskets"}',
        '{"kk":"дана","ru":"шт.","en":"pcs"}', 1),
    ('clothing', '{"kk":"Киім-кешек","ru":"Одежда","en":"Clothing"}',
        '{"kk":"дана","ru":"шт.","en":"pcs"}', 2),
    ('furniture', '{"kk":"Жиһаз","ru":"Мебель","en":"Furniture"}',
        '{"kk":"дана","ru":"шт.","en":"pcs"}', 3),
    ('hot-meals', '{"kk":"Ыстық тамақ","ru":"Горячие обеды","en":"Hot meals"}',
        '{"kk":"порция","ru":"порций","en":"portions"}', 4),
    ('yards-cleared', '{"kk":"Тазаланған аула","ru":"Очищенные дворы","en":"Yards cleared"}',
        '{"kk":"аула","ru":"дворов","en":"yards"}', 5),
    ('trees', '{"kk":"Отырғызылған ағаш","ru":"Посаженные деревья","en":"Trees planted"}',
        '{"kk":"түп","ru":"шт.","en":"pcs"}', 6),
    ('rubbish-bags', '{"kk":"Қоқыс қабы","ru":"Мешки мусора","en":"Bags of rubbish"}',
        '{"kk":"қап","ru":"мешков","en":"bags"}', 7),
    ('people-trained', '{"kk":"Оқытылған адам","ru":"Обученные люди","en":"People trained"}',
        '{"kk":"адам","ru":"чел.","en":"people"}', 8),
    ('people-found', '{"kk":"Табылған адам","ru":"Найденные люди","en":"People found"}',
        '{"kk":"адам","ru":"чел.","en":"people"}', 9);
