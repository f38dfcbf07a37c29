-- Written by `npm run generate` from the catalog of a migrated database. For reading; nothing executes it.

create table accounts (
  team_id integer not null,
  id text collate "C" not null,
  name text not null,
  domain text,
  phone text,
  raw_address text,
  stage_id text collate "C",
  owner_id text collate "C",
  custom jsonb not null default '{}'::jsonb,
  source text not null default 'api'::text,
  deleted_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  rev integer not null default 0,
  constraint accounts_pkey PRIMARY KEY (team_id, id),
  constraint accounts_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);
CREATE INDEX accounts_by_domain ON public.accounts USING btree (team_id, domain);
CREATE INDEX accounts_by_name ON public.accounts USING btree (team_id, lower(name));

create table activities (
  team_id integer not null,
  id text collate "C" not null,
  epoch integer not null default 1,
  xid xid8 not null default pg_current_xact_id(),
  at timestamp with time zone not null,
  kind text not null,
  reason text,
  actor text not null,
  contact_id text collate "C",
  sequence_id text collate "C",
  enrollment_id text collate "C",
  step_id text collate "C",
  message_id text collate "C",
  mailbox_id text collate "C",
  detail jsonb not null default '{}'::jsonb,
  constraint activities_pkey PRIMARY KEY (team_id, id)
);
CREATE INDEX activities_by_contact ON public.activities USING btree (team_id, contact_id, at DESC);
CREATE INDEX activities_by_sequence ON public.activities USING btree (team_id, sequence_id, at DESC);
CREATE INDEX activities_in_order ON public.activities USING btree (team_id, epoch, xid, id);

create table api_keys (
  team_id integer not null,
  id text collate "C" not null,
  prefix text collate "C" not null,
  hash text collate "C" not null,
  name text not null,
  master boolean not null default true,
  scopes text[] not null default '{}'::text[],
  created_by text collate "C" not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint api_keys_team_id_prefix_key UNIQUE (team_id, prefix),
  constraint api_keys_pkey PRIMARY KEY (team_id, id),
  constraint api_keys_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);

create table attachment_contents (
  team_id integer not null,
  sha256 text collate "C" not null,
  content bytea not null,
  sent boolean not null default false,
  created_at timestamp with time zone not null,
  constraint attachment_contents_pkey PRIMARY KEY (team_id, sha256),
  constraint attachment_contents_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);

create table attachments (
  team_id integer not null,
  id text collate "C" not null,
  file_name text not null,
  content_type text not null,
  size integer not null,
  sha256 text collate "C" not null,
  created_by text collate "C",
  created_at timestamp with time zone not null,
  constraint attachments_pkey PRIMARY KEY (team_id, id),
  constraint attachments_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint attachments_size_check CHECK ((size > 0))
);
CREATE INDEX attachments_by_content ON public.attachments USING btree (team_id, sha256);

create table attempts (
  team_id integer not null,
  message_id text collate "C" not null,
  attempt integer not null,
  mailbox_id text collate "C" not null,
  fence integer not null,
  worker text collate "C" not null,
  marked_at timestamp with time zone,
  outcome text,
  reply text,
  settled_at timestamp with time zone,
  constraint attempts_pkey PRIMARY KEY (team_id, message_id, attempt)
);

create table call_outcomes (
  team_id integer not null,
  id text collate "C" not null,
  name text not null,
  position integer not null,
  effect text not null,
  answered boolean not null,
  stage_id text collate "C",
  deleted_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint call_outcomes_pkey PRIMARY KEY (team_id, id),
  constraint call_outcomes_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint call_outcomes_effect_check CHECK ((effect = ANY (ARRAY['goes_on'::text, 'wrong_number'::text, 'finish'::text, 'interested'::text, 'not_interested'::text, 'meeting'::text])))
);
CREATE UNIQUE INDEX call_outcomes_named ON public.call_outcomes USING btree (team_id, lower(name)) WHERE (deleted_at IS NULL);

create unlogged table call_windows (
  team_id integer not null,
  endpoint text not null,
  span text not null,
  ends_at timestamp with time zone not null,
  calls integer not null,
  constraint call_windows_pkey PRIMARY KEY (team_id, endpoint, span),
  constraint call_windows_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint call_windows_span_check CHECK ((span = ANY (ARRAY['minute'::text, 'hour'::text, 'day'::text])))
);

create table cap_counters (
  team_id integer not null,
  kind text not null,
  key text collate "C" not null,
  day date not null,
  used integer not null default 0,
  constraint cap_counters_pkey PRIMARY KEY (team_id, kind, key, day),
  constraint cap_counters_kind_check CHECK ((kind = ANY (ARRAY['sequence'::text, 'step'::text, 'domain'::text, 'account'::text]))),
  constraint cap_counters_used_check CHECK ((used >= 0))
);

create table contact_texts (
  team_id integer not null,
  contact_id text collate "C" not null,
  body text not null,
  constraint contact_texts_pkey PRIMARY KEY (team_id, contact_id)
);
CREATE INDEX contact_texts_by_trigram ON public.contact_texts USING gin (team_id, body gin_trgm_ops);

