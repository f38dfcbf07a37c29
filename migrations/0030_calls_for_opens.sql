-- A call that was asked for because an email was opened so often: at most one in an enrollment, whoever judges the openings.
alter table tasks add column opened_enrollment_id text collate "C";
create unique index tasks_for_opens on tasks (team_id, opened_enrollment_id) where opened_enrollment_id is not null;
