-- Waits that count the dates on which the schedule opens.
alter table steps add column business_days boolean not null default false check (not business_days or wait_unit = 'day');

-- What an answer does to others of the same company: the team's rule, which a sequence may have its own of.
alter table teams
  add column same_account_reply text not null default 'ignore' check (same_account_reply in ('ignore', 'delay', 'stop')),
  add column same_account_delay_days int not null default 30 check (same_account_delay_days between 1 and 1000);
-- Of an answer: the domain of the company whose person was written to; null at providers of free mailboxes.
alter table inbound add column company_domain text collate "C";
create index inbound_company on inbound (team_id, company_domain, received_at) where company_domain is not null;
-- Up to here a person has said that answers of colleagues do not matter.
alter table enrollments add column company_cleared_at timestamptz;

-- Which stage an event of this sequence moves a contact to, where it is not the team's usual one.
alter table sequences add column stage_rules jsonb not null default '{}';

-- People who were there before zones were inferred: asked once, in small batches.
alter table contacts add column zone_unasked boolean not null default false;
update contacts set zone_unasked = true where time_zone is null and deleted_at is null;
create index contacts_zone_unasked on contacts (team_id, id) where zone_unasked;
