drop trigger campaign_goal_known on campaign_goal;
drop function campaign_goal_kind();
delete from campaign_goal where kind not in ('events', 'participations', 'hours');
alter table campaign_goal add constraint campaign_goal_kind_check check (kind in ('events', 'participations', 'hours'));