create table contacts (
  team_id integer not null,
  id text collate "C" not null,
  account_id text collate "C",
  owner_id text collate "C",
  creator_id text collate "C",
  stage_id text collate "C",
  first_name text,
  last_name text,
  title text,
  email text,
  address text collate "C",
  email_status text,
  organization_name text,
  website_url text,
  linkedin_url text,
  phones jsonb not null default '[]'::jsonb,
  raw_address text,
  street text,
  city text,
  state text,
  country text,
  postal_code text,
  time_zone text,
  time_zone_source text,
  custom jsonb not null default '{}'::jsonb,
  source text not null default 'api'::text,
  job_changed_at timestamp with time zone,
  last_activity_at timestamp with time zone,
  deleted_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  rev integer not null default 1,
  zone_unasked boolean not null default false,
  merged_into text collate "C",
  import_id text collate "C",
  constraint contacts_pkey PRIMARY KEY (team_id, id),
  constraint contacts_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint contacts_time_zone_source_check CHECK ((time_zone_source = ANY (ARRAY['stated'::text, 'inferred'::text])))
);
CREATE INDEX contacts_by_account ON public.contacts USING btree (team_id, account_id);
CREATE INDEX contacts_by_address ON public.contacts USING btree (team_id, address);
CREATE INDEX contacts_by_creation ON public.contacts USING btree (team_id, created_at DESC, id);
CREATE INDEX contacts_by_stage ON public.contacts USING btree (team_id, stage_id);
CREATE INDEX contacts_merged ON public.contacts USING btree (team_id, merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX contacts_zone_unasked ON public.contacts USING btree (team_id, id) WHERE zone_unasked;

create table credentials (
  id text collate "C" not null,
  user_id text collate "C" not null,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  scope text,
  password text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint credentials_pkey PRIMARY KEY (id),
  constraint credentials_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX credentials_by_user ON public.credentials USING btree (user_id);

create table custom_fields (
  team_id integer not null,
  id text collate "C" not null,
  modality text not null,
  name text not null,
  key text collate "C" not null,
  type text not null,
  options jsonb not null default '[]'::jsonb,
  created_at timestamp with time zone not null,
  max_length integer,
  constraint custom_fields_team_id_modality_key_key UNIQUE (team_id, modality, key),
  constraint custom_fields_pkey PRIMARY KEY (team_id, id),
  constraint custom_fields_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint custom_fields_max_length_check CHECK ((max_length > 0)),
  constraint custom_fields_modality_check CHECK ((modality = ANY (ARRAY['contact'::text, 'account'::text]))),
  constraint custom_fields_type_check CHECK ((type = ANY (ARRAY['string'::text, 'textarea'::text, 'number'::text, 'date'::text, 'datetime'::text, 'boolean'::text, 'picklist'::text])))
);

create table deployment (
  id integer not null default 1,
  epoch integer not null default 1,
  write_counter bigint not null default 0,
  fenced_at timestamp with time zone,
  fenced_reason text,
  travel_offset_ms bigint not null default 0,
  travel_target timestamp with time zone,
  travelled boolean not null default false,
  secret_check text,
  constraint deployment_pkey PRIMARY KEY (id),
  constraint deployment_id_check CHECK ((id = 1))
);

create table enrollments (
  team_id integer not null,
  id text collate "C" not null,
  sequence_id text collate "C" not null,
  contact_id text collate "C" not null,
  mailbox_id text collate "C" not null,
  from_address text collate "C",
  step_id text collate "C",
  state text not null,
  reason text,
  hold_reason text,
  hold_detail text,
  due_at timestamp with time zone,
  wait_ends_at timestamp with time zone not null,
  lease_until timestamp with time zone,
  rank smallint not null default 1,
  message_id text collate "C" not null,
  parent_message_id text collate "C",
  address text collate "C",
  entered_step_at timestamp with time zone not null,
  paused_at timestamp with time zone,
  auto_unpause_at timestamp with time zone,
  finished_at timestamp with time zone,
  replied_at timestamp with time zone,
  soft_bounces integer not null default 0,
  replying_message_id text collate "C",
  added_at timestamp with time zone not null,
  added_by text collate "C",
  request_id text collate "C",
  removed_at timestamp with time zone,
  updated_at timestamp with time zone not null,
  rev integer not null default 1,
  response_judged boolean not null default false,
  company_cleared_at timestamp with time zone,
  constraint enrollments_pkey PRIMARY KEY (team_id, id),
  constraint enrollments_team_id_contact_id_fkey FOREIGN KEY (team_id, contact_id) REFERENCES contacts(team_id, id),
  constraint enrollments_team_id_sequence_id_fkey FOREIGN KEY (team_id, sequence_id) REFERENCES sequences(team_id, id),
  constraint active_is_due_or_leased_or_held CHECK (((state <> 'active'::text) OR (num_nonnulls(due_at, lease_until, hold_reason) = 1))),
  constraint enrollments_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'finished'::text, 'failed'::text]))),
  constraint only_active_is_due CHECK (((state = 'active'::text) OR ((due_at IS NULL) AND (lease_until IS NULL)))),
  constraint only_live_is_held CHECK (((state = ANY (ARRAY['active'::text, 'paused'::text])) OR (hold_reason IS NULL)))
);
CREATE INDEX enrollments_by_contact ON public.enrollments USING btree (team_id, contact_id);
CREATE INDEX enrollments_by_state ON public.enrollments USING btree (team_id, sequence_id, state, id);
CREATE INDEX enrollments_due ON public.enrollments USING btree (team_id, mailbox_id, sequence_id, rank, due_at, id) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX enrollments_once ON public.enrollments USING btree (team_id, sequence_id, contact_id) WHERE (removed_at IS NULL);
CREATE INDEX enrollments_to_unpause ON public.enrollments USING btree (team_id, auto_unpause_at) WHERE (auto_unpause_at IS NOT NULL);
CREATE INDEX enrollments_unanswered ON public.enrollments USING btree (team_id, sequence_id, finished_at) WHERE ((state = 'finished'::text) AND (reason = 'completed'::text) AND (NOT response_judged));

create table folders (
  team_id integer not null,
  mailbox_id text collate "C" not null,
  folder text not null,
  role text not null,
  uid_validity bigint not null,
  last_uid bigint not null,
  read_at timestamp with time zone not null,
  constraint folders_pkey PRIMARY KEY (team_id, mailbox_id, folder)
);

