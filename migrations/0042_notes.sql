-- What people of the team want to remember of contacts and accounts.
create table notes (
  team_id int not null references teams,
  id text collate "C" not null,
  user_id text collate "C" not null,
  content text not null,
  contact_ids text[] collate "C" not null,
  account_ids text[] collate "C" not null,
  pinned boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id)
);
create index notes_of_contacts on notes using gin (contact_ids);
create index notes_of_accounts on notes using gin (account_ids);
