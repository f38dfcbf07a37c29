-- How a mailbox spreads what it sends: a gap that is not the same each time, and a plan by which its day grows until the daily limit.
alter table mailboxes
  -- 0 for mailboxes that exist: their gap stays as it was set.
  add column gap_jitter_percent int not null default 0 check (gap_jitter_percent between 0 and 100),
  add column ramp_starts_on date,
  add column ramp_start int check (ramp_start >= 1),
  add column ramp_step int check (ramp_step >= 1),
  add constraint mailboxes_ramp_whole check (num_nulls(ramp_starts_on, ramp_start, ramp_step) in (0, 3));

-- What the whole team may send to one company: caps across sequences and mailboxes. Null: none.
alter table teams
  add column domain_daily_cap int check (domain_daily_cap >= 1),
  add column free_mail_daily_cap int check (free_mail_daily_cap >= 1),
  add column account_weekly_cap int check (account_weekly_cap >= 1);