create table idempotency_keys (
  team_id integer not null,
  caller text collate "C" not null,
  key text collate "C" not null,
  request_hash text not null,
  started_at timestamp with time zone not null,
  answer text,
  broke_off boolean not null default false,
  constraint idempotency_keys_pkey PRIMARY KEY (team_id, caller, key),
  constraint idempotency_keys_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);
CREATE INDEX idempotency_keys_by_age ON public.idempotency_keys USING btree (started_at);

create table idempotent_answers (
  team_id integer not null,
  key text collate "C" not null,
  body_hash text collate "C" not null,
  status integer not null,
  answer jsonb,
  created_at timestamp with time zone not null,
  constraint idempotent_answers_pkey PRIMARY KEY (team_id, key),
  constraint idempotent_answers_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);

create table import_failures (
  team_id integer not null,
  import_id text collate "C" not null,
  row_number integer not null,
  fields jsonb not null,
  reason text not null,
  constraint import_failures_pkey PRIMARY KEY (team_id, import_id, row_number)
);

create table import_pieces (
  team_id integer not null,
  import_id text collate "C" not null,
  piece integer not null,
  content bytea not null,
  constraint import_pieces_pkey PRIMARY KEY (team_id, import_id, piece)
);

create table imports (
  team_id integer not null,
  id text collate "C" not null,
  kind text not null,
  state text not null,
  file_name text not null,
  bytes bigint not null,
  mapping jsonb,
  options jsonb not null default '{}'::jsonb,
  columns jsonb not null default '[]'::jsonb,
  samples jsonb not null default '[]'::jsonb,
  rows_read integer not null default 0,
  rows_created integer not null default 0,
  rows_updated integer not null default 0,
  rows_failed integer not null default 0,
  problem text,
  created_by text collate "C" not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint imports_pkey PRIMARY KEY (team_id, id),
  constraint imports_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint imports_kind_check CHECK ((kind = ANY (ARRAY['contacts'::text, 'suppressions'::text]))),
  constraint imports_state_check CHECK ((state = ANY (ARRAY['uploaded'::text, 'running'::text, 'done'::text, 'failed'::text])))
);

create table inbound (
  team_id integer not null,
  id text collate "C" not null,
  rfc_id text collate "C" not null,
  mailbox_id text collate "C" not null,
  folder text not null,
  uid bigint not null,
  kind text not null,
  class text,
  reason text,
  from_address text collate "C",
  from_name text,
  subject text not null default ''::text,
  body text not null default ''::text,
  html text not null default ''::text,
  returns_on date,
  matched_message_id text collate "C",
  enrollment_id text collate "C",
  contact_id text collate "C",
  evidence jsonb not null default '[]'::jsonb,
  confidence integer not null default 0,
  received_at timestamp with time zone not null,
  read_at timestamp with time zone not null,
  reply_class text,
  reply_class_by text collate "C",
  company_domain text collate "C",
  constraint inbound_pkey PRIMARY KEY (team_id, id),
  constraint inbound_reply_class_check CHECK ((reply_class = ANY (ARRAY['willing_to_meet'::text, 'follow_up_question'::text, 'person_referral'::text, 'out_of_office'::text, 'already_left_company_or_not_right_person'::text, 'not_interested'::text, 'unsubscribe'::text, 'none_of_the_above'::text])))
);
CREATE INDEX inbound_by_contact ON public.inbound USING btree (team_id, contact_id, received_at);
CREATE INDEX inbound_by_time ON public.inbound USING btree (team_id, received_at DESC);
CREATE INDEX inbound_company ON public.inbound USING btree (team_id, company_domain, received_at) WHERE (company_domain IS NOT NULL);
CREATE UNIQUE INDEX inbound_once ON public.inbound USING btree (team_id, rfc_id);

create table lanes (
  team_id integer not null,
  mailbox_id text collate "C" not null,
  sequence_id text collate "C" not null,
  wake_at timestamp with time zone not null,
  served_at timestamp with time zone not null,
  task_wake_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  constraint lanes_pkey PRIMARY KEY (team_id, mailbox_id, sequence_id)
);
CREATE INDEX lanes_awake ON public.lanes USING btree (team_id, mailbox_id, wake_at);
CREATE INDEX lanes_by_sequence ON public.lanes USING btree (team_id, sequence_id);
CREATE INDEX lanes_with_tasks ON public.lanes USING btree (team_id, task_wake_at);

create table ledger_links (
  team_id integer not null,
  mailbox_id text collate "C" not null,
  seq bigint not null,
  kind text not null,
  message_id text collate "C" not null,
  attempt integer not null,
  state text not null,
  at timestamp with time zone not null,
  address_hash text collate "C",
  body_hash text collate "C",
  link text collate "C" not null,
  constraint ledger_links_pkey PRIMARY KEY (team_id, mailbox_id, seq),
  constraint ledger_links_kind_check CHECK ((kind = ANY (ARRAY['mark'::text, 'settlement'::text, 'late_answer'::text, 'resolution'::text, 'erasure'::text])))
);

create table list_members (
  team_id integer not null,
  list_id text collate "C" not null,
  member_id text collate "C" not null,
  added_at timestamp with time zone not null,
  constraint list_members_pkey PRIMARY KEY (team_id, list_id, member_id),
  constraint list_members_team_id_list_id_fkey FOREIGN KEY (team_id, list_id) REFERENCES lists(team_id, id)
);
CREATE INDEX list_members_by_member ON public.list_members USING btree (team_id, member_id);

