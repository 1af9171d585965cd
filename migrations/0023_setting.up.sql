-- What an administrator has set over the city's file. Every saving is a row: the latest counts.
create table city_setting (
    id       bigint generated always as identity primary key,
    facts    jsonb not null check (jsonb_typeof(facts) = 'object'),
    saved_by bigint not null references person,
    saved_at timestamptz not null
);

-- The texts that people agree to. The latest of a purpose is asked; older ones stay readable for
-- those who have agreed to them.
create table consent_text (
    id           bigint generated always as identity primary key,
    purpose      text not null check (purpose in ('registration', 'guardian')),
    version      text not null check (version <> ''),
    body         jsonb not null, -- Markdown
    published_by bigint not null references person,
    published_at timestamptz not null,
    unique (purpose, version)
);

alter table delivery_kind add column retired_at timestamptz; -- no longer offered; what was delivered stays
