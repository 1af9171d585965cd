-- Files that staff asked for and a job makes. They hold people's data: only the person who asked
-- may download them, and they are deleted after an hour.
create table export (
    id        bigint generated always as identity primary key,
    kind      text not null,
    query     text not null default '',   -- its filters, as in the address of the page
    form      text not null check (form in ('xlsx', 'csv')),
    lang      text not null check (lang in ('kk', 'ru', 'en')),
    asked_by  bigint not null references person,
    asked_at  timestamptz not null,
    total     integer not null default 0, -- rows
    done      integer not null default 0, -- rows written so far
    ready_at  timestamptz,
    failed_at timestamptz
);
create index export_asked on export (asked_by, id desc);

create table export_file (
    export_id bigint primary key references export on delete cascade,
    data      bytea not null
);