create table lists (
  team_id integer not null,
  id text collate "C" not null,
  name text not null,
  modality text not null,
  created_by text collate "C",
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint lists_team_id_modality_name_key UNIQUE (team_id, modality, name),
  constraint lists_pkey PRIMARY KEY (team_id, id),
  constraint lists_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint lists_modality_check CHECK ((modality = ANY (ARRAY['contacts'::text, 'accounts'::text, 'sequences'::text])))
);

create table mail_effects (
  team_id integer not null,
  inbound_id text collate "C" not null,
  kind text not null,
  subject text collate "C" not null,
  detail jsonb not null default '{}'::jsonb,
  constraint mail_effects_pkey PRIMARY KEY (team_id, inbound_id, kind, subject),
  constraint mail_effects_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint mail_effects_kind_check CHECK ((kind = ANY (ARRAY['stop'::text, 'stage'::text, 'suppression'::text, 'number'::text, 'task'::text])))
);
CREATE INDEX mail_effects_by_subject ON public.mail_effects USING btree (team_id, kind, subject);

create table mailbox_checks (
  team_id integer not null,
  id text collate "C" not null,
  mailbox_id text collate "C" not null,
  state text not null,
  steps jsonb not null default '[]'::jsonb,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  mailbox_rev integer not null default 0,
  constraint mailbox_checks_pkey PRIMARY KEY (team_id, id),
  constraint mailbox_checks_state_check CHECK ((state = ANY (ARRAY['running'::text, 'passed'::text, 'failed'::text])))
);

create table mailbox_grants (
  team_id integer not null,
  mailbox_id text collate "C" not null,
  provider text not null,
  issuer text not null,
  subject text not null,
  refresh_secret text not null,
  access_secret text not null,
  access_ends_at timestamp with time zone not null,
  busy_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  revoked_at timestamp with time zone,
  revoked_words text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  rev integer not null default 1,
  constraint mailbox_grants_pkey PRIMARY KEY (team_id, mailbox_id),
  constraint mailbox_grants_provider_check CHECK ((provider = ANY (ARRAY['google'::text, 'microsoft'::text])))
);

create table mailboxes (
  team_id integer not null,
  id text collate "C" not null,
  kind text not null,
  user_id text collate "C" not null,
  address text collate "C" not null,
  from_name text,
  reply_to text,
  aliases text[] not null default '{}'::text[],
  signature_html text not null default ''::text,
  smtp_host text,
  smtp_port integer,
  smtp_tls text,
  smtp_user text,
  smtp_secret text,
  imap_host text,
  imap_port integer,
  imap_tls text,
  imap_user text,
  imap_secret text,
  reads_via text collate "C",
  daily_limit integer not null default 50,
  hourly_limit integer not null default 6,
  gap_ms integer not null default 600000,
  is_default boolean not null default false,
  state text not null default 'unchecked'::text,
  state_reason text,
  keeps_message_id boolean,
  files_sent_copy boolean,
  accepts_other_sender boolean,
  wake_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  busy_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  fence integer not null default 0,
  last_claim_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  leased_by text collate "C",
  send_failures integer not null default 0,
  send_problem text,
  paused_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  chain_seq bigint not null default 0,
  chain_hash text collate "C" not null default ''::text,
  read_at timestamp with time zone,
  read_due_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  read_busy_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  read_wanted_at timestamp with time zone,
  read_problem text,
  read_failing_since timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  rev integer not null default 1,
  gap_jitter_percent integer not null default 0,
  ramp_starts_on date,
  ramp_start integer,
  ramp_step integer,
  suspended_at timestamp with time zone,
  suspended_for text,
  record_from timestamp with time zone not null default '-infinity'::timestamp with time zone,
  reads_until timestamp with time zone,
  constraint mailboxes_pkey PRIMARY KEY (team_id, id),
  constraint mailboxes_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint mailboxes_daily_limit_check CHECK ((daily_limit >= 0)),
  constraint mailboxes_gap_jitter_percent_check CHECK (((gap_jitter_percent >= 0) AND (gap_jitter_percent <= 100))),
  constraint mailboxes_gap_ms_check CHECK ((gap_ms >= 0)),
  constraint mailboxes_hourly_limit_check CHECK ((hourly_limit >= 0)),
  constraint mailboxes_imap_tls_check CHECK ((imap_tls = ANY (ARRAY['tls'::text, 'starttls'::text, 'none'::text]))),
  constraint mailboxes_kind_check CHECK ((kind = ANY (ARRAY['sandbox'::text, 'smtp'::text, 'google'::text, 'microsoft'::text]))),
  constraint mailboxes_ramp_start_check CHECK ((ramp_start >= 1)),
  constraint mailboxes_ramp_step_check CHECK ((ramp_step >= 1)),
  constraint mailboxes_ramp_whole CHECK ((num_nulls(ramp_starts_on, ramp_start, ramp_step) = ANY (ARRAY[0, 3]))),
  constraint mailboxes_smtp_tls_check CHECK ((smtp_tls = ANY (ARRAY['tls'::text, 'starttls'::text, 'none'::text]))),
  constraint mailboxes_state_check CHECK ((state = ANY (ARRAY['unchecked'::text, 'connected'::text, 'disconnected'::text, 'removed'::text])))
);
CREATE INDEX mailboxes_awake ON public.mailboxes USING btree (wake_at);
CREATE UNIQUE INDEX mailboxes_by_address ON public.mailboxes USING btree (team_id, address) WHERE (state <> 'removed'::text);

create table message_contents (
  team_id integer not null,
  message_id text collate "C" not null,
  salt text not null,
  subject text not null,
  html text not null,
  body text not null,
  opt_out_token text,
  attachments jsonb not null default '[]'::jsonb,
  constraint message_contents_pkey PRIMARY KEY (team_id, message_id)
);

