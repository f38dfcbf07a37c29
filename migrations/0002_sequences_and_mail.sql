-- Sequences, mailboxes, enrollments, and the ledger of what was sent.

create table schedules (
  team_id int not null references teams,
  id text collate "C" not null,
  name text not null,
  time_zone text not null,
  use_contact_zone boolean not null default false,
  skip_holidays boolean not null default false,
  holiday_region text,
  extra_holidays jsonb not null default '[]',
  windows jsonb not null,
  always boolean not null default false,
  is_default boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id)
);

create table sequences (
  team_id int not null references teams,
  id text collate "C" not null,
  name text,
  description text,
  active boolean not null default false,
  activated_at timestamptz,
  archived_at timestamptz,
  schedule_id text collate "C",
  always_confirmed_at timestamptz,
  owner_id text collate "C" not null,
  daily_cap int check (daily_cap >= 0),
  finish_on_reply boolean not null default true,
  finish_on_click boolean not null default false,
  finish_on_interested boolean not null default true,
  pause_on_away boolean not null default true,
  response_days int,
  task_on_opens boolean not null default false,
  task_open_threshold int,
  same_account_reply text check (same_account_reply in ('ignore', 'delay', 'stop')),
  same_account_delay_days int,
  excluded_contact_stage_ids text[] not null default '{}',
  excluded_account_stage_ids text[] not null default '{}',
  track_opens boolean not null default false,
  track_clicks boolean not null default false,
  by_exact_time boolean not null default false,
  cc text not null default '',
  bcc text not null default '',
  label_ids text[] not null default '{}',
  starred_by text[] not null default '{}',
  creation_type text,
  settings jsonb not null default '{}',
  last_used_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  rev int not null default 1,
  primary key (team_id, id)
);
create index sequences_by_creation on sequences (team_id, created_at desc, id);
create index sequences_by_name on sequences using gin (team_id, lower(name) gin_trgm_ops);

create table steps (
  team_id int not null,
  id text collate "C" not null,
  sequence_id text collate "C" not null,
  position int not null,
  kind text not null check (kind in ('auto_email', 'manual_email', 'call', 'action_item', 'linkedin_step_connect',
    'linkedin_step_message', 'linkedin_step_view_profile', 'linkedin_step_interact_post')),
  wait_amount int not null default 0 check (wait_amount >= 0),
  wait_unit text not null default 'day' check (wait_unit in ('second', 'minute', 'hour', 'day', 'week')),
  exact_at timestamptz,
  priority text check (priority in ('high', 'medium', 'low')),
  note text,
  daily_cap int check (daily_cap >= 0),
  auto_skip_days int check (auto_skip_days >= 0),
  deleted_at timestamptz,
  created_at timestamptz not null,
  rev int not null default 1,
  primary key (team_id, id),
  foreign key (team_id, sequence_id) references sequences
);
create index steps_by_sequence on steps (team_id, sequence_id, position);

create table templates (
  team_id int not null references teams,
  id text collate "C" not null,
  name text,
  subject text,
  body_html text,
  owner_id text collate "C",
  archived_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  rev int not null default 1,
  primary key (team_id, id)
);

create table variants (
  team_id int not null,
  id text collate "C" not null,
  step_id text collate "C" not null,
  template_id text collate "C" not null,
  thread text not null default 'new_thread' check (thread in ('new_thread', 'reply_to_thread')),
  approved boolean not null default false,
  include_signature boolean not null default true,
  weight int not null default 1 check (weight >= 0),
  deleted_at timestamptz,
  created_at timestamptz not null,
  rev int not null default 1,
  primary key (team_id, id),
  foreign key (team_id, step_id) references steps
);
create index variants_by_step on variants (team_id, step_id);

