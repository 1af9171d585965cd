alter table delivery_kind drop column retired_at;
drop table consent_text;
drop table city_setting;