create table messages (
  team_id integer not null,
  id text collate "C" not null,
  purpose text not null default 'sequence'::text,
  enrollment_id text collate "C",
  sequence_id text collate "C",
  step_id text collate "C",
  variant_id text collate "C",
  contact_id text collate "C",
  mailbox_id text collate "C" not null,
  user_id text collate "C",
  state text not null,
  not_sent_reason text,
  attempt integer not null default 0,
  failures integer not null default 0,
  fence integer not null default 0,
  rfc_id text collate "C" not null,
  seen_rfc_id text collate "C",
  parent_id text collate "C",
  in_reply_to text collate "C",
  refs text[] not null default '{}'::text[],
  from_address text collate "C" not null,
  from_name text,
  reply_to text,
  to_address text collate "C",
  to_name text,
  cc text[] not null default '{}'::text[],
  bcc text[] not null default '{}'::text[],
  address_hash text collate "C" not null,
  body_hash text collate "C" not null,
  opt_out_hash text collate "C",
  window_closes_at timestamp with time zone,
  capped jsonb not null default '[]'::jsonb,
  facts jsonb,
  smtp_reply text,
  failure text,
  due_at timestamp with time zone,
  claimed_at timestamp with time zone,
  counted_at timestamp with time zone,
  marked_at timestamp with time zone,
  settled_at timestamp with time zone,
  sent_copy_due timestamp with time zone,
  bounce text,
  bounced_at timestamp with time zone,
  replied_at timestamp with time zone,
  reply_class text,
  opted_out_at timestamp with time zone,
  complained_at timestamp with time zone,
  opened_at timestamp with time zone,
  clicked_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  demoed_at timestamp with time zone,
  deal_round integer,
  opens_tracked boolean not null default false,
  clicks_tracked boolean not null default false,
  machine_opened_at timestamp with time zone,
  scanner_clicked_at timestamp with time zone,
  sent_on date,
  constraint messages_pkey PRIMARY KEY (team_id, id),
  constraint messages_bounce_check CHECK ((bounce = ANY (ARRAY['hard'::text, 'soft'::text, 'blocked'::text]))),
  constraint messages_purpose_check CHECK ((purpose = ANY (ARRAY['sequence'::text, 'one_off'::text, 'answer'::text, 'test'::text]))),
  constraint messages_state_check CHECK ((state = ANY (ARRAY['drafted'::text, 'queued'::text, 'not_sent'::text, 'claimed'::text, 'transmitting'::text, 'accepted'::text, 'rejected'::text, 'deferred'::text, 'unreachable'::text, 'unauthenticated'::text, 'unknown'::text, 'cancelled'::text, 'requeued'::text])))
);
CREATE INDEX messages_bounced ON public.messages USING btree (team_id, bounced_at) WHERE (bounced_at IS NOT NULL);
CREATE INDEX messages_by_address ON public.messages USING btree (team_id, to_address) WHERE (to_address IS NOT NULL);
CREATE INDEX messages_by_contact ON public.messages USING btree (team_id, contact_id, created_at);
CREATE INDEX messages_by_opt_out ON public.messages USING btree (team_id, opt_out_hash) WHERE (opt_out_hash IS NOT NULL);
CREATE INDEX messages_by_rfc_id ON public.messages USING btree (team_id, rfc_id);
CREATE INDEX messages_by_seen_rfc_id ON public.messages USING btree (team_id, seen_rfc_id) WHERE (seen_rfc_id IS NOT NULL);
CREATE INDEX messages_by_sequence ON public.messages USING btree (team_id, sequence_id, created_at DESC);
CREATE INDEX messages_complained ON public.messages USING btree (team_id, complained_at) WHERE (complained_at IS NOT NULL);
CREATE INDEX messages_counted ON public.messages USING btree (team_id, mailbox_id, counted_at DESC) WHERE (counted_at IS NOT NULL);
CREATE INDEX messages_dealt_in_vain ON public.messages USING btree (team_id, step_id, mailbox_id) WHERE ((state = 'cancelled'::text) AND (deal_round IS NOT NULL));
CREATE INDEX messages_in_hand ON public.messages USING btree (team_id, mailbox_id, state) WHERE (state = ANY (ARRAY['queued'::text, 'claimed'::text, 'transmitting'::text]));
CREATE UNIQUE INDEX messages_once ON public.messages USING btree (team_id, enrollment_id, step_id) WHERE (enrollment_id IS NOT NULL);
CREATE INDEX messages_sent_copy ON public.messages USING btree (team_id, sent_copy_due) WHERE (sent_copy_due IS NOT NULL);
CREATE INDEX messages_unknown ON public.messages USING btree (team_id, id) WHERE (state = 'unknown'::text);

create table notes (
  team_id integer not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  content text not null,
  contact_ids text[] collate "C" not null,
  account_ids text[] collate "C" not null,
  pinned boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint notes_pkey PRIMARY KEY (team_id, id),
  constraint notes_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);
CREATE INDEX notes_of_accounts ON public.notes USING gin (account_ids);
CREATE INDEX notes_of_contacts ON public.notes USING gin (contact_ids);

create table phone_calls (
  team_id integer not null,
  id text collate "C" not null,
  task_id text collate "C",
  contact_id text collate "C",
  account_id text collate "C",
  user_id text collate "C" not null,
  outcome_id text collate "C",
  purpose_id text,
  status text not null,
  logged boolean not null,
  from_number text,
  to_number text,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  seconds integer,
  note text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint phone_calls_pkey PRIMARY KEY (team_id, id),
  constraint phone_calls_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint phone_calls_seconds_check CHECK ((seconds >= 0)),
  constraint phone_calls_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'ringing'::text, 'in-progress'::text, 'completed'::text, 'no-answer'::text, 'busy'::text, 'failed'::text, 'canceled'::text])))
);
CREATE INDEX phone_calls_by_start ON public.phone_calls USING btree (team_id, starts_at DESC, id DESC);
CREATE INDEX phone_calls_of_contact ON public.phone_calls USING btree (team_id, contact_id);

