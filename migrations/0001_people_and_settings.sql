-- Teams, the people who use Segue, and the people they write to.
-- Every table of a team is led by team_id, so that no query can reach another team's row and rows can be distributed by team.

create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- One row: what this database knows of the deployment that writes to it.
create table deployment (
  id int primary key default 1 check (id = 1),
  epoch int not null default 1,
  write_counter bigint not null default 0,
  fenced_at timestamptz,
  fenced_reason text,
  travel_offset_ms bigint not null default 0,
  travel_target timestamptz,
  travelled boolean not null default false,
  secret_check text
);
insert into deployment default values;

create table teams (
  id int generated always as identity primary key,
  public_id text collate "C" not null unique,
  name text not null,
  time_zone text not null,
  legal_name text,
  postal_address text,
  opt_out_html text not null default 'If you do not want to hear from me, <%click here%>.',
  stale_after_hours int not null default 168 check (stale_after_hours between 1 and 8760),
  created_at timestamptz not null
);

-- People who sign in. The four tables of sign-in are global: an address signs in before its team is known.
create table users (
  id text collate "C" primary key,
  team_id int not null references teams,
  name text not null,
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  first_name text,
  last_name text,
  title text,
  role text not null default 'admin' check (role in ('admin', 'member', 'viewer')),
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index users_by_team on users (team_id, created_at);

create table sessions (
  id text collate "C" primary key,
  user_id text collate "C" not null references users on delete cascade,
  token text not null unique,
  ip_address text,
  user_agent text,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index sessions_by_user on sessions (user_id);

create table credentials (
  id text collate "C" primary key,
  user_id text collate "C" not null references users on delete cascade,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index credentials_by_user on credentials (user_id);

create table verifications (
  id text collate "C" primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verifications_by_identifier on verifications (identifier);

-- Keys of programs: shown once, stored hashed, found by their prefix (which carries the team's public id).
create table api_keys (
  team_id int not null references teams,
  id text collate "C" not null,
  prefix text collate "C" not null,
  hash text collate "C" not null,
  name text not null,
  master boolean not null default true,
  scopes text[] not null default '{}',
  created_by text collate "C" not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (team_id, id),
  unique (team_id, prefix)
);

-- What has been changed so far under one Idempotency-Key.
create table idempotent_answers (
  team_id int not null references teams,
  key text collate "C" not null,
  body_hash text collate "C" not null,
  status int not null,
  answer jsonb,
  created_at timestamptz not null,
  primary key (team_id, key)
);

create table stages (
  team_id int not null references teams,
  id text collate "C" not null,
  kind text not null check (kind in ('contact', 'account')),
  name text not null,
  position int not null,
  category text check (category in ('in_progress', 'succeeded', 'failed')),
  role text,
  primary key (team_id, id),
  unique (team_id, kind, name)
);

create table accounts (
  team_id int not null references teams,
  id text collate "C" not null,
  name text not null,
  domain text,
  phone text,
  raw_address text,
  stage_id text collate "C",
  owner_id text collate "C",
  custom jsonb not null default '{}',
  source text not null default 'api',
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id)
);
create index accounts_by_domain on accounts (team_id, domain);
create index accounts_by_name on accounts (team_id, lower(name));

create table contacts (
  team_id int not null references teams,
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
  phones jsonb not null default '[]',
  raw_address text,
  street text,
  city text,
  state text,
  country text,
  postal_code text,
  time_zone text,
  time_zone_source text check (time_zone_source in ('stated', 'inferred')),
  custom jsonb not null default '{}',
  source text not null default 'api',
  job_changed_at timestamptz,
  last_activity_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  rev int not null default 1,
  primary key (team_id, id)
);
create index contacts_by_address on contacts (team_id, address);
create index contacts_by_creation on contacts (team_id, created_at desc, id);
create index contacts_by_account on contacts (team_id, account_id);
create index contacts_by_stage on contacts (team_id, stage_id);

-- What the search reads: one text per contact, in a narrow table of its own so that the index stays in memory.
create table contact_texts (
  team_id int not null,
  contact_id text collate "C" not null,
  body text not null,
  primary key (team_id, contact_id)
);
create index contact_texts_by_trigram on contact_texts using gin (team_id, body gin_trgm_ops);

create table lists (
  team_id int not null references teams,
  id text collate "C" not null,
  name text not null,
  modality text not null check (modality in ('contacts', 'accounts', 'sequences')),
  created_by text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id),
  unique (team_id, modality, name)
);

create table list_members (
  team_id int not null,
  list_id text collate "C" not null,
  member_id text collate "C" not null,
  added_at timestamptz not null,
  primary key (team_id, list_id, member_id),
  foreign key (team_id, list_id) references lists
);
create index list_members_by_member on list_members (team_id, member_id);

create table custom_fields (
  team_id int not null references teams,
  id text collate "C" not null,
  modality text not null check (modality in ('contact', 'account')),
  name text not null,
  key text collate "C" not null,
  type text not null check (type in ('string', 'textarea', 'number', 'date', 'datetime', 'boolean', 'picklist')),
  options jsonb not null default '[]',
  created_at timestamptz not null,
  primary key (team_id, id),
  unique (team_id, modality, key)
);

-- An address, a domain, or the hash of an erased address, never to be written to. Lifting one keeps the row.
create table suppressions (
  team_id int not null references teams,
  kind text not null check (kind in ('address', 'domain', 'hash')),
  value text collate "C" not null,
  reason text not null check (reason in ('opt_out', 'hard_bounce', 'complaint', 'imported', 'manual')),
  source text not null,
  created_at timestamptz not null,
  created_by text collate "C",
  lifted_at timestamptz,
  lifted_by text collate "C",
  lift_reason text,
  primary key (team_id, kind, value)
);

-- Files that people hand in, in pieces, so that any process can work on them.
create table imports (
  team_id int not null references teams,
  id text collate "C" not null,
  kind text not null check (kind in ('contacts', 'suppressions')),
  state text not null check (state in ('uploaded', 'running', 'done', 'failed')),
  file_name text not null,
  bytes bigint not null,
  mapping jsonb,
  options jsonb not null default '{}',
  columns jsonb not null default '[]',
  samples jsonb not null default '[]',
  rows_read int not null default 0,
  rows_created int not null default 0,
  rows_updated int not null default 0,
  rows_failed int not null default 0,
  problem text,
  created_by text collate "C" not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz,
  primary key (team_id, id)
);

create table import_pieces (
  team_id int not null,
  import_id text collate "C" not null,
  piece int not null,
  content bytea not null,
  primary key (team_id, import_id, piece)
);

create table import_failures (
  team_id int not null,
  import_id text collate "C" not null,
  row_number int not null,
  fields jsonb not null,
  reason text not null,
  primary key (team_id, import_id, row_number)
);
