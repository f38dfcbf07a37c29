-- The files of a draft that its person has edited, as they were then; null: it follows the wording.
alter table tasks add column draft_attachment_ids text[];
-- Drafts that were edited before carry on with what their wording carries now.
update tasks t set draft_attachment_ids = v.attachment_ids
from messages m join variants v on v.team_id = m.team_id and v.id = m.variant_id
where m.team_id = t.team_id and m.id = t.message_id and t.state = 'open' and t.draft_html is not null;