-- An address we send from and read. It is the unit of concurrency: it holds the lease (busy_until), the fence, its limits,
-- wake_at (when looking is next worthwhile), the head of its ledger chain, and how far its inbox has been read.
create table mailboxes (
  team_id int not null references teams,
  id text collate "C" not null,
  kind text not null check (kind in ('sandbox', 'smtp', 'google', 'microsoft')),
  user_id text collate "C" not null,
  address text collate "C" not null,
  from_name text,
  reply_to text,
  aliases text[] not null default '{}',
  signature_html text not null default '',
  smtp_host text,
  smtp_port int,
  smtp_tls text check (smtp_tls in ('tls', 'starttls', 'none')),
  smtp_user text,
  smtp_secret text,
  imap_host text,
  imap_port int,
  imap_tls text check (imap_tls in ('tls', 'starttls', 'none')),
  imap_user text,
  imap_secret text,
  reads_via text collate "C",
  daily_limit int not null default 50 check (daily_limit >= 0),
  hourly_limit int not null default 6 check (hourly_limit >= 0),
  gap_ms int not null default 600000 check (gap_ms >= 0),
  is_default boolean not null default false,
  state text not null default 'unchecked' check (state in ('unchecked', 'connected', 'disconnected', 'removed')),
  state_reason text,
  keeps_message_id boolean,
  files_sent_copy boolean,
  accepts_other_sender boolean,
  wake_at timestamptz not null default 'infinity',
  busy_until timestamptz not null default '-infinity',
  fence int not null default 0,
  last_claim_at timestamptz not null default '-infinity',
  leased_by text collate "C",
  send_failures int not null default 0,
  send_problem text,
  paused_until timestamptz not null default '-infinity',
  chain_seq bigint not null default 0,
  chain_hash text collate "C" not null default '',
  read_at timestamptz,
  read_due_at timestamptz not null default '-infinity',
  read_busy_until timestamptz not null default '-infinity',
  read_wanted_at timestamptz,
  read_problem text,
  read_failing_since timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  rev int not null default 1,
  primary key (team_id, id)
);
create unique index mailboxes_by_address on mailboxes (team_id, address) where state <> 'removed';
create index mailboxes_awake on mailboxes (wake_at);

create table folders (
  team_id int not null,
  mailbox_id text collate "C" not null,
  folder text not null,
  role text not null,
  uid_validity bigint not null,
  last_uid bigint not null,
  read_at timestamptz not null,
  primary key (team_id, mailbox_id, folder)
);

create table mailbox_checks (
  team_id int not null,
  id text collate "C" not null,
  mailbox_id text collate "C" not null,
  state text not null check (state in ('running', 'passed', 'failed')),
  steps jsonb not null default '[]',
  started_at timestamptz not null,
  finished_at timestamptz,
  primary key (team_id, id)
);

-- One sequence at one mailbox: what a closed gate of the sequence parks.
create table lanes (
  team_id int not null,
  mailbox_id text collate "C" not null,
  sequence_id text collate "C" not null,
  wake_at timestamptz not null,
  served_at timestamptz not null,
  primary key (team_id, mailbox_id, sequence_id)
);
create index lanes_awake on lanes (team_id, mailbox_id, wake_at);
create index lanes_by_sequence on lanes (team_id, sequence_id);

-- One contact in one sequence, sent from one mailbox. This row is the queue.
create table enrollments (
  team_id int not null,
  id text collate "C" not null,
  sequence_id text collate "C" not null,
  contact_id text collate "C" not null,
  mailbox_id text collate "C" not null,
  from_address text collate "C",
  step_id text collate "C",
  state text not null check (state in ('active', 'paused', 'finished', 'failed')),
  reason text,
  hold_reason text,
  hold_detail text,
  due_at timestamptz,
  wait_ends_at timestamptz not null,
  lease_until timestamptz,
  rank smallint not null default 1,
  message_id text collate "C" not null,
  parent_message_id text collate "C",
  address text collate "C",
  entered_step_at timestamptz not null,
  paused_at timestamptz,
  auto_unpause_at timestamptz,
  finished_at timestamptz,
  replied_at timestamptz,
  soft_bounces int not null default 0,
  replying_message_id text collate "C",
  added_at timestamptz not null,
  added_by text collate "C",
  request_id text collate "C",
  removed_at timestamptz,
  updated_at timestamptz not null,
  rev int not null default 1,
  primary key (team_id, id),
  foreign key (team_id, contact_id) references contacts,
  foreign key (team_id, sequence_id) references sequences,
  constraint active_is_due_or_leased_or_held
    check (state <> 'active' or num_nonnulls(due_at, lease_until, hold_reason) = 1),
  -- A paused enrollment keeps its hold: resuming brings it back.
  constraint only_active_is_due check (state = 'active' or (due_at is null and lease_until is null)),
  constraint only_live_is_held check (state in ('active', 'paused') or hold_reason is null)
);
create unique index enrollments_once on enrollments (team_id, sequence_id, contact_id) where removed_at is null;
create index enrollments_by_contact on enrollments (team_id, contact_id);
create index enrollments_due on enrollments (team_id, mailbox_id, sequence_id, rank, due_at) where due_at is not null;
create index enrollments_by_state on enrollments (team_id, sequence_id, state, id);
create index enrollments_to_unpause on enrollments (team_id, auto_unpause_at) where auto_unpause_at is not null;

