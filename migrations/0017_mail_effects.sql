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

-- The answers of before: whom the first one ended, and that it was counted. Nobody knows how those stood before: without a `before` they are
-- held for a person when they go on.
insert into mail_effects (team_id, inbound_id, kind, subject, detail)
  select distinct on (e.team_id, e.id) i.team_id, i.id, 'stop', e.id,
    '{"to": "finished", "reason": "replied"}'
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

-- The bounces of before: that each email was counted by the first that says so, each person once by their first email. What a server refused
-- at once no mail has done.
insert into mail_effects (team_id, inbound_id, kind, subject, detail)
  select i.team_id, i.id, 'number', c.metric,
    jsonb_build_object('sequenceId', c.sequence_id, 'stepId', c.step_id, 'variantId', c.variant_id, 'messageId', c.id, 'n', 1)
  from (
    select m.team_id, m.id, m.sequence_id, m.step_id, m.variant_id, m.state, m.bounce,
      case m.bounce when 'hard' then 'hard_bounced' when 'blocked' then 'spam_blocked' end as metric
    from messages m where m.bounce in ('hard', 'blocked')
    union all
    (select distinct on (m.team_id, coalesce(m.enrollment_id, m.id)) m.team_id, m.id, m.sequence_id, m.step_id, m.variant_id, m.state, m.bounce,
      'bounced'
    from messages m where m.bounce in ('hard', 'soft')
    order by m.team_id, coalesce(m.enrollment_id, m.id), coalesce(m.bounced_at, m.updated_at), m.id)
  ) as c cross join lateral (
    select i.team_id, i.id from inbound i
    where i.team_id = c.team_id and i.matched_message_id = c.id and i.kind = 'bounce' and i.class = c.bounce
    order by i.read_at, i.id limit 1
  ) as i
  where c.sequence_id is not null and c.state <> 'rejected'
  on conflict do nothing;
