-- Of many that fall due at one instant (a window that opens), the claim takes the same ones wherever they lie on the disk, without reading all of them.
drop index enrollments_due;
create index enrollments_due on enrollments (team_id, mailbox_id, sequence_id, rank, due_at, id) where due_at is not null;
