/** Adding to and lifting from the do-not-contact list by a person. Adding also ends what runs for that person; lifting resumes nothing. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { writeActivities } from '../store/activities.ts'
import { type InFlight, suppress, sweep } from '../store/stops.ts'
import { knownSuppressions, liftSuppression, type SuppressionRow } from '../store/suppression-lists.ts'
import { addressOrDomain } from './import-rows.ts'

export interface Doing {
  team: TeamId
  userId: Id
  /** `user:<id>` or `key:<id>`. */
  actor: string
  now: Instant
  random: Random
}

export interface SuppressedByHand {
  added: string[]
  already: string[]
  refused: { value: string; reason: string }[]
  /** How many enrollments ended by it. */
  stopped: number
  /** Mails that were already leaving when the call came. */
  transmitting: InFlight[]
}

interface Read {
  entries: { kind: 'address' | 'domain'; value: string }[]
  refused: { value: string; reason: string }[]
}

function readValues(values: readonly string[]): Read {
  const entries: Read['entries'] = []
  const refused: Read['refused'] = []
  for (const value of values) {
    const read = addressOrDomain(value)
    if (read.ok) entries.push({ kind: read.kind, value: read.value })
    else refused.push({ value, reason: read.reason })
  }
  return { entries, refused }
}

/** What adding these would do. Writes nothing and ends nothing, so the numbers about people stay 0. */
export async function trySuppressing(
  db: Db,
  { team, values }: { team: TeamId; values: readonly string[] },
): Promise<SuppressedByHand> {
  const { entries, refused } = readValues(values)
  const distinct = [...new Set(entries.map((entry) => entry.value))]
  const known = await knownSuppressions(db, { team, values: distinct })
  return {
    added: distinct.filter((value) => !known.has(value)),
    already: distinct.filter((value) => known.has(value)),
    refused,
    stopped: 0,
    transmitting: [],
  }
}

export async function suppressValues(
  db: Db,
  asked: Doing & { values: readonly string[]; note: string | null },
): Promise<SuppressedByHand> {
  const { team, userId, actor, now, random } = asked
  const { entries, refused } = readValues(asked.values)
  if (entries.length === 0) return { added: [], already: [], refused, stopped: 0, transmitting: [] }
  const done = await db.transaction(async (tx) => {
    const source = asked.note ?? 'by hand'
    const result = await suppress(tx, {
      ...{ team, entries, reason: 'manual', source, by: userId, actor, now, random },
    })
    const activities = result.added.map((value) => ({
      kind: 'suppressed' as const,
      actor,
      detail: { value, source },
    }))
    if (activities.length > 0) await writeActivities(tx, { team, activities, now, random })
    return result
  })
  const transmitting: InFlight[] = []
  for (const kind of ['address', 'domain'] as const) {
    const values = entries.filter((entry) => entry.kind === kind).map((entry) => entry.value)
    if (values.length === 0) continue
    const of = kind === 'address' ? { addresses: values } : { domains: values }
    transmitting.push(...(await sweep(db, { team, of, now, random })).transmitting)
  }
  return { added: done.added, already: done.already, refused, stopped: done.stopped.length, transmitting }
}

export type Lifted =
  | { kind: 'lifted'; row: SuppressionRow }
  | { kind: 'not_found' }
  | { kind: 'refused'; sentence: string }

/** Needs the reason why this person may be written to again; the row stays, with who lifted it and why. */
export async function liftByHand(
  db: Db,
  asked: Doing & { kind: 'address' | 'domain'; value: string; reason: string },
): Promise<Lifted> {
  const reason = asked.reason.trim()
  if (reason === '')
    return {
      kind: 'refused',
      sentence: 'Say why this person may be written to again: it is kept with the entry.',
    }
  const read = addressOrDomain(asked.value)
  if (!read.ok) return { kind: 'refused', sentence: read.reason }
  const { team, userId, actor, now, random } = asked
  return db.transaction(async (tx) => {
    const row = await liftSuppression(tx, {
      team,
      kind: asked.kind,
      value: read.value,
      reason,
      by: userId,
      now,
    })
    if (!row) return { kind: 'not_found' }
    const detail = { value: read.value, reason }
    await writeActivities(tx, { team, now, random, activities: [{ kind: 'unsuppressed', actor, detail }] })
    return { kind: 'lifted', row }
  })
}
