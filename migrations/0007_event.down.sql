drop table shift, event_cohost, event, series;