-- The ledger row of one email. Its wording stands apart, so that erasing a person is not a change of the ledger.
create table messages (
  team_id int not null,
  id text collate "C" not null,
  purpose text not null default 'sequence' check (purpose in ('sequence', 'one_off', 'answer', 'test')),
  enrollment_id text collate "C",
  sequence_id text collate "C",
  step_id text collate "C",
  variant_id text collate "C",
  contact_id text collate "C",
  mailbox_id text collate "C" not null,
  user_id text collate "C",
  state text not null check (state in ('drafted', 'queued', 'not_sent', 'claimed', 'transmitting', 'accepted', 'rejected',
    'deferred', 'unreachable', 'unauthenticated', 'unknown', 'cancelled', 'requeued')),
  not_sent_reason text,
  attempt int not null default 0,
  failures int not null default 0,
  fence int not null default 0,
  rfc_id text collate "C" not null,
  seen_rfc_id text collate "C",
  parent_id text collate "C",
  in_reply_to text collate "C",
  refs text[] not null default '{}',
  from_address text collate "C" not null,
  from_name text,
  reply_to text,
  to_address text collate "C",
  to_name text,
  cc text[] not null default '{}',
  bcc text[] not null default '{}',
  address_hash text collate "C" not null,
  body_hash text collate "C" not null,
  opt_out_hash text collate "C",
  window_closes_at timestamptz,
  capped jsonb not null default '[]',
  facts jsonb,
  smtp_reply text,
  failure text,
  due_at timestamptz,
  claimed_at timestamptz,
  counted_at timestamptz,
  marked_at timestamptz,
  settled_at timestamptz,
  -- When to file a copy in the Sent folder; null: none is owed.
  sent_copy_due timestamptz,
  bounce text check (bounce in ('hard', 'soft', 'blocked')),
  bounced_at timestamptz,
  replied_at timestamptz,
  reply_class text,
  opted_out_at timestamptz,
  complained_at timestamptz,
  opened_at timestamptz,
  clicked_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id)
);
create unique index messages_once on messages (team_id, enrollment_id, step_id) where enrollment_id is not null;
create index messages_counted on messages (team_id, mailbox_id, counted_at desc) where counted_at is not null;
create index messages_in_hand on messages (team_id, mailbox_id, state) where state in ('queued', 'claimed', 'transmitting');
create index messages_unknown on messages (team_id, id) where state = 'unknown';
create index messages_sent_copy on messages (team_id, sent_copy_due) where sent_copy_due is not null;
create index messages_by_rfc_id on messages (team_id, rfc_id);
create index messages_by_seen_rfc_id on messages (team_id, seen_rfc_id) where seen_rfc_id is not null;
create index messages_by_contact on messages (team_id, contact_id, created_at);
create index messages_by_opt_out on messages (team_id, opt_out_hash) where opt_out_hash is not null;
create index messages_by_sequence on messages (team_id, sequence_id, created_at desc);

