-- What the recipients of an email did with it, as far as its sequence asks: whether its pictures were fetched and its links followed.

-- What an email carries is decided when it is claimed, and stays said although the switch of its sequence is turned later. What a machine
-- did stands beside what a person did and never instead of it.
alter table messages
  add column opens_tracked boolean not null default false,
  add column clicks_tracked boolean not null default false,
  add column machine_opened_at timestamptz,
  add column scanner_clicked_at timestamptz;

-- One fetch of the picture or of a link of an email, as it came. Whose it was is judged a few seconds later, when its neighbors are known.
create table visits (
  team_id int not null,
  id text collate "C" not null,
  message_id text collate "C" not null,
  kind text not null check (kind in ('open', 'click')),
  -- Which link of the mail, counted from 0, and where it led; null for an open.
  link int,
  target text,
  way text not null check (way in ('get', 'head', 'prefetch')),
  agent text not null,
  -- The first 24 bits of an IPv4 address, 48 of an IPv6 one: the address itself is not kept.
  network text not null,
  at timestamptz not null,
  -- Null: judged.
  judge_at timestamptz,
  visitor text check (visitor in ('person', 'machine')),
  -- Which rule saw a machine.
  rule text,
  primary key (team_id, id)
);
create index visits_to_judge on visits (team_id, judge_at) where judge_at is not null;
create index visits_by_message on visits (team_id, message_id, at);
