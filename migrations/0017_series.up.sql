-- The desk's home and its list of all events.
create index event_unclosed on event (ends_at, id) where state = 'published' and closed_at is null;
create index event_unpublished on event (updated_at desc, id desc) where state in ('draft', 'review');
create index event_by_day on event (starts_at desc nulls first, id desc);