create table sandbox_mails (
  team_id integer not null,
  id text collate "C" not null,
  mailbox_id text collate "C" not null,
  direction text not null,
  uid bigint not null,
  rfc_id text collate "C",
  from_address text not null,
  to_address text not null,
  subject text not null,
  raw bytea not null,
  received_at timestamp with time zone not null,
  constraint sandbox_mails_team_id_mailbox_id_direction_uid_key UNIQUE (team_id, mailbox_id, direction, uid),
  constraint sandbox_mails_pkey PRIMARY KEY (team_id, id),
  constraint sandbox_mails_direction_check CHECK ((direction = ANY (ARRAY['received'::text, 'answer'::text])))
);

create table schedules (
  team_id integer not null,
  id text collate "C" not null,
  name text not null,
  time_zone text not null,
  use_contact_zone boolean not null default false,
  skip_holidays boolean not null default false,
  holiday_region text,
  extra_holidays jsonb not null default '[]'::jsonb,
  windows jsonb not null,
  always boolean not null default false,
  is_default boolean not null default false,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint schedules_pkey PRIMARY KEY (team_id, id),
  constraint schedules_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);

create table schema_migrations (
  name text collate "C" not null,
  sha256 text not null,
  program_version text not null,
  applied_at timestamp with time zone not null,
  constraint schema_migrations_pkey PRIMARY KEY (name)
);

create table sequences (
  team_id integer not null,
  id text collate "C" not null,
  name text,
  description text,
  active boolean not null default false,
  activated_at timestamp with time zone,
  archived_at timestamp with time zone,
  schedule_id text collate "C",
  always_confirmed_at timestamp with time zone,
  owner_id text collate "C" not null,
  daily_cap integer,
  finish_on_reply boolean not null default true,
  finish_on_click boolean not null default false,
  finish_on_interested boolean not null default true,
  pause_on_away boolean not null default true,
  response_days integer,
  task_on_opens boolean not null default false,
  task_open_threshold integer,
  same_account_reply text,
  same_account_delay_days integer,
  excluded_contact_stage_ids text[] not null default '{}'::text[],
  excluded_account_stage_ids text[] not null default '{}'::text[],
  track_opens boolean not null default false,
  track_clicks boolean not null default false,
  by_exact_time boolean not null default false,
  cc text not null default ''::text,
  bcc text not null default ''::text,
  label_ids text[] not null default '{}'::text[],
  starred_by text[] not null default '{}'::text[],
  creation_type text,
  settings jsonb not null default '{}'::jsonb,
  last_used_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  rev integer not null default 1,
  auto_pause boolean not null default true,
  auto_pause_rules jsonb,
  auto_paused_at timestamp with time zone,
  auto_pause_words text,
  record_from timestamp with time zone not null default '-infinity'::timestamp with time zone,
  stage_rules jsonb not null default '{}'::jsonb,
  constraint sequences_pkey PRIMARY KEY (team_id, id),
  constraint sequences_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint sequences_daily_cap_check CHECK ((daily_cap >= 0)),
  constraint sequences_same_account_reply_check CHECK ((same_account_reply = ANY (ARRAY['ignore'::text, 'delay'::text, 'stop'::text])))
);
CREATE INDEX sequences_by_creation ON public.sequences USING btree (team_id, created_at DESC, id);
CREATE INDEX sequences_by_name ON public.sequences USING gin (team_id, lower(name) gin_trgm_ops);

