-- Mailboxes that are let in with a provider's token instead of a password, and the sign-ins under way.

create table mailbox_grants (
  team_id int not null,
  mailbox_id text collate "C" not null,
  provider text not null check (provider in ('google', 'microsoft')),
  issuer text not null,
  subject text not null,
  refresh_secret text not null,
  access_secret text not null,
  access_ends_at timestamptz not null,
  busy_until timestamptz not null default '-infinity',
  revoked_at timestamptz,
  revoked_words text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  rev int not null default 1,
  primary key (team_id, mailbox_id)
);

create table sign_ins (
  team_id int not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  provider text not null check (provider in ('google', 'microsoft')),
  mailbox_id text collate "C",
  redirect_uri text not null,
  state_hash text not null,
  nonce text not null,
  verifier_secret text not null,
  used_at timestamptz,
  created_at timestamptz not null,
  primary key (team_id, id)
);
