-- How a team answers to absences. Days of return and of waiting are counted in days on which the sequence's schedule opens.

alter table teams
  add column away_margin_days integer not null default 1 check (away_margin_days between 0 and 5),
  add column away_resume_days integer check (away_resume_days between 1 and 365);
