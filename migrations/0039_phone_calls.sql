-- Calls that were made: of tasks, under the id of their task, and those that a person or a dialer has logged.
create table phone_calls (
  team_id int not null references teams,
  id text collate "C" not null,
  -- What it came to was said when this task was completed.
  task_id text collate "C",
  contact_id text collate "C",
  -- Null: the company of the contact, whichever it is.
  account_id text collate "C",
  user_id text collate "C" not null,
  outcome_id text collate "C",
  -- Kept as it was given: there is no list of purposes.
  purpose_id text,
  status text not null check (status in ('queued', 'ringing', 'in-progress', 'completed', 'no-answer', 'busy', 'failed', 'canceled')),
  logged boolean not null,
  from_number text,
  to_number text,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- Null: nobody has said.
  seconds int check (seconds >= 0),
  note text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id)
);
create index phone_calls_by_start on phone_calls (team_id, starts_at desc, id desc);
create index phone_calls_of_contact on phone_calls (team_id, contact_id);

insert into phone_calls (team_id, id, task_id, contact_id, user_id, outcome_id, status, logged, starts_at, ends_at, note, created_at, updated_at)
select team_id, id, id, contact_id, case when ended_by like 'user:%' or ended_by like 'key:%' then split_part(ended_by, ':', 2) else user_id end,
  call_outcome_id, 'completed', true, ended_at, ended_at, outcome, ended_at, ended_at
from tasks where call_outcome_id is not null and state = 'completed' and ended_at is not null;
