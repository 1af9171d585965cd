-- What the migrations give: to be read, and compared by a test. Nothing runs this file.
-- make schema writes it anew.

CREATE EXTENSION btree_gist;

CREATE EXTENSION pg_trgm;

CREATE OR REPLACE FUNCTION public.age_group(age integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
    select case when age is null then 'unknown' when age < 14 then 'under-14' when age < 18 then '14-17'
        when age < 25 then '18-24' when age < 35 then '25-34' when age < 55 then '35-54' else '55-up' end
$function$
;

CREATE OR REPLACE FUNCTION public.age_on(birth date, day date)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select extract(year from age(day, birth))::int $function$
;

CREATE OR REPLACE FUNCTION public.campaign_goal_kind()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if new.kind not in ('events', 'participations', 'hours')
        and not exists (select from delivery_kind where slug = new.kind) then
        raise exception 'no such kind of goal' using errcode = 'check_violation', constraint = 'campaign_goal_kind';
    end if;
    return new;
end $function$
;

CREATE OR REPLACE FUNCTION public.fold(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(lower($1), 'әғқңөұүһіёi'::text, 'агкноуухиеи'::text)
;

CREATE OR REPLACE FUNCTION public.ledger_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    raise exception 'the hours ledger is append-only'
        using errcode = 'check_violation', constraint = 'ledger_append_only';
end $function$
;

CREATE OR REPLACE FUNCTION public.signup_count()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if tg_op = 'INSERT' then
        update shift s set confirmed = s.confirmed + d.c, held = s.held + d.h, waiting = s.waiting + d.w
        from (select shift_id, count(*) filter (where state = 'confirmed') c,
                     count(*) filter (where state = 'awaiting_consent' and hold_until is not null) h,
                     count(*) filter (where state = 'waitlisted') w
              from now_rows group by 1) d
        where s.id = d.shift_id;
    elsif tg_op = 'DELETE' then
        update shift s set confirmed = s.confirmed - d.c, held = s.held - d.h, waiting = s.waiting - d.w
        from (select shift_id, count(*) filter (where state = 'confirmed') c,
                     count(*) filter (where state = 'awaiting_consent' and hold_until is not null) h,
                     count(*) filter (where state = 'waitlisted') w
              from old_rows group by 1) d
        where s.id = d.shift_id;
    else
        update shift s set confirmed = s.confirmed + d.c, held = s.held + d.h, waiting = s.waiting + d.w
        from (select shift_id, sum(c) c, sum(h) h, sum(w) w
              from (select shift_id, (state = 'confirmed')::int c,
                           (state = 'awaiting_consent' and hold_until is not null)::int h,
                           (state = 'waitlisted')::int w from now_rows
                    union all
                    select shift_id, -(state = 'confirmed')::int,
                           -(state = 'awaiting_consent' and hold_until is not null)::int,
                           -(state = 'waitlisted')::int from old_rows) x
              group by 1
              having sum(c) <> 0 or sum(h) <> 0 or sum(w) <> 0) d
        where s.id = d.shift_id;
    end if;
    return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.text3_folded(jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN fold(((((COALESCE(($1 ->> 'kk'::text), ''::text) || ' '::text) || COALESCE(($1 ->> 'ru'::text), ''::text)) || ' '::text) || COALESCE(($1 ->> 'en'::text), ''::text)))
;

CREATE OR REPLACE FUNCTION public.total_event_beside()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
    ids bigint[] := array(select distinct event_id from changed_rows join total_event using (event_id));
begin
    if ids <> '{}' then
        perform total_event_recount(ids);
    end if;
    return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.total_event_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
    ids bigint[] := array(select n.id from now_rows n join old_rows o on o.id = n.id
        where (n.held_on, n.campaign_id, n.org_id, n.district, n.brought_participations, n.brought_minutes)
            is distinct from
            (o.held_on, o.campaign_id, o.org_id, o.district, o.brought_participations, o.brought_minutes));
begin
    if ids <> '{}' then
        perform total_event_recount(ids);
    end if;
    return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.total_event_ledger()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    perform total_event_recount(array(select distinct event_id from now_rows));
    return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.total_event_recount(ids bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
    -- Locked until the commit, so that what another transaction has just confirmed counts too.
    perform from event where id = any(ids) order by id for no key update;
    delete from total_event where event_id = any(ids);
    insert into total_event select * from total_event_truth where event_id = any(ids);
end $function$
;

CREATE OR REPLACE FUNCTION public.total_people_count()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if tg_op = 'INSERT' then
        update total_people set people = people + (select count(*) from now_rows where erased_at is null);
    elsif exists (select from now_rows n join old_rows o using (id)
        where (n.erased_at is null) <> (o.erased_at is null)) then
        update total_people set people = people
            + (select count(*) from now_rows where erased_at is null)
            - (select count(*) from old_rows where erased_at is null);
    end if;
    return null;
end $function$
;

CREATE SEQUENCE signup_queue;

CREATE TABLE attendance (
    signup_id bigint NOT NULL,
    checked_in_at timestamp with time zone,
    checked_in_by bigint,
    door_id bigint,
    undone_at timestamp with time zone,
    outcome text,
    minutes integer NOT NULL DEFAULT 0,
    recorded_at timestamp with time zone,
    recorded_by bigint,
    explanation text NOT NULL DEFAULT ''::text,
    explained_at timestamp with time zone,
    CONSTRAINT attendance_pkey PRIMARY KEY (signup_id),
    CONSTRAINT attendance_check CHECK (checked_in_at IS NULL OR (checked_in_by IS NULL) <> (door_id IS NULL)),
    CONSTRAINT attendance_check1 CHECK (outcome = 'attended'::text OR minutes = 0),
    CONSTRAINT attendance_check2 CHECK ((outcome IS NULL) = (recorded_at IS NULL)),
    CONSTRAINT attendance_check3 CHECK ((explanation = ''::text) = (explained_at IS NULL)),
    CONSTRAINT attendance_explanation_check CHECK (length(explanation) <= 500),
    CONSTRAINT attendance_minutes_check CHECK (minutes >= 0 AND minutes <= 1440),
    CONSTRAINT attendance_outcome_check CHECK (outcome = ANY (ARRAY['attended'::text, 'no_show'::text, 'excused'::text])),
    CONSTRAINT attendance_checked_in_by_fkey FOREIGN KEY (checked_in_by) REFERENCES person(id),
    CONSTRAINT attendance_door_id_fkey FOREIGN KEY (door_id) REFERENCES door_link(id),
    CONSTRAINT attendance_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
    CONSTRAINT attendance_signup_id_fkey FOREIGN KEY (signup_id) REFERENCES signup(id)
);
CREATE INDEX attendance_door ON attendance USING btree (door_id) WHERE door_id IS NOT NULL;

CREATE TABLE audit (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    from_ip text,
    verb text NOT NULL,
    object text NOT NULL,
    object_id bigint NOT NULL,
    fields text[] NOT NULL DEFAULT '{}'::text[],
    CONSTRAINT audit_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_actor ON audit USING btree (actor_id, id DESC);
CREATE INDEX audit_at ON audit USING btree (at);
CREATE INDEX audit_object ON audit USING btree (object, object_id);
CREATE INDEX audit_verb ON audit USING btree (verb, id DESC);

CREATE TABLE campaign (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    slug text NOT NULL,
    org_id bigint NOT NULL,
    state text NOT NULL DEFAULT 'published'::text,
    name jsonb NOT NULL,
    summary jsonb NOT NULL,
    body jsonb NOT NULL DEFAULT '{}'::jsonb,
    colour text NOT NULL,
    emblem text NOT NULL,
    "position" integer NOT NULL DEFAULT 0,
    starts_on date,
    ends_on date,
    version integer NOT NULL DEFAULT 1,
    form_key text,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT campaign_pkey PRIMARY KEY (id),
    CONSTRAINT campaign_form_key_key UNIQUE (form_key),
    CONSTRAINT campaign_slug_key UNIQUE (slug),
    CONSTRAINT campaign_colour_check CHECK (colour ~ '^(sky|leaf|gold|brick|plum|steppe|night|coral|river)$'::text),
    CONSTRAINT campaign_emblem_check CHECK (emblem ~ '^[a-z-]+$'::text),
    CONSTRAINT campaign_period CHECK (ends_on >= starts_on),
    CONSTRAINT campaign_slug_check CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text),
    CONSTRAINT campaign_state_check CHECK (state = ANY (ARRAY['draft'::text, 'published'::text, 'archived'::text])),
    CONSTRAINT campaign_version_check CHECK (version > 0),
    CONSTRAINT campaign_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id)
);
CREATE INDEX campaign_org ON campaign USING btree (org_id);

CREATE TABLE campaign_goal (
    campaign_id bigint NOT NULL,
    kind text NOT NULL,
    target integer NOT NULL,
    CONSTRAINT campaign_goal_pkey PRIMARY KEY (campaign_id, kind),
    CONSTRAINT campaign_goal_target_check CHECK (target >= 1 AND target <= 10000000),
    CONSTRAINT campaign_goal_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE
);
CREATE TRIGGER campaign_goal_known BEFORE INSERT OR UPDATE ON campaign_goal FOR EACH ROW EXECUTE FUNCTION campaign_goal_kind();

CREATE TABLE campaign_invite (
    campaign_id bigint NOT NULL,
    org_id bigint NOT NULL,
    CONSTRAINT campaign_invite_pkey PRIMARY KEY (campaign_id, org_id),
    CONSTRAINT campaign_invite_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE,
    CONSTRAINT campaign_invite_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id)
);
CREATE INDEX campaign_invite_org ON campaign_invite USING btree (org_id);

CREATE TABLE city_setting (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    facts jsonb NOT NULL,
    saved_by bigint NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    CONSTRAINT city_setting_pkey PRIMARY KEY (id),
    CONSTRAINT city_setting_facts_check CHECK (jsonb_typeof(facts) = 'object'::text),
    CONSTRAINT city_setting_saved_by_fkey FOREIGN KEY (saved_by) REFERENCES person(id)
);

CREATE TABLE consent_text (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    purpose text NOT NULL,
    version text NOT NULL,
    body jsonb NOT NULL,
    published_by bigint NOT NULL,
    published_at timestamp with time zone NOT NULL,
    CONSTRAINT consent_text_pkey PRIMARY KEY (id),
    CONSTRAINT consent_text_purpose_version_key UNIQUE (purpose, version),
    CONSTRAINT consent_text_purpose_check CHECK (purpose = ANY (ARRAY['registration'::text, 'guardian'::text])),
    CONSTRAINT consent_text_version_check CHECK (version <> ''::text),
    CONSTRAINT consent_text_published_by_fkey FOREIGN KEY (published_by) REFERENCES person(id)
);

CREATE TABLE coordinator (
    person_id bigint NOT NULL,
    org_id bigint NOT NULL,
    since timestamp with time zone,
    CONSTRAINT coordinator_pkey PRIMARY KEY (person_id, org_id),
    CONSTRAINT coordinator_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id),
    CONSTRAINT coordinator_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX coordinator_org ON coordinator USING btree (org_id);

CREATE TABLE data_consent (
    person_id bigint NOT NULL,
    version text NOT NULL,
    purpose text NOT NULL DEFAULT 'registration'::text,
    agreed_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    CONSTRAINT data_consent_pkey PRIMARY KEY (person_id, purpose, version),
    CONSTRAINT data_consent_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);

CREATE TABLE delivery_kind (
    slug text NOT NULL,
    name jsonb NOT NULL,
    unit jsonb NOT NULL DEFAULT '{}'::jsonb,
    "position" integer NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT delivery_kind_pkey PRIMARY KEY (slug),
    CONSTRAINT delivery_kind_position_key UNIQUE ("position"),
    CONSTRAINT delivery_kind_slug_check CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text)
);

CREATE TABLE door_link (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    event_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    label text NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    form_key text NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by bigint,
    CONSTRAINT door_link_pkey PRIMARY KEY (id),
    CONSTRAINT door_link_event_id_form_key_key UNIQUE (event_id, form_key),
    CONSTRAINT door_link_token_hash_key UNIQUE (token_hash),
    CONSTRAINT door_link_check CHECK (closes_at > opens_at AND closes_at <= (opens_at + '32 days'::interval)),
    CONSTRAINT door_link_label_check CHECK (length(label) >= 1 AND length(label) <= 80),
    CONSTRAINT door_link_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id),
    CONSTRAINT door_link_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    CONSTRAINT door_link_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES person(id)
);

