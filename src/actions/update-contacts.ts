import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { planMerge } from '../core/same-person.ts'
import { followZones } from '../store/contact-waits.ts'
import { type ContactRow, lockContacts, saveContacts } from '../store/contacts.ts'
import { lockEnrolling } from '../store/enrollment-guards.ts'
import { bumpContacts } from '../store/lanes.ts'
import { lockEnrollments } from '../store/locks.ts'
import { sequencesAt, standingsOf } from '../store/merged-contacts.ts'
import { liveEnrollments, stop, sweep } from '../store/stops.ts'
import { applyFields, type ContactFields } from './contact-fields.ts'
import { judgeContacts, whomMovesConcern } from './follow-company.ts'
import { releaseFilled, waitingForValues } from './release-filled.ts'
import { stopInterested } from './stop-interested.ts'
import {
  type ContactRefusal,
  linkAccounts,
  putOnLists,
  unknownReference,
  type Writer,
} from './write-contact.ts'

export interface ContactChange {
  id: Id
  fields: ContactFields
  /** When given, the contact is on exactly these lists afterwards. */
  listNames?: readonly string[] | undefined
}

export type Updated =
  | { kind: 'updated' }
  | { kind: 'not_found'; id: Id }
  | { kind: 'deleted'; ids: Id[] }
  | ContactRefusal

type Outcome = Exclude<Updated, { kind: 'updated' }> | Rewritten

/** All of them or none. Of two changes of one contact the later one is written over the earlier. */
export async function updateContacts(
  db: Db,
  writer: Writer,
  changes: readonly ContactChange[],
): Promise<Updated> {
  const { team, now, random } = writer
  const unknown = await unknownReference(
    db,
    team,
    changes.map((one) => one.fields),
  )
  if (unknown) return unknown
  const ids = [...new Set(changes.map((one) => one.id))]
  const updated = await db.transaction(async (tx): Promise<Outcome> => {
    // Another address may be one that is enrolled: nobody is added meanwhile.
    if (changes.some((one) => one.fields.email !== undefined)) await lockEnrolling(tx, team)
    const rows = await lockContacts(tx, { team, ids })
    const missing = ids.find((id) => !rows.has(id))
    if (missing !== undefined) return { kind: 'not_found', id: missing }
    const deleted = ids.filter((id) => rows.get(id)!.deletedAt !== null)
    if (deleted.length > 0) return { kind: 'deleted', ids: deleted }
    return rewriteContacts(tx, writer, { rows, changes })
  })
  if (updated.kind !== 'rewritten') return updated
  const { readdressed: contactIds } = updated
  if (contactIds.length > 0) {
    const enrollmentIds = await liveEnrollments(db, { team, of: { contactIds } })
    await sweep(db, { team, of: { enrollmentIds }, now, random })
  }
  return { kind: 'updated' }
}

export type Rewritten =
  | { kind: 'rewritten'; readdressed: Id[] }
  | Extract<ContactRefusal, { kind: 'refused' }>

/** The same, on rows that the transaction has locked. To an old address nothing more leaves but what was on the wire, once its emails are swept. */
export async function rewriteContacts(
  tx: Db,
  writer: Writer,
  { rows, changes }: { rows: ReadonlyMap<Id, ContactRow>; changes: readonly ContactChange[] },
): Promise<Rewritten> {
  const { team, now } = writer
  const pairs: { before: ContactRow; after: ContactRow }[] = []
  const moved: ContactRow[] = []
  for (const [id, own] of Map.groupBy(changes, (one) => one.id)) {
    const before = rows.get(id)!
    let after = before
    for (const { fields } of own) {
      const applied = applyFields(after, fields, now)
      if (!applied.ok)
        return { kind: 'refused', contactId: id, field: applied.field, sentence: applied.sentence }
      after = applied.row
    }
    pairs.push({ before, after })
    if (after.organizationName === before.organizationName || own.some((one) => one.fields.accountId))
      continue
    if (after.organizationName === null) after.accountId = null
    moved.push(after)
  }
  await linkAccounts(tx, moved, writer)
  await saveContacts(tx, { team, contacts: pairs.map((one) => one.after) })
  const listed = new Map(changes.flatMap(({ id, listNames }) => (listNames ? [[id, listNames]] : [])))
  const contacts = [...listed].map(([id, names]) => ({ id, names }))
  if (contacts.length > 0) await putOnLists(tx, { contacts, replace: true }, writer)
  await wakeChanged(tx, { ...writer, changes: pairs })
  const readdressed = pairs.filter(({ before, after }) => before.address !== after.address)
  const ids = readdressed.map((one) => one.after.id)
  // Of several that get one address in this call the first one stays.
  for (const [i, { after }] of readdressed.entries())
    await leaveTaken(tx, writer, { row: after, but: ids.slice(i) })
  return { kind: 'rewritten', readdressed: ids }
}

/** In sequences in which another contact with the new address is, this one ends: nobody is written to twice. */
async function leaveTaken(
  tx: Db,
  { team, userId, now, random }: Writer,
  { row: { id, address }, but }: { row: ContactRow; but: readonly Id[] },
): Promise<void> {
  const taken = await sequencesAt(tx, { team, address, but })
  if (taken.size === 0) return
  const standings = await standingsOf(tx, { team, contactIds: [id] })
  const { ending } = planMerge(standings, { keptId: id, taken, newAddress: true })
  await stop(tx, {
    team,
    enrollmentIds: ending,
    stop: { to: 'finished', reason: 'same_person' },
    actor: `user:${userId}`,
    now,
    random,
    detail: `another contact has the address ${address}`,
  })
}

/** In the transaction of the changes: the engine looks again at whoever they concern, and whoever is interested now is left alone. */
export async function wakeChanged(
  tx: Db,
  o: Omit<Writer, 'source'> & { changes: readonly { before: ContactRow; after: ContactRow }[] },
): Promise<void> {
  const { team, userId, now, random } = o
  const concerned = o.changes.filter(({ before, after }) => concernsSending(before, after))
  const moved = concerned.filter(({ before, after }) => before.timeZone !== after.timeZone)
  const acting = { team, actor: `user:${userId}`, now, random }
  const waiting = await waitingForValues(tx, { team, contactIds: o.changes.map(({ after }) => after.id) })
  const elsewhere = await whomMovesConcern(tx, team, concerned)
  const woken = [...new Set([...concerned.map(({ after }) => after.id), ...waiting, ...elsewhere])]
  await bumpContacts(tx, { team, contactIds: woken, now })
  // What follows locks some of them each; all at once first, by id.
  await lockEnrollments(tx, team, await liveEnrollments(tx, { team, of: { contactIds: woken } }))
  await judgeContacts(tx, acting, elsewhere)
  await followZones(tx, { team, contactIds: moved.map(({ after }) => after.id), now })
  await releaseFilled(tx, { ...acting, contactIds: waiting })
  const stages = o.changes.map(({ before, after }) => ({
    contactId: after.id,
    before: before.stageId,
    after: after.stageId,
  }))
  await stopInterested(tx, { ...acting, changes: stages })
}

/** Can this change open or close a gate? Names and such are read when a mail is rendered; waking a lane for each would be waste. */
function concernsSending(before: ContactRow, after: ContactRow): boolean {
  return (
    before.address !== after.address ||
    before.stageId !== after.stageId ||
    before.accountId !== after.accountId ||
    before.timeZone !== after.timeZone
  )
}
