/**
 * Reads everything again and proves what Segue promises, each promise by its own statement over the rows themselves. Changes nothing; what it
 * finds is a fault of Segue's, or of whoever changed the database by hand.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'
import { CHAINS } from './verify-ledger.ts'
import { MESSAGES } from './verify-messages.ts'
import { NUMBERS } from './verify-numbers.ts'
import type { Check, Finding, Promised } from './verify-promise.ts'
import { QUEUE } from './verify-queue.ts'
import { SENDING } from './verify-sending.ts'
import { WORDINGS } from './verify-wordings.ts'

export type { Finding } from './verify-promise.ts'

const CHECKS: readonly Check[] = [...SENDING, ...QUEUE, ...CHAINS, MESSAGES, ...NUMBERS, ...WORDINGS]

/** All that is proved, in the order in which it is checked. */
export const PROMISES: readonly Promised[] = CHECKS.flatMap((check) => check.promises)

/** Of one team, or of all; empty means proved. In one snapshot, so that an engine at work is never taken for a fault. */
export async function verify(db: Db, { now, team }: { now: Instant; team?: TeamId }): Promise<Finding[]> {
  return db.transaction(async (tx) => {
    await sql`set transaction isolation level repeatable read, read only`.execute(kysely(tx))
    const findings: Finding[] = []
    for (const teamId of team === undefined ? await allTeams(tx) : [team])
      for (const check of CHECKS)
        for (const found of await check.look(tx, { team: teamId, now })) findings.push({ teamId, ...found })
    return findings
  })
}

async function allTeams(db: Db): Promise<TeamId[]> {
  const { rows } = await sql<{ id: TeamId }>`select id from teams order by id`.execute(kysely(db))
  return rows.map((row) => row.id)
}
