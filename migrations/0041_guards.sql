-- Who may be added to a sequence: one person of a company at a time, and only by whoever owns them. Off unless a team says so.
alter table teams
  add column one_per_company boolean not null default false,
  add column owners_only boolean not null default false;
-- The import that wrote the contact last: while it runs, the contact is not settled yet.
alter table contacts add column import_id text collate "C";
