-- What a mail that came in has done, so that it is undone when the mail turns out to be about somebody else.
create table mail_effects (
  team_id int not null references teams,
  inbound_id text collate "C" not null,
  kind text not null check (kind in ('stop', 'stage', 'suppression', 'number', 'task')),
  -- An enrollment, a contact, an address, the name of a number, a task.
  subject text collate "C" not null,
  detail jsonb not null default '{}',
  primary key (team_id, inbound_id, kind, subject)
);
create index mail_effects_by_subject on mail_effects (team_id, kind, subject);

-- The answers of before: whom the first one ended, and that it was counted.
insert into mail_effects (team_id, inbound_id, kind, subject, detail)
  select distinct on (e.team_id, e.id) i.team_id, i.id, 'stop', e.id,
    '{"to": "finished", "reason": "replied", "before": {"state": "active", "hold": null, "holdDetail": null}}'
  from enrollments e join inbound i on i.team_id = e.team_id and i.enrollment_id = e.id and i.kind in ('reply', 'other')
  where e.state = 'finished' and e.reason = 'replied' and e.removed_at is null
  order by e.team_id, e.id, i.read_at, i.id;
insert into mail_effects (team_id, inbound_id, kind, subject, detail)
  select distinct on (e.team_id, e.id) i.team_id, i.id, 'number', 'replied',
    jsonb_build_object('sequenceId', m.sequence_id, 'stepId', m.step_id, 'variantId', m.variant_id, 'messageId', m.id, 'n', 1)
  from enrollments e join inbound i on i.team_id = e.team_id and i.enrollment_id = e.id and i.kind in ('reply', 'other')
    join messages m on m.team_id = i.team_id and m.id = i.matched_message_id
  where e.replied_at is not null
  order by e.team_id, e.id, i.read_at, i.id;
