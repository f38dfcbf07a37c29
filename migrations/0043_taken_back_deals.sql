-- Emails of the round that were dealt a wording and got another one, since it was switched off meanwhile: what is uneven for them is no fault.
alter table variant_deals add column taken_back int not null default 0;