CREATE TABLE door_use (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    door_id bigint NOT NULL,
    signup_id bigint NOT NULL,
    action text NOT NULL,
    used_at timestamp with time zone NOT NULL,
    CONSTRAINT door_use_pkey PRIMARY KEY (id),
    CONSTRAINT door_use_action_check CHECK (action = ANY (ARRAY['check_in'::text, 'undo'::text])),
    CONSTRAINT door_use_door_id_fkey FOREIGN KEY (door_id) REFERENCES door_link(id),
    CONSTRAINT door_use_signup_id_fkey FOREIGN KEY (signup_id) REFERENCES signup(id)
);
CREATE INDEX door_use_door ON door_use USING btree (door_id, used_at);

CREATE TABLE email_change (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    person_id bigint NOT NULL,
    email text NOT NULL,
    was text NOT NULL,
    code text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    requested_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT email_change_pkey PRIMARY KEY (id),
    CONSTRAINT email_change_email_check CHECK (email = lower(email)),
    CONSTRAINT email_change_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);
CREATE INDEX email_change_person ON email_change USING btree (person_id, id DESC);
CREATE INDEX email_change_requested ON email_change USING btree (requested_at);

CREATE TABLE event (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    campaign_id bigint NOT NULL,
    org_id bigint NOT NULL,
    series_id bigint,
    state text NOT NULL DEFAULT 'draft'::text,
    version integer NOT NULL DEFAULT 1,
    form_key text,
    title jsonb NOT NULL,
    summary jsonb NOT NULL DEFAULT '{}'::jsonb,
    body jsonb NOT NULL DEFAULT '{}'::jsonb,
    bring jsonb NOT NULL DEFAULT '{}'::jsonb,
    needs jsonb NOT NULL DEFAULT '{}'::jsonb,
    place jsonb NOT NULL DEFAULT '{}'::jsonb,
    district text NOT NULL DEFAULT ''::text,
    lat double precision,
    lng double precision,
    contact_name text NOT NULL DEFAULT ''::text,
    contact_phone text NOT NULL DEFAULT ''::text,
    accessibility jsonb NOT NULL DEFAULT '{}'::jsonb,
    adults_only text,
    min_age integer,
    signup_opens_at timestamp with time zone,
    signup_closes_at timestamp with time zone,
    cutoff_minutes integer NOT NULL DEFAULT 180,
    slots jsonb NOT NULL DEFAULT '[]'::jsonb,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone,
    returned text NOT NULL DEFAULT ''::text,
    returned_at timestamp with time zone,
    published_at timestamp with time zone,
    looked_at jsonb,
    changed_at timestamp with time zone,
    cancel_reason jsonb NOT NULL DEFAULT '{}'::jsonb,
    closed_at timestamp with time zone,
    held_on date,
    people_served integer NOT NULL DEFAULT 0,
    imported boolean NOT NULL DEFAULT false,
    import_key text,
    brought_participations integer,
    brought_minutes integer,
    search text NOT NULL GENERATED ALWAYS AS ((text3_folded(title) || ' '::text) || text3_folded(place)) STORED,
    CONSTRAINT event_pkey PRIMARY KEY (id),
    CONSTRAINT event_form_key_key UNIQUE (form_key),
    CONSTRAINT event_adults_only_check CHECK (adults_only = ANY (ARRAY['emergency'::text, 'victims'::text, 'convicts'::text, 'hazard'::text])),
    CONSTRAINT event_brought CHECK ((brought_participations IS NULL) = (brought_minutes IS NULL) AND (brought_participations IS NULL OR imported)),
    CONSTRAINT event_brought_minutes_check CHECK (brought_minutes >= 0 AND brought_minutes <= 100000000),
    CONSTRAINT event_brought_participations_check CHECK (brought_participations >= 0 AND brought_participations <= 1000000),
    CONSTRAINT event_check CHECK (ends_at > starts_at AND ends_at <= (starts_at + '31 days'::interval)),
    CONSTRAINT event_check1 CHECK ((closed_at IS NULL) = (held_on IS NULL)),
    CONSTRAINT event_check2 CHECK (state <> 'published'::text OR published_at IS NOT NULL),
    CONSTRAINT event_cutoff_minutes_check CHECK (cutoff_minutes >= 0 AND cutoff_minutes <= 20160),
    CONSTRAINT event_hours CHECK ((starts_at IS NULL) = (ends_at IS NULL) AND ((state = ANY (ARRAY['draft'::text, 'review'::text])) OR starts_at IS NOT NULL)),
    CONSTRAINT event_lat_check CHECK (lat >= '-90'::integer::double precision AND lat <= 90::double precision),
    CONSTRAINT event_lng_check CHECK (lng >= '-180'::integer::double precision AND lng <= 180::double precision),
    CONSTRAINT event_min_age_check CHECK (min_age >= 1 AND min_age <= 99),
    CONSTRAINT event_people_served_check CHECK (people_served >= 0 AND people_served <= 1000000),
    CONSTRAINT event_slots_check CHECK (jsonb_typeof(slots) = 'array'::text),
    CONSTRAINT event_state_check CHECK (state = ANY (ARRAY['draft'::text, 'review'::text, 'published'::text, 'cancelled'::text])),
    CONSTRAINT event_submitted CHECK (state <> 'review'::text OR submitted_at IS NOT NULL),
    CONSTRAINT event_version_check CHECK (version > 0),
    CONSTRAINT event_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
    CONSTRAINT event_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id),
    CONSTRAINT event_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(id)
);
CREATE INDEX event_brought ON event USING btree (held_on, id) WHERE brought_participations > 0;
CREATE INDEX event_by_day ON event USING btree (starts_at DESC, id DESC);
CREATE INDEX event_campaign ON event USING btree (campaign_id, starts_at, id);
CREATE INDEX event_changed ON event USING btree (changed_at, id) WHERE changed_at IS NOT NULL;
CREATE INDEX event_coming ON event USING btree (starts_at, id) WHERE state = ANY (ARRAY['published'::text, 'cancelled'::text]);
CREATE INDEX event_held ON event USING btree (held_on, id) WHERE held_on IS NOT NULL;
CREATE UNIQUE INDEX event_import_key ON event USING btree (org_id, import_key) WHERE import_key IS NOT NULL;
CREATE INDEX event_open ON event USING btree (starts_at) WHERE state = 'published'::text AND closed_at IS NULL;
CREATE INDEX event_org ON event USING btree (org_id, starts_at, id);
CREATE INDEX event_review ON event USING btree (submitted_at, id) WHERE state = 'review'::text;
CREATE INDEX event_search ON event USING gin (search gin_trgm_ops);
CREATE INDEX event_series ON event USING btree (series_id, starts_at, id) WHERE series_id IS NOT NULL;
CREATE INDEX event_unclosed ON event USING btree (ends_at, id) WHERE state = 'published'::text AND closed_at IS NULL;
CREATE INDEX event_unpublished ON event USING btree (updated_at DESC, id DESC) WHERE state = ANY (ARRAY['draft'::text, 'review'::text]);
CREATE TRIGGER event_counted AFTER UPDATE ON event REFERENCING OLD TABLE AS old_rows NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION total_event_event();

