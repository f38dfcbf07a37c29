-- Whoever received everything and did not answer within the days that the sequence says is unresponsive; judged once.
alter table enrollments add column response_judged boolean not null default false;

create index enrollments_unanswered on enrollments (team_id, sequence_id, finished_at)
  where state = 'finished' and reason = 'completed' and not response_judged;
