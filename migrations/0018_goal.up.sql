-- A campaign may also hope for things delivered: the kind is then one of delivery_kind.
alter table campaign_goal drop constraint campaign_goal_kind_check;
create function campaign_goal_kind() returns trigger language plpgsql as $$
begin
    if new.kind not in ('events', 'participations', 'hours') and not exists (select from delivery_kind where slug = new.kind) then
        raise exception 'no such kind of goal' using errcode = 'check_violation', constraint = 'campaign_goal_kind';
    end if;
    return new;
end $$;
create trigger campaign_goal_known before insert or update on campaign_goal for each row execute function campaign_goal_kind();
