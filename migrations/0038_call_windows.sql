-- How often a team has called an endpoint since the first call of each window. Lost in a crash, which only loosens the limits.
create unlogged table call_windows (
  team_id int not null references teams,
  endpoint text not null,
  span text not null check (span in ('minute', 'hour', 'day')),
  ends_at timestamptz not null,
  calls int not null,
  primary key (team_id, endpoint, span)
);
