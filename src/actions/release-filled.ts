/** Whoever was held for a missing value goes on as soon as it is there; whoever still lacks another one is held with that one's name. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { PREVIEW_TOKEN, renderWording } from '../render.ts'
import { readDue } from '../store/due-enrollments.ts'
import { heldForSender, heldForValues } from '../store/enrollments.ts'
import { release } from '../store/releases.ts'
import type { Wording } from '../store/wordings.ts'

/** Of these contacts, those who have somebody waiting for a value. */
export async function waitingForValues(
  db: Db,
  o: { team: TeamId; contactIds: readonly Id[] },
): Promise<Id[]> {
  return [...new Set((await heldForValues(db, o)).map((one) => one.contactId))]
}

export interface Filling {
  team: TeamId
  actor: string
  now: Instant
  random: Random
}

/** Inside the transaction that wrote the values; the mailboxes of these contacts are locked already. */
export async function releaseFilled(tx: Db, o: Filling & { contactIds: readonly Id[] }): Promise<void> {
  await releaseOf(tx, o, await heldForValues(tx, o))
}

/** The same of whoever waited for a value of this sender, after it was written: locks the mailboxes itself. */
export async function releaseForSender(tx: Db, o: Filling & { userId: Id }): Promise<void> {
  await releaseOf(tx, o, await heldForSender(tx, o))
}

async function releaseOf(
  tx: Db,
  o: Filling,
  held: readonly { id: Id; detail: string | null }[],
): Promise<void> {
  if (held.length === 0) return
  const due = await readDue(tx, { ...o, enrollmentIds: held.map((one) => one.id) })
  const missing = new Map(
    due.map(({ facts, wording }) => [facts.enrollment.id, wording && missingOf(wording, o.now)]),
  )
  const enrollmentIds = held
    .filter((one) => missing.get(one.id)?.join(', ') !== one.detail)
    .map((one) => one.id)
  if (enrollmentIds.length > 0) await release(tx, { ...o, enrollmentIds })
}

/** The names of the values and snippets it would lack, were it written now. */
export function missingOf(wording: Wording, now: Instant): readonly string[] {
  const rendered = renderWording(wording, { now, publicUrl: null, optOutToken: PREVIEW_TOKEN })
  return rendered.kind === 'problem' ? [rendered.sentence] : rendered.missing
}
