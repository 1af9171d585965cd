drop table org_invite, coordinator, logo, org_slug, org;
