/** What the sandbox mailbox of an API test would put on the wire now: claimed by the real claim, marked and accepted without a server. */
import { sql } from 'kysely'
import { claim } from '../../src/engine/claim.ts'
import { createLog } from '../../src/log.ts'
import type { Outgoing } from '../../src/store/claimed-messages.ts'
import { kysely } from '../../src/store/db.ts'
import type { Api } from './api.ts'
import { markClaimed, settleClaimed } from './enrolled.ts'
import type { TestTeam } from './team.ts'

/** Empty when nothing leaves: what was judged has its hold or its new moment then. */
export async function leaveNow(api: Api, team: TestTeam): Promise<Outgoing[]> {
  const { db, clock, context } = api
  const { batches } = await claim(team.team, {
    ...{ db, clock, random: context.random, log: createLog('silent'), publicUrl: null, worker: 'one' },
  })
  const batch = batches[0]
  if (batch !== undefined) {
    const claimed = { fence: batch.fence, messageIds: batch.messages.map((one) => one.id) }
    const moment = { now: clock.now(), random: context.random }
    const marked = await markClaimed(db, team, { claimed, ...moment })
    await settleClaimed(db, team, { claimed, ...moment, messageIds: [...marked] })
  }
  await sql`update mailboxes set busy_until = '-infinity', wake_at = '-infinity' where team_id = ${team.team}`.execute(
    kysely(db),
  )
  return batch?.messages ?? []
}
