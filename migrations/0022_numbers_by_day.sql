-- Numbers of emails also by day, mailbox and domain of the recipient.

-- The day, in the zone of the team, that the numbers of an email count for: when it was handed to the server that took or refused it.
alter table messages add column sent_on date;
update messages m set sent_on = (coalesce(m.marked_at, m.settled_at) at time zone t.time_zone)::date
  from teams t where t.id = m.team_id and (m.state in ('accepted', 'rejected') or m.bounce is not null);

-- Null and '': a number of people, who stand on no day.
alter table stat_deltas
  add column day date,
  add column mailbox_id text collate "C" not null default '',
  add column domain text collate "C" not null default '';

create table stat_days (
  team_id int not null,
  day date not null,
  sequence_id text collate "C" not null,
  step_id text collate "C" not null,
  variant_id text collate "C" not null,
  mailbox_id text collate "C" not null,
  domain text collate "C" not null,
  metric text collate "C" not null,
  n bigint not null,
  primary key (team_id, day, sequence_id, step_id, variant_id, mailbox_id, domain, metric)
);

-- What was counted before, put together again from the emails; people who bounced or answered count once per enrollment.
insert into stat_days
select team_id, day, sequence_id, coalesce(step_id, ''), coalesce(variant_id, ''), mailbox_id, coalesce(split_part(to_address, '@', 2), ''),
  metric, count(*)
from (
  -- An answer or an opt-out may belong to an email whose delivery nobody knows: its day is that of the try.
  select m.*, x.metric, coalesce(m.sent_on, (coalesce(m.marked_at, m.settled_at, m.created_at) at time zone t.time_zone)::date) as day,
    row_number() over (partition by m.team_id, x.metric, coalesce(m.enrollment_id, m.id), x.once_each order by x.at, m.id) as nth
  from messages m join teams t on t.id = m.team_id cross join lateral (values
    ('delivered', case when m.state = 'accepted' then coalesce(m.settled_at, m.updated_at) end, m.id),
    ('bounced', case when m.bounce in ('hard', 'soft') then coalesce(m.bounced_at, m.updated_at) end, ''),
    ('hard_bounced', case when m.bounce = 'hard' then coalesce(m.bounced_at, m.updated_at) end, m.id),
    ('spam_blocked', case when m.bounce = 'blocked' then coalesce(m.bounced_at, m.updated_at) end, m.id),
    ('replied', m.replied_at, ''),
    ('unsubscribed', m.opted_out_at, m.id),
    ('demoed', m.demoed_at, ''),
    ('opened', m.opened_at, m.id),
    ('clicked', m.clicked_at, m.id),
    ('machine_opened', m.machine_opened_at, m.id),
    ('scanner_clicked', m.scanner_clicked_at, m.id),
    ('opened_unfiltered', least(m.opened_at, m.machine_opened_at), m.id),
    ('clicked_unfiltered', least(m.clicked_at, m.scanner_clicked_at), m.id),
    ('delivered_open_tracked', case when m.state = 'accepted' and m.opens_tracked then coalesce(m.settled_at, m.updated_at) end, m.id),
    ('delivered_click_tracked', case when m.state = 'accepted' and m.clicks_tracked then coalesce(m.settled_at, m.updated_at) end, m.id)) as x (metric, at, once_each)
  where m.sequence_id is not null and x.at is not null
) as counted
where nth = 1 group by 1, 2, 3, 4, 5, 6, 7, 8;

-- What is not folded yet is in the emails too. Numbers of people stay; those of emails were counted for each try, and now are for each email.
with taken as (
  delete from stat_deltas returning team_id, sequence_id, step_id, variant_id, metric, n
)
insert into stat_totals as t (team_id, sequence_id, step_id, variant_id, metric, n)
select team_id, sequence_id, step_id, variant_id, metric, sum(n) from taken group by 1, 2, 3, 4, 5
on conflict (team_id, sequence_id, step_id, variant_id, metric) do update set n = t.n + excluded.n;
delete from stat_totals where metric not in ('active', 'paused', 'finished', 'failed') and metric not like '%:%';
insert into stat_totals (team_id, sequence_id, step_id, variant_id, metric, n)
select team_id, sequence_id, step_id, variant_id, metric, sum(n) from stat_days group by 1, 2, 3, 4, 5;

-- Done, skipped and open tasks of each step.
create index tasks_by_step on tasks (team_id, sequence_id, step_id, state) where sequence_id is not null;
