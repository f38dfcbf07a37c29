-- A mail without thread headers answers whatever was written to its address, also when the contact has another one since.
create index messages_by_address on messages (team_id, to_address) where to_address is not null;