CREATE TABLE event_cohost (
    event_id bigint NOT NULL,
    org_id bigint NOT NULL,
    CONSTRAINT event_cohost_pkey PRIMARY KEY (event_id, org_id),
    CONSTRAINT event_cohost_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id) ON DELETE CASCADE,
    CONSTRAINT event_cohost_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id)
);
CREATE INDEX event_cohost_org ON event_cohost USING btree (org_id);
CREATE TRIGGER event_cohost_counted AFTER INSERT ON event_cohost REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION total_event_beside();
CREATE TRIGGER event_cohost_uncounted AFTER DELETE ON event_cohost REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION total_event_beside();

CREATE TABLE event_delivery (
    event_id bigint NOT NULL,
    kind text NOT NULL,
    amount integer NOT NULL,
    CONSTRAINT event_delivery_pkey PRIMARY KEY (event_id, kind),
    CONSTRAINT event_delivery_amount_check CHECK (amount >= 1 AND amount <= 1000000),
    CONSTRAINT event_delivery_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id) ON DELETE CASCADE,
    CONSTRAINT event_delivery_kind_fkey FOREIGN KEY (kind) REFERENCES delivery_kind(slug)
);
CREATE INDEX event_delivery_kind ON event_delivery USING btree (kind);
CREATE TRIGGER event_delivery_counted AFTER INSERT ON event_delivery REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION total_event_beside();
CREATE TRIGGER event_delivery_recounted AFTER UPDATE ON event_delivery REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION total_event_beside();
CREATE TRIGGER event_delivery_uncounted AFTER DELETE ON event_delivery REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION total_event_beside();

