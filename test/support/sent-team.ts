/** The team of an API test as the helpers that write straight into the tables want it. */
import { sql } from 'kysely'
import { kysely } from '../../src/store/db.ts'
import type { Api } from './api.ts'
import type { TestTeam } from './team.ts'

export async function testTeamOf(api: Api): Promise<TestTeam> {
  const { rows } = await sql<TestTeam>`
    select t.id as team, u.id as "userId", m.id as "mailboxId"
    from teams t join users u on u.team_id = t.id join mailboxes m on m.team_id = t.id
    where t.public_id = ${api.teamId}`.execute(kysely(api.db))
  return rows[0]!
}
