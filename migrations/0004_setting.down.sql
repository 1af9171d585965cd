drop table delivery_kind, consent_text, city_setting;
