-- Sending stops by itself where too much of it comes back. `record_from`: what was sent before counts no more, since a person has looked at it.

alter table teams
  add column blocked_per_day_max integer not null default 5 check (blocked_per_day_max between 1 and 1000);

alter table sequences
  add column auto_pause boolean not null default true,
  add column auto_pause_rules jsonb,
  add column auto_paused_at timestamptz,
  add column auto_pause_words text,
  add column record_from timestamptz not null default '-infinity';

alter table mailboxes
  add column suspended_at timestamptz,
  add column suspended_for text,
  add column record_from timestamptz not null default '-infinity';

create index messages_bounced on messages (team_id, bounced_at) where bounced_at is not null;
create index messages_complained on messages (team_id, complained_at) where complained_at is not null;