create table message_contents (
  team_id int not null,
  message_id text collate "C" not null,
  salt text not null,
  subject text not null,
  html text not null,
  body text not null,
  opt_out_token text,
  primary key (team_id, message_id)
);

-- Append-only: every time a socket was opened for a message.
create table attempts (
  team_id int not null,
  message_id text collate "C" not null,
  attempt int not null,
  mailbox_id text collate "C" not null,
  fence int not null,
  worker text collate "C" not null,
  marked_at timestamptz,
  outcome text,
  reply text,
  settled_at timestamptz,
  primary key (team_id, message_id, attempt)
);

-- Append-only: the hash chain of a mailbox; its head is on the mailbox row.
create table ledger_links (
  team_id int not null,
  mailbox_id text collate "C" not null,
  seq bigint not null,
  kind text not null check (kind in ('mark', 'settlement', 'late_answer', 'resolution', 'erasure')),
  message_id text collate "C" not null,
  attempt int not null,
  state text not null,
  at timestamptz not null,
  address_hash text collate "C",
  body_hash text collate "C",
  link text collate "C" not null,
  primary key (team_id, mailbox_id, seq)
);

-- Used of a shared daily cap; a row only where a cap is set.
create table cap_counters (
  team_id int not null,
  kind text not null check (kind in ('sequence', 'step', 'domain', 'account')),
  key text collate "C" not null,
  day date not null,
  used int not null default 0 check (used >= 0),
  primary key (team_id, kind, key, day)
);

-- What happened, when, why. Append-only; (epoch, xid, id) is the order of commits that cursors follow.
create table activities (
  team_id int not null,
  id text collate "C" not null,
  epoch int not null default 1,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  kind text not null,
  reason text,
  actor text not null,
  contact_id text collate "C",
  sequence_id text collate "C",
  enrollment_id text collate "C",
  step_id text collate "C",
  message_id text collate "C",
  mailbox_id text collate "C",
  detail jsonb not null default '{}',
  primary key (team_id, id)
);
create index activities_by_contact on activities (team_id, contact_id, at desc);
create index activities_by_sequence on activities (team_id, sequence_id, at desc);
create index activities_in_order on activities (team_id, epoch, xid, id);

create table stat_deltas (
  team_id int not null,
  id bigint generated always as identity,
  sequence_id text collate "C" not null,
  step_id text collate "C" not null default '',
  variant_id text collate "C" not null default '',
  metric text collate "C" not null,
  n int not null,
  primary key (team_id, id)
);
create index stat_deltas_by_sequence on stat_deltas (team_id, sequence_id);

create table stat_totals (
  team_id int not null,
  sequence_id text collate "C" not null,
  step_id text collate "C" not null,
  variant_id text collate "C" not null,
  metric text collate "C" not null,
  n bigint not null,
  primary key (team_id, sequence_id, step_id, variant_id, metric)
);

-- A mail we read. One Message-ID seen in several mailboxes is one row.
create table inbound (
  team_id int not null,
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
  subject text not null default '',
  body text not null default '',
  html text not null default '',
  returns_on date,
  matched_message_id text collate "C",
  enrollment_id text collate "C",
  contact_id text collate "C",
  evidence jsonb not null default '[]',
  confidence int not null default 0,
  received_at timestamptz not null,
  read_at timestamptz not null,
  primary key (team_id, id)
);
create unique index inbound_once on inbound (team_id, rfc_id);
create index inbound_by_contact on inbound (team_id, contact_id, received_at);
create index inbound_by_time on inbound (team_id, received_at desc);

-- The sandbox: mails its server received, and answers written to them, which its reader hands to the engine in uid order.
create table sandbox_mails (
  team_id int not null,
  id text collate "C" not null,
  mailbox_id text collate "C" not null,
  direction text not null check (direction in ('received', 'answer')),
  uid bigint not null,
  rfc_id text collate "C",
  from_address text not null,
  to_address text not null,
  subject text not null,
  raw bytea not null,
  received_at timestamptz not null,
  primary key (team_id, id),
  unique (team_id, mailbox_id, direction, uid)
);
