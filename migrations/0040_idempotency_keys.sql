-- Calls that a program named, so that it may ask again: each is done once, and its answer is kept for a day.
create table idempotency_keys (
  team_id int not null references teams,
  -- Who named it: programs count alike.
  caller text collate "C" not null,
  key text collate "C" not null,
  -- Keyed, of what was asked (there may be passwords in it): another request under the same name is a mistake.
  request_hash text not null,
  -- In real time, which nobody moves.
  started_at timestamptz not null,
  -- Null: the call is under way, or broke off. Sealed, since an answer may hold an API key.
  answer text,
  broke_off boolean not null default false,
  primary key (team_id, caller, key)
);
create index idempotency_keys_by_age on idempotency_keys (started_at);
