-- Which settings a check tries: one begun before somebody signed in again proves nothing about the new ones.
alter table mailbox_checks add column mailbox_rev int not null default 0;
