drop index event_by_day;
drop index event_unpublished;
drop index event_unclosed;
