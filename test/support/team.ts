/** One team with a user, a sandbox mailbox and the default stages, straight in the tables: what tests of the engine begin with. */
import { sql } from 'kysely'
import type { Instant } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import { type Id, newId, type TeamId } from '../../src/core/ids.ts'
import type { Random } from '../../src/core/random.ts'
import { createDefaultCallOutcomes } from '../../src/store/call-outcomes.ts'
import { at, kysely } from '../../src/store/db.ts'
import { createSandboxMailbox } from '../../src/store/mailboxes.ts'
import { createDefaultStages } from '../../src/store/stages.ts'
import { insertTeam } from '../../src/store/teams.ts'

export interface TestTeam {
  team: TeamId
  userId: Id
  /** The sandbox mailbox, `sandbox@segue.test`. */
  mailboxId: Id
}

export async function createTeam(
  db: Db,
  { now, random, zone = 'UTC' }: { now: Instant; random: Random; zone?: string },
): Promise<TestTeam> {
  return db.transaction(async (tx) => {
    const team = await insertTeam(tx, { publicId: newId(now, random), name: 'Acme', timeZone: zone, now })
    const userId = newId(now, random)
    await sql`
      insert into users (id, team_id, name, email, created_at, updated_at)
      values (${userId}, ${team}, 'Rae Seller', ${`${userId}@acme.test`}, ${at(now)}, ${at(now)})`.execute(
      kysely(tx),
    )
    await createDefaultStages(tx, { team, now, random })
    await createDefaultCallOutcomes(tx, { team, now, random })
    const mailboxId = await createSandboxMailbox(tx, { team, userId, fromName: 'Rae', now, random })
    return { team, userId, mailboxId }
  })
}
