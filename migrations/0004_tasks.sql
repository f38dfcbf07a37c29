-- What a person must do: the steps that are not done by themselves, and what people note for themselves.

create table tasks (
  team_id int not null references teams,
  id text collate "C" not null,
  kind text not null check (kind in ('manual_email', 'call', 'action_item', 'linkedin_step_connect', 'linkedin_step_message',
    'linkedin_step_view_profile', 'linkedin_step_interact_post')),
  -- A cancelled one is gone from the wire: its enrollment has ended, or has left the step.
  state text not null default 'open' check (state in ('open', 'completed', 'skipped', 'cancelled')),
  -- On the wire an open task whose maker gave no status has none.
  status_given boolean not null default true,
  priority text not null default 'medium' check (priority in ('high', 'medium', 'low')),
  title text,
  note text,
  contact_id text collate "C",
  -- Whose task it is, and who made it; null: the engine.
  user_id text collate "C" not null,
  creator_id text collate "C",
  created_from text,
  enrollment_id text collate "C",
  sequence_id text collate "C",
  step_id text collate "C",
  -- The draft of a manual email.
  message_id text collate "C",
  due_at timestamptz not null,
  skips_at timestamptz,
  -- What a person has written in place of the wording of the step.
  draft_subject text,
  draft_html text,
  approved_at timestamptz,
  approved_by text,
  -- What came of it, in the words of whoever ended it.
  outcome text,
  ended_at timestamptz,
  ended_by text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  rev int not null default 1,
  primary key (team_id, id)
);
-- One task per enrollment and step; those outside of sequences have neither.
create unique index tasks_once on tasks (team_id, enrollment_id, step_id);
create index tasks_open on tasks (team_id, due_at, id) where state = 'open';
create index tasks_to_skip on tasks (team_id, skips_at) where state = 'open' and skips_at is not null and approved_at is null;
create index tasks_by_time on tasks (team_id, due_at, id);
create index tasks_by_contact on tasks (team_id, contact_id, created_at);

-- Steps for a person are looked at apart from emails: neither a busy nor a disconnected mailbox keeps a call waiting.
alter table lanes add column task_wake_at timestamptz not null default '-infinity';
alter table lanes alter column task_wake_at set default 'infinity';
create index lanes_with_tasks on lanes (team_id, task_wake_at);

-- Whoever waits on a step for a person: ranks 6 (something was done before) and 7 (first step) instead of those of emails.
update enrollments e set rank = case when e.rank < 3 then 6 else 7 end
  from steps s where s.team_id = e.team_id and s.id = e.step_id and s.kind <> 'auto_email';
-- Tasks were not kept before, and these people were held for it: now they are given one.
insert into stat_deltas (team_id, sequence_id, step_id, metric, n)
  select team_id, sequence_id, coalesce(step_id, ''), 'hold:step_by_hand', -1
  from enrollments where hold_reason = 'step_by_hand' and state = 'active' and removed_at is null;
update enrollments set hold_reason = null, hold_detail = null, due_at = case when state = 'active' then wait_ends_at end, rev = rev + 1
  where hold_reason = 'step_by_hand';
