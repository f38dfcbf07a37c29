/** What comes near the rate at which it is stopped by itself, in words with the number and what it is a share of. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { REPUTATION_RULES, recordStart, reputationOf, warningOf } from '../core/reputation.ts'
import {
  recordOfMailbox,
  recordOfSequence,
  type Watched,
  watchedMailboxes,
  watchedSequences,
} from '../store/reputation.ts'

interface Asked {
  team: TeamId
  ids: readonly Id[]
  now: Instant
}

/** By sequence; those that are off, or well, are left out. */
export async function warningsOfSequences(db: Db, asked: Asked): Promise<Map<Id, string>> {
  return warnings(db, asked, { watched: await watchedSequences(db, asked), recordOf: recordOfSequence })
}

/** By mailbox; those that are stopped, or well, are left out. */
export async function warningsOfMailboxes(db: Db, asked: Asked): Promise<Map<Id, string>> {
  return warnings(db, asked, { watched: await watchedMailboxes(db, asked), recordOf: recordOfMailbox })
}

async function warnings(
  db: Db,
  { team, now }: Asked,
  { watched, recordOf }: { watched: readonly Watched[]; recordOf: typeof recordOfMailbox },
): Promise<Map<Id, string>> {
  const said = new Map<Id, string>()
  for (const { id, recordFrom, rules: own, stopsByItself } of watched) {
    const rules = own ?? REPUTATION_RULES
    const record = await recordOf(db, { team, id, from: recordStart(recordFrom, rules, now) })
    const warning = warningOf(reputationOf(record, rules), { stopsByItself })
    if (warning !== null) said.set(id, warning)
  }
  return said
}
