drop table campaign_goal, campaign_invite, campaign;
drop function campaign_goal_kind();