CREATE TABLE export (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    query text NOT NULL DEFAULT ''::text,
    form text NOT NULL,
    lang text NOT NULL,
    asked_by bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    total integer NOT NULL DEFAULT 0,
    done integer NOT NULL DEFAULT 0,
    ready_at timestamp with time zone,
    failed_at timestamp with time zone,
    CONSTRAINT export_pkey PRIMARY KEY (id),
    CONSTRAINT export_form_check CHECK (form = ANY (ARRAY['xlsx'::text, 'csv'::text])),
    CONSTRAINT export_lang_check CHECK (lang = ANY (ARRAY['kk'::text, 'ru'::text, 'en'::text])),
    CONSTRAINT export_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES person(id)
);
CREATE INDEX export_asked ON export USING btree (asked_by, id DESC);

CREATE TABLE export_file (
    export_id bigint NOT NULL,
    data bytea NOT NULL,
    CONSTRAINT export_file_pkey PRIMARY KEY (export_id),
    CONSTRAINT export_file_export_id_fkey FOREIGN KEY (export_id) REFERENCES export(id) ON DELETE CASCADE
);

CREATE TABLE guardian (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    person_id bigint NOT NULL,
    name text NOT NULL,
    relation text NOT NULL,
    email text NOT NULL,
    lang text NOT NULL,
    copies boolean NOT NULL DEFAULT false,
    created_at timestamp with time zone NOT NULL,
    verified_at timestamp with time zone,
    CONSTRAINT guardian_pkey PRIMARY KEY (id),
    CONSTRAINT guardian_check CHECK (verified_at IS NOT NULL OR NOT copies),
    CONSTRAINT guardian_email_check CHECK (email = lower(email)),
    CONSTRAINT guardian_lang_check CHECK (lang = ANY (ARRAY['kk'::text, 'ru'::text, 'en'::text])),
    CONSTRAINT guardian_relation_check CHECK (relation = ANY (ARRAY['mother'::text, 'father'::text, 'guardian'::text])),
    CONSTRAINT guardian_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE UNIQUE INDEX guardian_email ON guardian USING btree (person_id, email);
CREATE UNIQUE INDEX guardian_unverified ON guardian USING btree (person_id) WHERE verified_at IS NULL;

CREATE TABLE guardian_ask (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    guardian_id bigint NOT NULL,
    event_id bigint,
    asked_at timestamp with time zone NOT NULL,
    mails integer NOT NULL DEFAULT 1,
    expired_at timestamp with time zone,
    refused_at timestamp with time zone,
    refused_from text,
    CONSTRAINT guardian_ask_pkey PRIMARY KEY (id),
    CONSTRAINT guardian_ask_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    CONSTRAINT guardian_ask_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES guardian(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX guardian_ask_once ON guardian_ask USING btree (guardian_id, COALESCE(event_id, 0::bigint));

CREATE TABLE guardian_code (
    guardian_id bigint NOT NULL,
    scope text NOT NULL,
    event_id bigint,
    name text NOT NULL,
    code text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT guardian_code_pkey PRIMARY KEY (guardian_id),
    CONSTRAINT guardian_code_check CHECK ((scope = 'all'::text) = (event_id IS NULL)),
    CONSTRAINT guardian_code_scope_check CHECK (scope = ANY (ARRAY['all'::text, 'event'::text, 'along'::text])),
    CONSTRAINT guardian_code_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    CONSTRAINT guardian_code_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES guardian(id) ON DELETE CASCADE
);

CREATE TABLE guardian_consent (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    person_id bigint NOT NULL,
    event_id bigint,
    guardian_id bigint,
    accompanied boolean NOT NULL DEFAULT false,
    guardian_name text NOT NULL,
    relation text NOT NULL,
    text_version text NOT NULL,
    lang text,
    agreed_at timestamp with time zone NOT NULL,
    agreed_from text,
    withdrawn_at timestamp with time zone,
    withdrawn_from text,
    CONSTRAINT guardian_consent_pkey PRIMARY KEY (id),
    CONSTRAINT guardian_consent_lang_check CHECK (lang = ANY (ARRAY['kk'::text, 'ru'::text, 'en'::text])),
    CONSTRAINT guardian_consent_event FOREIGN KEY (event_id) REFERENCES event(id),
    CONSTRAINT guardian_consent_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES guardian(id),
    CONSTRAINT guardian_consent_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX guardian_consent_event ON guardian_consent USING btree (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX guardian_consent_guardian ON guardian_consent USING btree (guardian_id);
CREATE INDEX guardian_consent_person ON guardian_consent USING btree (person_id) WHERE withdrawn_at IS NULL;

CREATE TABLE guardian_link (
    token_hash bytea NOT NULL,
    guardian_id bigint NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT guardian_link_pkey PRIMARY KEY (token_hash),
    CONSTRAINT guardian_link_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES guardian(id) ON DELETE CASCADE
);
CREATE INDEX guardian_link_guardian ON guardian_link USING btree (guardian_id);

CREATE TABLE history_file (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    person_id bigint NOT NULL,
    pasts jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    made integer,
    CONSTRAINT history_file_pkey PRIMARY KEY (id),
    CONSTRAINT history_file_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX history_file_created ON history_file USING btree (created_at);

CREATE TABLE intake (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    org_id bigint NOT NULL,
    person_id bigint NOT NULL,
    publish boolean NOT NULL,
    plans jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    made integer,
    CONSTRAINT intake_pkey PRIMARY KEY (id),
    CONSTRAINT intake_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id),
    CONSTRAINT intake_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX intake_created ON intake USING btree (created_at);
CREATE INDEX intake_person ON intake USING btree (person_id);

CREATE TABLE ledger (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    signup_id bigint NOT NULL,
    person_id bigint NOT NULL,
    event_id bigint NOT NULL,
    campaign_id bigint NOT NULL,
    org_id bigint NOT NULL,
    day date NOT NULL,
    age integer,
    outcome text NOT NULL,
    participations integer NOT NULL,
    no_shows integer NOT NULL,
    minutes integer NOT NULL,
    reason text,
    recorded_by bigint,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_pkey PRIMARY KEY (id),
    CONSTRAINT ledger_outcome_check CHECK (outcome = ANY (ARRAY['attended'::text, 'no_show'::text, 'excused'::text])),
    CONSTRAINT ledger_participations_check CHECK (participations >= '-1'::integer AND participations <= 1),
    CONSTRAINT ledger_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
    CONSTRAINT ledger_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    CONSTRAINT ledger_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id),
    CONSTRAINT ledger_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
    CONSTRAINT ledger_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
    CONSTRAINT ledger_signup_id_fkey FOREIGN KEY (signup_id) REFERENCES signup(id)
);
CREATE INDEX ledger_campaign ON ledger USING btree (campaign_id, day);
CREATE INDEX ledger_day ON ledger USING btree (day, id);
CREATE INDEX ledger_event ON ledger USING btree (event_id);
CREATE INDEX ledger_org ON ledger USING btree (org_id, day);
CREATE INDEX ledger_person ON ledger USING btree (person_id, day);
CREATE INDEX ledger_signup ON ledger USING btree (signup_id);
CREATE TRIGGER ledger_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_counted AFTER INSERT ON ledger REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION total_event_ledger();

CREATE TABLE logo (
    org_id bigint NOT NULL,
    hash text NOT NULL,
    png bytea NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT logo_pkey PRIMARY KEY (org_id),
    CONSTRAINT logo_hash_key UNIQUE (hash),
    CONSTRAINT logo_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id) ON DELETE CASCADE
);

CREATE TABLE message (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    event_id bigint NOT NULL,
    shift_id bigint,
    audience text NOT NULL,
    subject jsonb NOT NULL,
    body jsonb NOT NULL,
    readers integer NOT NULL,
    key text NOT NULL,
    sent_by bigint NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    CONSTRAINT message_pkey PRIMARY KEY (id),
    CONSTRAINT message_event_id_key_key UNIQUE (event_id, key),
    CONSTRAINT message_audience_check CHECK (audience = ANY (ARRAY['all'::text, 'confirmed'::text, 'waitlisted'::text, 'awaiting_consent'::text])),
    CONSTRAINT message_readers_check CHECK (readers > 0),
    CONSTRAINT message_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    CONSTRAINT message_sent_by_fkey FOREIGN KEY (sent_by) REFERENCES person(id),
    CONSTRAINT message_shift_id_fkey FOREIGN KEY (shift_id) REFERENCES shift(id) ON DELETE SET NULL
);
CREATE INDEX message_event ON message USING btree (event_id, sent_at);

CREATE TABLE org (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    slug text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL DEFAULT 'active'::text,
    name jsonb NOT NULL,
    summary jsonb NOT NULL DEFAULT '{}'::jsonb,
    body jsonb NOT NULL DEFAULT '{}'::jsonb,
    links text[] NOT NULL DEFAULT '{}'::text[],
    contact_email text,
    contact_phone text,
    joined_on date NOT NULL,
    demo boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    form_key text,
    documents text NOT NULL DEFAULT ''::text,
    state_words text NOT NULL DEFAULT ''::text,
    applied_by bigint,
    applied_at timestamp with time zone,
    returned text NOT NULL DEFAULT ''::text,
    returned_at timestamp with time zone,
    looked_at jsonb,
    merged_into bigint,
    search text NOT NULL GENERATED ALWAYS AS (text3_folded(name)) STORED,
    CONSTRAINT org_pkey PRIMARY KEY (id),
    CONSTRAINT org_form_key_key UNIQUE (form_key),
    CONSTRAINT org_slug_key UNIQUE (slug),
    CONSTRAINT org_applied CHECK (state <> 'applied'::text OR applied_by IS NOT NULL AND applied_at IS NOT NULL),
    CONSTRAINT org_documents_check CHECK (length(documents) <= 4000),
    CONSTRAINT org_kind_check CHECK (kind = ANY (ARRAY['headquarters'::text, 'volunteer_organization'::text, 'initiative_group'::text, 'ngo'::text, 'enterprise'::text])),
    CONSTRAINT org_links_check CHECK (cardinality(links) <= 3),
    CONSTRAINT org_merged CHECK (merged_into IS NULL OR state = 'closed'::text),
    CONSTRAINT org_slug_check CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text),
    CONSTRAINT org_state CHECK (state = ANY (ARRAY['applied'::text, 'active'::text, 'trusted'::text, 'paused'::text, 'closed'::text])),
    CONSTRAINT org_version_check CHECK (version > 0),
    CONSTRAINT org_applied_by_fkey FOREIGN KEY (applied_by) REFERENCES person(id),
    CONSTRAINT org_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES org(id)
);
CREATE INDEX org_applicant ON org USING btree (applied_by) WHERE applied_by IS NOT NULL;
CREATE INDEX org_search ON org USING gin (search gin_trgm_ops);
CREATE INDEX org_waiting ON org USING btree (applied_at, id) WHERE state = 'applied'::text AND returned_at IS NULL;

CREATE TABLE org_invite (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    org_id bigint NOT NULL,
    email text NOT NULL,
    lang text NOT NULL,
    token_hash bytea,
    invited_by bigint NOT NULL,
    invited_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_by bigint,
    accepted_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    CONSTRAINT org_invite_pkey PRIMARY KEY (id),
    CONSTRAINT org_invite_token_hash_key UNIQUE (token_hash),
    CONSTRAINT org_invite_email_check CHECK (email = lower(email)),
    CONSTRAINT org_invite_lang_check CHECK (lang = ANY (ARRAY['kk'::text, 'ru'::text, 'en'::text])),
    CONSTRAINT org_invite_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES person(id),
    CONSTRAINT org_invite_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES person(id),
    CONSTRAINT org_invite_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id)
);
CREATE UNIQUE INDEX org_invite_open ON org_invite USING btree (org_id, email) WHERE accepted_at IS NULL AND cancelled_at IS NULL;

CREATE TABLE org_slug (
    slug text NOT NULL,
    org_id bigint NOT NULL,
    CONSTRAINT org_slug_pkey PRIMARY KEY (slug),
    CONSTRAINT org_slug_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id)
);
CREATE INDEX org_slug_org ON org_slug USING btree (org_id);

CREATE TABLE outbox_mail (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    job_id bigint NOT NULL,
    kind text NOT NULL,
    recipient text NOT NULL,
    lang text NOT NULL,
    subject text NOT NULL,
    text_body text NOT NULL,
    html_body text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT outbox_mail_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_mail_job_id_key UNIQUE (job_id)
);
CREATE INDEX outbox_mail_recipient ON outbox_mail USING btree (recipient);

CREATE TABLE passkey (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    person_id bigint NOT NULL,
    name text NOT NULL,
    credential_id bytea NOT NULL,
    credential jsonb NOT NULL,
    added_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT passkey_pkey PRIMARY KEY (id),
    CONSTRAINT passkey_credential_id_key UNIQUE (credential_id),
    CONSTRAINT passkey_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);
CREATE INDEX passkey_person ON passkey USING btree (person_id, id);

CREATE TABLE password_reset (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    email text NOT NULL,
    lang text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    token_hash bytea,
    expires_at timestamp with time zone,
    used_at timestamp with time zone,
    CONSTRAINT password_reset_pkey PRIMARY KEY (id),
    CONSTRAINT password_reset_token_hash_key UNIQUE (token_hash)
);
CREATE INDEX password_reset_requested ON password_reset USING btree (requested_at);

CREATE TABLE person (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    email text,
    password_hash text,
    given_name text NOT NULL,
    family_name text NOT NULL,
    birth_date date,
    birth_date_corrected_at timestamp with time zone,
    phone text,
    lang text NOT NULL DEFAULT 'kk'::text,
    district text,
    role text NOT NULL DEFAULT 'volunteer'::text,
    epoch integer NOT NULL DEFAULT 1,
    factor_since timestamp with time zone,
    calendar_token text NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    suspended_at timestamp with time zone,
    erased_at timestamp with time zone,
    merged_into bigint,
    CONSTRAINT person_pkey PRIMARY KEY (id),
    CONSTRAINT person_calendar_token_key UNIQUE (calendar_token),
    CONSTRAINT person_email_key UNIQUE (email),
    CONSTRAINT person_email_check CHECK (email = lower(email)),
    CONSTRAINT person_lang_check CHECK (lang = ANY (ARRAY['kk'::text, 'ru'::text, 'en'::text])),
    CONSTRAINT person_role_check CHECK (role <> ''::text),
    CONSTRAINT person_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES person(id)
);
CREATE INDEX person_email_begins ON person USING btree (email text_pattern_ops);
CREATE INDEX person_merged ON person USING btree (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX person_name ON person USING gin (fold((family_name || ' '::text) || given_name) gin_trgm_ops);
CREATE INDEX person_newest ON person USING btree (joined_at DESC, id DESC);
CREATE INDEX person_phone ON person USING btree ("right"(phone, 10) text_pattern_ops);
CREATE INDEX person_role ON person USING btree (role);
CREATE INDEX person_since ON person USING btree (joined_at) INCLUDE (birth_date, district) WHERE erased_at IS NULL;
CREATE TRIGGER person_counted AFTER INSERT ON person REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION total_people_count();
CREATE TRIGGER person_recounted AFTER UPDATE ON person REFERENCING OLD TABLE AS old_rows NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION total_people_count();

CREATE TABLE person_note (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    person_id bigint NOT NULL,
    kind text NOT NULL,
    words text NOT NULL,
    by_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT person_note_pkey PRIMARY KEY (id),
    CONSTRAINT person_note_kind_check CHECK (kind = ANY (ARRAY['suspend'::text, 'restore'::text, 'birth_date'::text, 'merge'::text])),
    CONSTRAINT person_note_words_check CHECK (length(words) >= 1 AND length(words) <= 1000),
    CONSTRAINT person_note_by_id_fkey FOREIGN KEY (by_id) REFERENCES person(id),
    CONSTRAINT person_note_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX person_note_person ON person_note USING btree (person_id, id DESC);

CREATE TABLE person_session (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    person_id bigint NOT NULL,
    epoch integer NOT NULL,
    device text NOT NULL DEFAULT ''::text,
    began_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    proved_at timestamp with time zone NOT NULL,
    factor_at timestamp with time zone,
    CONSTRAINT person_session_pkey PRIMARY KEY (id),
    CONSTRAINT person_session_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);
CREATE INDEX person_session_began ON person_session USING btree (began_at);
CREATE INDEX person_session_person ON person_session USING btree (person_id, seen_at DESC, id DESC);

CREATE TABLE recovery_code (
    person_id bigint NOT NULL,
    hash bytea NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT recovery_code_pkey PRIMARY KEY (person_id, hash),
    CONSTRAINT recovery_code_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);

CREATE TABLE registration (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    email text NOT NULL,
    password_hash text NOT NULL,
    given_name text NOT NULL,
    family_name text NOT NULL,
    birth_date date NOT NULL,
    phone text,
    lang text NOT NULL,
    consent_version text NOT NULL,
    next text NOT NULL DEFAULT ''::text,
    code text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    person_id bigint,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT registration_pkey PRIMARY KEY (id),
    CONSTRAINT registration_email_check CHECK (email = lower(email)),
    CONSTRAINT registration_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX registration_expires ON registration USING btree (expires_at);

CREATE TABLE removal (
    signup_id bigint NOT NULL,
    reason text NOT NULL,
    words text NOT NULL DEFAULT ''::text,
    removed_by bigint NOT NULL,
    removed_at timestamp with time zone NOT NULL,
    CONSTRAINT removal_pkey PRIMARY KEY (signup_id),
    CONSTRAINT removal_check CHECK (reason <> 'special'::text OR words <> ''::text),
    CONSTRAINT removal_reason_check CHECK (reason = ANY (ARRAY['asked'::text, 'fewer'::text, 'unfit'::text, 'rules'::text, 'special'::text])),
    CONSTRAINT removal_words_check CHECK (length(words) <= 300),
    CONSTRAINT removal_removed_by_fkey FOREIGN KEY (removed_by) REFERENCES person(id),
    CONSTRAINT removal_signup_id_fkey FOREIGN KEY (signup_id) REFERENCES signup(id) ON DELETE CASCADE
);

CREATE TABLE schema_support (
    only_row boolean NOT NULL DEFAULT true,
    oldest_program integer NOT NULL,
    CONSTRAINT schema_support_pkey PRIMARY KEY (only_row),
    CONSTRAINT schema_support_oldest_program_check CHECK (oldest_program > 0),
    CONSTRAINT schema_support_only_row_check CHECK (only_row)
);

CREATE TABLE series (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    created_by bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT series_pkey PRIMARY KEY (id),
    CONSTRAINT series_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id)
);
CREATE INDEX series_created_by ON series USING btree (created_by);

CREATE TABLE sessions (
    token text NOT NULL,
    data bytea NOT NULL,
    expiry timestamp with time zone NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (token)
);
CREATE INDEX sessions_expiry ON sessions USING btree (expiry);

CREATE TABLE shift (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    event_id bigint NOT NULL,
    title jsonb NOT NULL DEFAULT '{}'::jsonb,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    during tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED,
    capacity integer NOT NULL,
    min_age integer,
    confirmed integer NOT NULL DEFAULT 0,
    held integer NOT NULL DEFAULT 0,
    waiting integer NOT NULL DEFAULT 0,
    CONSTRAINT shift_pkey PRIMARY KEY (id),
    CONSTRAINT shift_id_during_key UNIQUE (id, during),
    CONSTRAINT shift_capacity CHECK ((confirmed + held) <= capacity),
    CONSTRAINT shift_capacity_check CHECK (capacity >= 1 AND capacity <= 100000),
    CONSTRAINT shift_check CHECK (ends_at > starts_at AND ends_at <= (starts_at + '24:00:00'::interval)),
    CONSTRAINT shift_confirmed_check CHECK (confirmed >= 0),
    CONSTRAINT shift_held_check CHECK (held >= 0),
    CONSTRAINT shift_min_age_check CHECK (min_age >= 1 AND min_age <= 99),
    CONSTRAINT shift_waiting_check CHECK (waiting >= 0),
    CONSTRAINT shift_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id) ON DELETE CASCADE
);
CREATE INDEX shift_event ON shift USING btree (event_id, starts_at, id);
CREATE INDEX shift_starts ON shift USING btree (starts_at);

CREATE TABLE signup (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    shift_id bigint NOT NULL,
    person_id bigint NOT NULL,
    during tstzrange NOT NULL,
    state text NOT NULL,
    queue_no bigint,
    hold_until timestamp with time zone,
    ticket text NOT NULL,
    cancel_cause text,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    reminded_at timestamp with time zone,
    CONSTRAINT signup_pkey PRIMARY KEY (id),
    CONSTRAINT signup_once UNIQUE (shift_id, person_id),
    CONSTRAINT signup_ticket_key UNIQUE (ticket),
    CONSTRAINT signup_cancel_cause_check CHECK (cancel_cause = ANY (ARRAY['self'::text, 'organiser'::text, 'event'::text, 'ineligible'::text, 'consent'::text, 'erased'::text, 'moved'::text])),
    CONSTRAINT signup_check CHECK ((state = 'waitlisted'::text) = (queue_no IS NOT NULL)),
    CONSTRAINT signup_check1 CHECK (hold_until IS NULL OR state = 'awaiting_consent'::text),
    CONSTRAINT signup_check2 CHECK ((state = 'cancelled'::text) = (cancel_cause IS NOT NULL)),
    CONSTRAINT signup_state_check CHECK (state = ANY (ARRAY['confirmed'::text, 'waitlisted'::text, 'awaiting_consent'::text, 'cancelled'::text])),
    CONSTRAINT signup_overlap EXCLUDE USING gist (person_id WITH =, during WITH &&) WHERE (state = 'confirmed'::text) DEFERRABLE,
    CONSTRAINT signup_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
    CONSTRAINT signup_shift FOREIGN KEY (shift_id, during) REFERENCES shift(id, during) ON UPDATE CASCADE
);
CREATE INDEX signup_hold ON signup USING btree (hold_until) WHERE state = 'awaiting_consent'::text;
CREATE INDEX signup_person ON signup USING btree (person_id, shift_id);
CREATE INDEX signup_waiting ON signup USING btree (shift_id, queue_no) WHERE state = 'waitlisted'::text;
CREATE TRIGGER signup_deleted AFTER DELETE ON signup REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION signup_count();
CREATE TRIGGER signup_inserted AFTER INSERT ON signup REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION signup_count();
CREATE TRIGGER signup_updated AFTER UPDATE ON signup REFERENCING OLD TABLE AS old_rows NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION signup_count();

CREATE TABLE throttle (
    key text NOT NULL,
    starts timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    CONSTRAINT throttle_pkey PRIMARY KEY (key, starts)
);
CREATE INDEX throttle_starts ON throttle USING btree (starts);

CREATE TABLE total_event (
    event_id bigint NOT NULL,
    day date NOT NULL,
    campaign_id bigint NOT NULL,
    org_id bigint NOT NULL,
    cohosts bigint[] NOT NULL,
    district text NOT NULL,
    events integer NOT NULL,
    signups integer NOT NULL,
    participations integer NOT NULL,
    no_shows integer NOT NULL,
    minutes integer NOT NULL,
    brought integer NOT NULL,
    delivered jsonb NOT NULL,
    people bigint[] NOT NULL,
    ages smallint[] NOT NULL,
    their_signups smallint[] NOT NULL,
    their_participations smallint[] NOT NULL,
    their_no_shows smallint[] NOT NULL,
    their_minutes integer[] NOT NULL,
    changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT total_event_pkey PRIMARY KEY (event_id, day),
    CONSTRAINT total_event_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
    CONSTRAINT total_event_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    CONSTRAINT total_event_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id)
);
CREATE INDEX total_event_changed ON total_event USING btree (changed);

CREATE TABLE total_people (
    only_row boolean NOT NULL DEFAULT true,
    people bigint NOT NULL,
    CONSTRAINT total_people_pkey PRIMARY KEY (only_row),
    CONSTRAINT total_people_only_row_check CHECK (only_row)
);

CREATE TABLE totp (
    person_id bigint NOT NULL,
    secret text NOT NULL,
    added_at timestamp with time zone NOT NULL,
    last_step bigint NOT NULL,
    CONSTRAINT totp_pkey PRIMARY KEY (person_id),
    CONSTRAINT totp_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);

CREATE VIEW total_event_truth AS
 SELECT x.event_id,
    x.day,
    e.campaign_id,
    e.org_id,
    ARRAY( SELECT c.org_id
           FROM event_cohost c
          WHERE (c.event_id = e.id)
          ORDER BY c.org_id) AS cohosts,
    e.district,
    x.events,
    x.signups,
    (x.participations + x.brought) AS participations,
    x.no_shows,
    x.minutes,
    x.brought,
        CASE
            WHEN (x.events = 0) THEN '{}'::jsonb
            ELSE COALESCE(( SELECT jsonb_object_agg(d.kind, d.amount) AS jsonb_object_agg
               FROM event_delivery d
              WHERE (d.event_id = e.id)), '{}'::jsonb)
        END AS delivered,
    x.people,
    x.ages,
    x.their_signups,
    x.their_participations,
    x.their_no_shows,
    x.their_minutes
   FROM (( SELECT rows.event_id,
            rows.day,
            (sum(rows.events))::integer AS events,
            (COALESCE(sum(rows.signups), (0)::numeric))::integer AS signups,
            (COALESCE(sum(rows.participations), (0)::numeric))::integer AS participations,
            (COALESCE(sum(rows.no_shows), (0)::numeric))::integer AS no_shows,
            (sum(rows.minutes))::integer AS minutes,
            (sum(rows.brought))::integer AS brought,
            COALESCE(array_agg(rows.person_id ORDER BY rows.signup_id, rows.person_id) FILTER (WHERE (rows.person_id IS NOT NULL)), '{}'::bigint[]) AS people,
            COALESCE(array_agg((COALESCE(rows.age, '-1'::integer))::smallint ORDER BY rows.signup_id, rows.person_id) FILTER (WHERE (rows.person_id IS NOT NULL)), '{}'::smallint[]) AS ages,
            COALESCE(array_agg((rows.signups)::smallint ORDER BY rows.signup_id, rows.person_id) FILTER (WHERE (rows.person_id IS NOT NULL)), '{}'::smallint[]) AS their_signups,
            COALESCE(array_agg((rows.participations)::smallint ORDER BY rows.signup_id, rows.person_id) FILTER (WHERE (rows.person_id IS NOT NULL)), '{}'::smallint[]) AS their_participations,
            COALESCE(array_agg((rows.no_shows)::smallint ORDER BY rows.signup_id, rows.person_id) FILTER (WHERE (rows.person_id IS NOT NULL)), '{}'::smallint[]) AS their_no_shows,
            COALESCE(array_agg((rows.minutes)::integer ORDER BY rows.signup_id, rows.person_id) FILTER (WHERE (rows.person_id IS NOT NULL)), '{}'::integer[]) AS their_minutes
           FROM ( SELECT ledger.event_id,
                    ledger.day,
                    ledger.person_id,
                    ledger.signup_id,
                    ledger.age,
                    0 AS events,
                    0 AS brought,
                    count(*) FILTER (WHERE (ledger.reason IS NULL)) AS signups,
                    sum(ledger.participations) AS participations,
                    sum(ledger.no_shows) AS no_shows,
                    sum(ledger.minutes) AS minutes
                   FROM ledger
                  GROUP BY ledger.event_id, ledger.day, ledger.signup_id, ledger.person_id, ledger.age
                UNION ALL
                 SELECT event.id,
                    event.held_on,
                    NULL::bigint,
                    NULL::bigint,
                    NULL::integer,
                    1,
                    COALESCE(event.brought_participations, 0) AS "coalesce",
                    NULL::bigint,
                    NULL::bigint,
                    NULL::bigint,
                    COALESCE(event.brought_minutes, 0) AS "coalesce"
                   FROM event
                  WHERE (event.held_on IS NOT NULL)) rows
          GROUP BY rows.event_id, rows.day) x
     JOIN event e ON ((e.id = x.event_id)));
