-- Text that several wordings share, put in by its name when an email is written.
create table snippets (
  team_id integer not null references teams,
  id text collate "C" not null,
  name text collate "C" not null,
  body_html text not null,
  created_by text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  rev integer not null default 1,
  primary key (team_id, id),
  unique (team_id, name)
);

-- Files that wordings carry. The row is its name; the bytes are kept once by their hash, and for good once they were sent.
create table attachments (
  team_id integer not null references teams,
  id text collate "C" not null,
  file_name text not null,
  content_type text not null,
  size integer not null check (size > 0),
  sha256 text collate "C" not null,
  created_by text collate "C",
  created_at timestamptz not null,
  primary key (team_id, id)
);
create index attachments_by_content on attachments (team_id, sha256);

create table attachment_contents (
  team_id integer not null references teams,
  sha256 text collate "C" not null,
  content bytea not null,
  -- An email was written with it: the ledger names its hash.
  sent boolean not null default false,
  created_at timestamptz not null,
  primary key (team_id, sha256)
);
-- Documents are compressed already.
alter table attachment_contents alter column content set storage external;

alter table variants add column attachment_ids text[] not null default '{}';

-- What the email carries: id, name, type, size and hash of each file, as they were when it was written.
alter table message_contents add column attachments jsonb not null default '[]';
