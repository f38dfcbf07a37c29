-- Two contacts that were one person: the one that went says into whom, so that what is known of it is found at the one that stayed.
alter table contacts add column merged_into text collate "C";
create index contacts_merged on contacts (team_id, merged_into) where merged_into is not null;
