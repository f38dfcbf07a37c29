-- Companies have stages of their own, and texts of a custom field a longest length.
-- What an email says of a company is written from one revision of it.
alter table accounts add column rev integer not null default 0;
alter table custom_fields add column max_length integer check (max_length > 0);

insert into stages (team_id, id, kind, name, position, category)
select t.id, substr(md5(t.public_id || s.name), 1, 24), 'account', s.name,
  s.place + coalesce((select max(o.position) + 1 from stages o where o.team_id = t.id and o.kind = 'account'), 0), s.category
from teams t cross join (values
  (0, 'Review', null), (1, 'Current Client', 'succeeded'), (2, 'Active Opportunity', 'succeeded'),
  (3, 'Dead Opportunity', 'failed'), (4, 'Do Not Contact', 'failed')) as s (place, name, category)
on conflict (team_id, kind, name) do nothing;
