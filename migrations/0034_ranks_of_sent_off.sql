-- Drafts that were sent off stand in ranks of their own, so that they wait behind no window of another email.
update enrollments e set rank = case when e.rank < 3 then 8 else 9 end
from tasks t where t.team_id = e.team_id and t.enrollment_id = e.id and t.step_id = e.step_id and t.state = 'open' and t.approved_at is not null
  and e.state = 'active' and e.rank < 6;
