-- Nothing was ever decided by it, and what is not kept is not lost.
alter table visits drop column network;
