-- The day of an event: who came, who stood at the door, and what became of it.

-- A link for a helper without an account: one event, from when to when, until it is taken back.
create table door_link (
    id         bigint generated always as identity primary key,
    event_id   bigint not null references event,
    token_hash bytea not null unique,                -- sha-256 of 130 random bits; the token is shown once
    label      text not null check (length(label) between 1 and 80),
    opens_at   timestamptz not null,
    closes_at  timestamptz not null,
    form_key   text not null,                        -- the form's: sent twice, it makes one link
    created_by bigint not null references person,
    created_at timestamptz not null,
    revoked_at timestamptz,
    revoked_by bigint references person,
    check (closes_at > opens_at and closes_at <= opens_at + interval '32 days'),
    unique (event_id, form_key)
);

-- Whoever is in, once somebody has marked them or written their hours. One row a sign-up: ten
-- scans in one second are one check-in.
create table attendance (
    signup_id     bigint primary key references signup,
    checked_in_at timestamptz,                       -- null: not here, or taken back
    checked_in_by bigint references person,
    door_id       bigint references door_link,       -- marked through it, by nobody with an account
    undone_at     timestamptz,                       -- a tap older than that comes too late
    outcome       text check (outcome in ('attended', 'no_show', 'excused')), -- a draft until the event is closed
    minutes       integer not null default 0 check (minutes between 0 and 1440),
    recorded_at   timestamptz,
    recorded_by   bigint references person,
    explanation   text not null default '' check (length(explanation) <= 500), -- of a no-show, in the volunteer's own words; goes when the person is erased
    explained_at  timestamptz,
    check (checked_in_at is null or (checked_in_by is null) <> (door_id is null)),
    check (outcome = 'attended' or minutes = 0),
    check ((outcome is null) = (recorded_at is null)),
    check ((explanation = '') = (explained_at is null))
);
create index attendance_door on attendance (door_id) where door_id is not null;

-- What was done through a door link. What coordinators do stands in the audit.
create table door_use (
    id        bigint generated always as identity primary key,
    door_id   bigint not null references door_link,
    signup_id bigint not null references signup,
    deed      text not null check (deed in ('check_in', 'undo')),
    used_at   timestamptz not null
);
create index door_use_door on door_use (door_id, used_at);

-- What an event has brought: people served, and things by kind, of a list that staff extend.
alter table event add column people_served integer not null default 0 check (people_served between 0 and 1000000);

create table delivery_kind (
    slug     text primary key check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name     jsonb not null,
    unit     jsonb not null default '{}',
    position integer not null unique
);
insert into delivery_kind (slug, name, unit, position) values
    ('food-baskets', '{"kk":"Азық-түлік себеті","ru":"Продуктовые корзины","en":"Food baskets"}', '{"kk":"дана","ru":"шт.","en":"pcs"}', 1),
    ('clothing', '{"kk":"Киім-кешек","ru":"Одежда","en":"Clothing"}', '{"kk":"дана","ru":"шт.","en":"pcs"}', 2),
    ('furniture', '{"kk":"Жиһаз","ru":"Мебель","en":"Furniture"}', '{"kk":"дана","ru":"шт.","en":"pcs"}', 3),
    ('hot-meals', '{"kk":"Ыстық тамақ","ru":"Горячие обеды","en":"Hot meals"}', '{"kk":"порция","ru":"порций","en":"portions"}', 4),
    ('yards-cleared', '{"kk":"Тазаланған аула","ru":"Очищенные дворы","en":"Yards cleared"}', '{"kk":"аула","ru":"дворов","en":"yards"}', 5),
    ('trees', '{"kk":"Отырғызылған ағаш","ru":"Посаженные деревья","en":"Trees planted"}', '{"kk":"түп","ru":"шт.","en":"pcs"}', 6),
    ('rubbish-bags', '{"kk":"Қоқыс қабы","ru":"Мешки мусора","en":"Bags of rubbish"}', '{"kk":"қап","ru":"мешков","en":"bags"}', 7),
    ('people-trained', '{"kk":"Оқытылған адам","ru":"Обученные люди","en":"People trained"}', '{"kk":"адам","ru":"чел.","en":"people"}', 8),
    ('people-found', '{"kk":"Табылған адам","ru":"Найденные люди","en":"People found"}', '{"kk":"адам","ru":"чел.","en":"people"}', 9);

create table event_delivery (
    event_id bigint not null references event on delete cascade,
    kind     text not null references delivery_kind,
    amount   integer not null check (amount between 1 and 1000000),
    primary key (event_id, kind)
);
create index event_delivery_kind on event_delivery (kind);
