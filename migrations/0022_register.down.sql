alter table event drop column looked_at, drop column changed_at;
drop table org_slug;
alter table org add column trusted boolean not null default false;
update org set trusted = state = 'trusted';
alter table org
    drop column state, drop column documents, drop column state_words, drop column applied_by, drop column applied_at, drop column form_key,
    drop column returned, drop column returned_at, drop column looked_at, drop column merged_into;