create table sessions (
  id text collate "C" not null,
  user_id text collate "C" not null,
  token text not null,
  ip_address text,
  user_agent text,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint sessions_token_key UNIQUE (token),
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_user ON public.sessions USING btree (user_id);

create table sign_ins (
  team_id integer not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  provider text not null,
  mailbox_id text collate "C",
  redirect_uri text not null,
  state_hash text not null,
  nonce text not null,
  verifier_secret text not null,
  used_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint sign_ins_pkey PRIMARY KEY (team_id, id),
  constraint sign_ins_provider_check CHECK ((provider = ANY (ARRAY['google'::text, 'microsoft'::text])))
);

create table snippets (
  team_id integer not null,
  id text collate "C" not null,
  name text collate "C" not null,
  body_html text not null,
  created_by text collate "C",
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  rev integer not null default 1,
  constraint snippets_team_id_name_key UNIQUE (team_id, name),
  constraint snippets_pkey PRIMARY KEY (team_id, id),
  constraint snippets_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);

create table stages (
  team_id integer not null,
  id text collate "C" not null,
  kind text not null,
  name text not null,
  position integer not null,
  category text,
  role text,
  constraint stages_team_id_kind_name_key UNIQUE (team_id, kind, name),
  constraint stages_pkey PRIMARY KEY (team_id, id),
  constraint stages_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint stages_category_check CHECK ((category = ANY (ARRAY['in_progress'::text, 'succeeded'::text, 'failed'::text]))),
  constraint stages_kind_check CHECK ((kind = ANY (ARRAY['contact'::text, 'account'::text])))
);

create table stat_days (
  team_id integer not null,
  day date not null,
  sequence_id text collate "C" not null,
  step_id text collate "C" not null,
  variant_id text collate "C" not null,
  mailbox_id text collate "C" not null,
  domain text collate "C" not null,
  metric text collate "C" not null,
  n bigint not null,
  constraint stat_days_pkey PRIMARY KEY (team_id, day, sequence_id, step_id, variant_id, mailbox_id, domain, metric)
);

create table stat_deltas (
  team_id integer not null,
  id bigint generated always as identity not null,
  sequence_id text collate "C" not null,
  step_id text collate "C" not null default ''::text,
  variant_id text collate "C" not null default ''::text,
  metric text collate "C" not null,
  n integer not null,
  day date,
  mailbox_id text collate "C" not null default ''::text,
  domain text collate "C" not null default ''::text,
  constraint stat_deltas_pkey PRIMARY KEY (team_id, id)
);
CREATE INDEX stat_deltas_by_sequence ON public.stat_deltas USING btree (team_id, sequence_id);

create table stat_totals (
  team_id integer not null,
  sequence_id text collate "C" not null,
  step_id text collate "C" not null,
  variant_id text collate "C" not null,
  metric text collate "C" not null,
  n bigint not null,
  constraint stat_totals_pkey PRIMARY KEY (team_id, sequence_id, step_id, variant_id, metric)
);

create table steps (
  team_id integer not null,
  id text collate "C" not null,
  sequence_id text collate "C" not null,
  position integer not null,
  kind text not null,
  wait_amount integer not null default 0,
  wait_unit text not null default 'day'::text,
  exact_at timestamp with time zone,
  priority text,
  note text,
  daily_cap integer,
  auto_skip_days integer,
  deleted_at timestamp with time zone,
  created_at timestamp with time zone not null,
  rev integer not null default 1,
  business_days boolean not null default false,
  constraint steps_pkey PRIMARY KEY (team_id, id),
  constraint steps_team_id_sequence_id_fkey FOREIGN KEY (team_id, sequence_id) REFERENCES sequences(team_id, id),
  constraint steps_auto_skip_days_check CHECK ((auto_skip_days >= 0)),
  constraint steps_check CHECK (((NOT business_days) OR (wait_unit = 'day'::text))),
  constraint steps_daily_cap_check CHECK ((daily_cap >= 0)),
  constraint steps_kind_check CHECK ((kind = ANY (ARRAY['auto_email'::text, 'manual_email'::text, 'call'::text, 'action_item'::text, 'linkedin_step_connect'::text, 'linkedin_step_message'::text, 'linkedin_step_view_profile'::text, 'linkedin_step_interact_post'::text]))),
  constraint steps_priority_check CHECK ((priority = ANY (ARRAY['high'::text, 'medium'::text, 'low'::text]))),
  constraint steps_wait_amount_check CHECK ((wait_amount >= 0)),
  constraint steps_wait_unit_check CHECK ((wait_unit = ANY (ARRAY['second'::text, 'minute'::text, 'hour'::text, 'day'::text, 'week'::text])))
);
CREATE INDEX steps_by_sequence ON public.steps USING btree (team_id, sequence_id, "position");

create table suppressions (
  team_id integer not null,
  kind text not null,
  value text collate "C" not null,
  reason text not null,
  source text not null,
  created_at timestamp with time zone not null,
  created_by text collate "C",
  lifted_at timestamp with time zone,
  lifted_by text collate "C",
  lift_reason text,
  constraint suppressions_pkey PRIMARY KEY (team_id, kind, value),
  constraint suppressions_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint suppressions_kind_check CHECK ((kind = ANY (ARRAY['address'::text, 'domain'::text, 'hash'::text]))),
  constraint suppressions_reason_check CHECK ((reason = ANY (ARRAY['opt_out'::text, 'hard_bounce'::text, 'complaint'::text, 'imported'::text, 'manual'::text])))
);

create table tasks (
  team_id integer not null,
  id text collate "C" not null,
  kind text not null,
  state text not null default 'open'::text,
  status_given boolean not null default true,
  priority text not null default 'medium'::text,
  title text,
  note text,
  contact_id text collate "C",
  user_id text collate "C" not null,
  creator_id text collate "C",
  created_from text,
  enrollment_id text collate "C",
  sequence_id text collate "C",
  step_id text collate "C",
  message_id text collate "C",
  due_at timestamp with time zone not null,
  skips_at timestamp with time zone,
  draft_subject text,
  draft_html text,
  approved_at timestamp with time zone,
  approved_by text,
  outcome text,
  ended_at timestamp with time zone,
  ended_by text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  rev integer not null default 1,
  call_outcome_id text collate "C",
  opened_enrollment_id text collate "C",
  draft_attachment_ids text[],
  constraint tasks_pkey PRIMARY KEY (team_id, id),
  constraint tasks_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint tasks_kind_check CHECK ((kind = ANY (ARRAY['manual_email'::text, 'call'::text, 'action_item'::text, 'linkedin_step_connect'::text, 'linkedin_step_message'::text, 'linkedin_step_view_profile'::text, 'linkedin_step_interact_post'::text]))),
  constraint tasks_priority_check CHECK ((priority = ANY (ARRAY['high'::text, 'medium'::text, 'low'::text]))),
  constraint tasks_state_check CHECK ((state = ANY (ARRAY['open'::text, 'completed'::text, 'skipped'::text, 'cancelled'::text])))
);
CREATE INDEX tasks_by_contact ON public.tasks USING btree (team_id, contact_id, created_at);
CREATE INDEX tasks_by_step ON public.tasks USING btree (team_id, sequence_id, step_id, state) WHERE (sequence_id IS NOT NULL);
CREATE INDEX tasks_by_time ON public.tasks USING btree (team_id, due_at, id);
CREATE UNIQUE INDEX tasks_for_opens ON public.tasks USING btree (team_id, opened_enrollment_id) WHERE (opened_enrollment_id IS NOT NULL);
CREATE UNIQUE INDEX tasks_once ON public.tasks USING btree (team_id, enrollment_id, step_id);
CREATE INDEX tasks_open ON public.tasks USING btree (team_id, due_at, id) WHERE (state = 'open'::text);
CREATE INDEX tasks_to_skip ON public.tasks USING btree (team_id, skips_at) WHERE ((state = 'open'::text) AND (skips_at IS NOT NULL) AND (approved_at IS NULL));

create table teams (
  id integer generated always as identity not null,
  public_id text collate "C" not null,
  name text not null,
  time_zone text not null,
  legal_name text,
  postal_address text,
  opt_out_html text not null default 'If you do not want to hear from me, <%click here%>.'::text,
  stale_after_hours integer not null default 168,
  created_at timestamp with time zone not null,
  domain_daily_cap integer,
  free_mail_daily_cap integer,
  account_weekly_cap integer,
  away_margin_days integer not null default 1,
  away_resume_days integer,
  blocked_per_day_max integer not null default 5,
  same_account_reply text not null default 'ignore'::text,
  same_account_delay_days integer not null default 30,
  one_per_company boolean not null default false,
  owners_only boolean not null default false,
  constraint teams_public_id_key UNIQUE (public_id),
  constraint teams_pkey PRIMARY KEY (id),
  constraint teams_account_weekly_cap_check CHECK ((account_weekly_cap >= 1)),
  constraint teams_away_margin_days_check CHECK (((away_margin_days >= 0) AND (away_margin_days <= 5))),
  constraint teams_away_resume_days_check CHECK (((away_resume_days >= 1) AND (away_resume_days <= 365))),
  constraint teams_blocked_per_day_max_check CHECK (((blocked_per_day_max >= 1) AND (blocked_per_day_max <= 1000))),
  constraint teams_domain_daily_cap_check CHECK ((domain_daily_cap >= 1)),
  constraint teams_free_mail_daily_cap_check CHECK ((free_mail_daily_cap >= 1)),
  constraint teams_same_account_delay_days_check CHECK (((same_account_delay_days >= 1) AND (same_account_delay_days <= 1000))),
  constraint teams_same_account_reply_check CHECK ((same_account_reply = ANY (ARRAY['ignore'::text, 'delay'::text, 'stop'::text]))),
  constraint teams_stale_after_hours_check CHECK (((stale_after_hours >= 1) AND (stale_after_hours <= 8760)))
);

create table templates (
  team_id integer not null,
  id text collate "C" not null,
  name text,
  subject text,
  body_html text,
  owner_id text collate "C",
  archived_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  rev integer not null default 1,
  constraint templates_pkey PRIMARY KEY (team_id, id),
  constraint templates_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);

create table users (
  id text collate "C" not null,
  team_id integer not null,
  name text not null,
  email text not null,
  email_verified boolean not null default false,
  image text,
  first_name text,
  last_name text,
  title text,
  role text not null default 'admin'::text,
  deleted_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint users_email_key UNIQUE (email),
  constraint users_pkey PRIMARY KEY (id),
  constraint users_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id),
  constraint users_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'member'::text, 'viewer'::text])))
);
CREATE INDEX users_by_team ON public.users USING btree (team_id, created_at);

