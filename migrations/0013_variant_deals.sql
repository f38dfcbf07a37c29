-- How often each wording of an A/B test was dealt at each mailbox. Another set of wordings, or of weights, begins another round at nothing.

create table variant_deals (
  team_id int not null,
  step_id text collate "C" not null,
  mailbox_id text collate "C" not null,
  variant_id text collate "C" not null,
  round int not null,
  weight int not null,
  dealt int not null,
  primary key (team_id, step_id, mailbox_id, variant_id)
);

-- Null: there was one wording only.
alter table messages add column deal_round int;
-- A wording that did not leave is dealt again.
create index messages_dealt_in_vain on messages (team_id, step_id, mailbox_id) where state = 'cancelled' and deal_round is not null;
