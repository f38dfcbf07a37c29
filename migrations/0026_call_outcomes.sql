-- What a call came to: the team's own list, and what each does to the person who was called.
create table call_outcomes (
  team_id integer not null references teams,
  id text collate "C" not null,
  name text not null,
  position integer not null,
  effect text not null check (effect in ('goes_on', 'wrong_number', 'finish', 'interested', 'not_interested', 'meeting')),
  -- Somebody picked up.
  answered boolean not null,
  -- Where the person is put; null: where they stand, or where the sequence puts whoever is interested, not interested or met.
  stage_id text collate "C",
  -- It is chosen no more; the calls that came to it keep it.
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id)
);
create unique index call_outcomes_named on call_outcomes (team_id, lower(name)) where deleted_at is null;

alter table tasks add column call_outcome_id text collate "C";

-- Teams that are there already begin with what a new one begins with.
insert into call_outcomes (team_id, id, name, position, effect, answered, created_at, updated_at)
select t.id, substr(md5(t.public_id || ' call outcome ' || d.name), 1, 24), d.name, d.position, d.effect, d.answered, t.created_at, t.created_at
from teams t cross join (values
  ('Connected', 0, 'goes_on', true),
  ('Left voicemail', 1, 'goes_on', false),
  ('No answer', 2, 'goes_on', false),
  ('Busy', 3, 'goes_on', false),
  ('Wrong number', 4, 'wrong_number', true),
  ('Interested', 5, 'interested', true),
  ('Not interested', 6, 'not_interested', true),
  ('Meeting booked', 7, 'meeting', true)) as d (name, position, effect, answered);