create table variant_deals (
  team_id integer not null,
  step_id text collate "C" not null,
  mailbox_id text collate "C" not null,
  variant_id text collate "C" not null,
  round integer not null,
  weight integer not null,
  dealt integer not null,
  taken_back integer not null default 0,
  constraint variant_deals_pkey PRIMARY KEY (team_id, step_id, mailbox_id, variant_id)
);

create table variants (
  team_id integer not null,
  id text collate "C" not null,
  step_id text collate "C" not null,
  template_id text collate "C" not null,
  thread text not null default 'new_thread'::text,
  approved boolean not null default false,
  include_signature boolean not null default true,
  weight integer not null default 1,
  deleted_at timestamp with time zone,
  created_at timestamp with time zone not null,
  rev integer not null default 1,
  attachment_ids text[] not null default '{}'::text[],
  constraint variants_pkey PRIMARY KEY (team_id, id),
  constraint variants_team_id_step_id_fkey FOREIGN KEY (team_id, step_id) REFERENCES steps(team_id, id),
  constraint variants_thread_check CHECK ((thread = ANY (ARRAY['new_thread'::text, 'reply_to_thread'::text]))),
  constraint variants_weight_check CHECK ((weight >= 0))
);
CREATE INDEX variants_by_step ON public.variants USING btree (team_id, step_id);

create table verifications (
  id text collate "C" not null,
  identifier text not null,
  value text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint verifications_pkey PRIMARY KEY (id)
);
CREATE INDEX verifications_by_identifier ON public.verifications USING btree (identifier);

create table visits (
  team_id integer not null,
  id text collate "C" not null,
  message_id text collate "C" not null,
  kind text not null,
  link integer,
  target text,
  way text not null,
  agent text not null,
  at timestamp with time zone not null,
  judge_at timestamp with time zone,
  visitor text,
  rule text,
  constraint visits_pkey PRIMARY KEY (team_id, id),
  constraint visits_kind_check CHECK ((kind = ANY (ARRAY['open'::text, 'click'::text]))),
  constraint visits_visitor_check CHECK ((visitor = ANY (ARRAY['person'::text, 'machine'::text]))),
  constraint visits_way_check CHECK ((way = ANY (ARRAY['get'::text, 'head'::text, 'prefetch'::text])))
);
CREATE INDEX visits_by_message ON public.visits USING btree (team_id, message_id, at);
CREATE INDEX visits_to_judge ON public.visits USING btree (team_id, judge_at) WHERE (judge_at IS NOT NULL);
