drop table org_invite;
alter table coordinator drop column since;
drop table logo;
alter table org drop column version, drop column links, drop column body;
drop table campaign_invite;
drop table campaign_goal;
alter table campaign
    drop constraint campaign_period,
    drop column updated_at, drop column form_key, drop column version, drop column ends_on, drop column starts_on;
