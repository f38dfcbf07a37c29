/** A daily cap that a person sets in the middle of a day counts what was sent that day. Called inside the edit, which holds the sequence. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { localDay, plainDate, startOfDay } from '../core/zone.ts'
import { type CapKey, lockCaps } from '../store/caps.ts'
import type { StepRow } from '../store/steps.ts'

export interface Caps {
  sequence: number | null
  steps: readonly Pick<StepRow, 'id' | 'dailyCap'>[]
}

export interface NewCaps {
  keys: CapKey[]
  /** When the day of the keys began, in the zone of the schedule. */
  from: Instant
}

/**
 * Locks the counters of caps that were set. The mailboxes of the sequence must be locked already, its people not yet: counters stand between
 * the two.
 */
export async function lockNewCaps(
  tx: Db,
  o: { team: TeamId; sequenceId: Id; before: Caps; after: Caps; zone: string; now: Instant },
): Promise<NewCaps> {
  const { team, sequenceId, before, after, zone, now } = o
  const today = localDay(zone, now)
  const day = plainDate(today).toString()
  const uncapped = new Set(before.steps.filter((step) => step.dailyCap === null).map((step) => step.id))
  const keys: CapKey[] = after.steps
    .filter((step) => step.dailyCap !== null && uncapped.has(step.id))
    .map((step) => ({ kind: 'step', key: step.id, day }))
  if (before.sequence === null && after.sequence !== null)
    keys.push({ kind: 'sequence', key: sequenceId, day })
  await lockCaps(tx, team, keys)
  return { keys, from: startOfDay(zone, today) }
}
