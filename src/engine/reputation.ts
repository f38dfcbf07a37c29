/**
 * Stops a sequence or a mailbox of whose emails too many came back or were reported as spam. Looked at every few seconds from what the
 * rows say, so that a crash loses nothing; a person lets it go on.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import {
  isBlockedTooOften,
  REPUTATION_RULES,
  type Reputation,
  recordStart,
  reputationOf,
} from '../core/reputation.ts'
import { type NewActivity, writeActivities } from '../store/activities.ts'
import {
  autoPause,
  recordOfMailbox,
  recordOfSequence,
  type SuspectMailbox,
  type SuspectSequence,
  suspectMailboxes,
  suspectSequences,
  suspend,
} from '../store/reputation.ts'
import { lockSequence } from '../store/sequence-writes.ts'
import { type StopScope, sweep } from '../store/stops.ts'

const ACTOR = 'engine'

interface Looking {
  now: Instant
  random: Random
}

/** Stops what has earned it. Returns how many sequences and mailboxes that were. */
export async function stopWhatComesBack(db: Db, looking: Looking): Promise<number> {
  const { now } = looking
  let stopped = 0
  for (const sequence of await suspectSequences(db, now))
    if (await judgeSequence(db, sequence, looking)) stopped++
  for (const mailbox of await suspectMailboxes(db, now))
    if (await judgeMailbox(db, mailbox, looking)) stopped++
  return stopped
}

async function judgeSequence(db: Db, sequence: SuspectSequence, looking: Looking): Promise<boolean> {
  const { team, id } = sequence
  const rules = sequence.rules ?? REPUTATION_RULES
  const from = recordStart(sequence.recordFrom, rules, looking.now)
  const reputation = reputationOf(await recordOfSequence(db, { team, id, from }), rules)
  if (reputation.kind !== 'bad') return false
  const { words } = reputation
  const about = { sequenceId: id, reason: reasonOf(reputation), actor: ACTOR, detail: { words } }
  return stopAnd(db, { team, of: { sequenceIds: [id] }, ...looking }, async (tx) => {
    await lockSequence(tx, { team, id })
    if (!(await autoPause(tx, { team, id, words, now: looking.now }))) return []
    return [
      { ...about, kind: 'sequence_deactivated' },
      { ...about, kind: 'alert' },
    ]
  })
}

async function judgeMailbox(db: Db, mailbox: SuspectMailbox, looking: Looking): Promise<boolean> {
  const { team, id } = mailbox
  const verdict = await verdictOn(db, mailbox, looking.now)
  if (verdict === null) return false
  const { words, reason } = verdict
  return stopAnd(db, { team, of: { mailboxIds: [id] }, ...looking }, async (tx) => {
    if (!(await suspend(tx, { team, id, words, now: looking.now }))) return []
    return [{ kind: 'alert', mailboxId: id, reason, actor: ACTOR, detail: { words } }]
  })
}

async function verdictOn(
  db: Db,
  mailbox: SuspectMailbox,
  now: Instant,
): Promise<{ words: string; reason: string } | null> {
  const { team, id, blockedToday, blockedPerDayMax } = mailbox
  if (isBlockedTooOften(blockedToday, blockedPerDayMax))
    return {
      words: `${blockedToday} emails were refused for their content or our reputation within 24 hours`,
      reason: 'too_many_blocked',
    }
  const from = recordStart(mailbox.recordFrom, REPUTATION_RULES, now)
  const reputation = reputationOf(await recordOfMailbox(db, { team, id, from }), REPUTATION_RULES)
  return reputation.kind === 'bad' ? { words: reputation.words, reason: reasonOf(reputation) } : null
}

const reasonOf = ({ cause }: Exclude<Reputation, { kind: 'good' }>) =>
  cause === 'bounces' ? 'too_many_bounces' : 'too_many_complaints'

/** Commits the stop with its activities, then takes back what was claimed. False when somebody else had stopped it before. */
async function stopAnd(
  db: Db,
  { team, of, now, random }: Looking & { team: TeamId; of: StopScope },
  stop: (tx: Db) => Promise<NewActivity[]>,
): Promise<boolean> {
  const isNew = await db.transaction(async (tx) => {
    const activities = await stop(tx)
    await writeActivities(tx, { team, now, random, activities })
    return activities.length > 0
  })
  if (isNew) await sweep(db, { team, of, now, random })
  return isNew
}
