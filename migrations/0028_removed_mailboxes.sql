-- A mailbox that was removed is still read until here, since answers to what it sent arrive there; then its secrets are forgotten.
alter table mailboxes add column reads_until timestamptz;
