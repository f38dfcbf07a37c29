import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { planMerge } from '../core/same-person.ts'
import { followZones } from '../store/contact-waits.ts'
import { type ContactRow, lockContacts, saveContacts } from '../store/contacts.ts'
import { lockEnrolling } from '../store/enrollment-guards.ts'
import { bumpContacts } from '../store/lanes.ts'
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
  const readdressed: Id[] = []
  const updated = await db.transaction(async (tx): Promise<Updated> => {
    // Another address may be one that is enrolled: nobody is added meanwhile.
    if (changes.some((one) => one.fields.email !== undefined)) await lockEnrolling(tx, team)
    const rows = await lockContacts(tx, { team, ids })
    const missing = ids.find((id) => !rows.has(id))
    if (missing !== undefined) return { kind: 'not_found', id: missing }
    const deleted = ids.filter((id) => rows.get(id)!.deletedAt !== null)
    if (deleted.length > 0) return { kind: 'deleted', ids: deleted }
    const written = await rewriteContacts(tx, writer, { rows, changes })
    if (written.kind === 'refused') return written
    readdressed.push(...written.readdressed)
    return { kind: 'updated' }
  })
  if (readdressed.length === 0) return updated
  const enrollmentIds = await liveEnrollments(db, { team, of: { contactIds: readdressed } })
  await sweep(db, { team, of: { enrollmentIds }, now, random })
  return updated
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
  const after = new Map<Id, ContactRow>()
  const moved: ContactRow[] = []
  for (const { id, fields } of changes) {
    const before = after.get(id) ?? rows.get(id)!
    const applied = applyFields(before, fields, now)
    if (!applied.ok)
      return { kind: 'refused', contactId: id, field: applied.field, sentence: applied.sentence }
    const next = applied.row
    after.set(id, next)
    if (next.organizationName === before.organizationName || fields.accountId) continue
    if (next.organizationName === null) next.accountId = null
    moved.push(next)
  }
  await linkAccounts(tx, moved, writer)
  await saveContacts(tx, { team, contacts: [...after.values()] })
  const listed = changes.flatMap(({ id, listNames: names }) => (names ? [{ id, names }] : []))
  if (listed.length > 0) await putOnLists(tx, { contacts: listed, replace: true }, writer)
  const pairs = [...after.values()].map((row) => ({ before: rows.get(row.id)!, after: row }))
  await wakeChanged(tx, { ...writer, changes: pairs })
  const readdressed = pairs.filter(({ before, after }) => before.address !== after.address)
  for (const one of readdressed) await leaveTaken(tx, writer, one.after)
  return { kind: 'rewritten', readdressed: readdressed.map((one) => one.after.id) }
}

/** In sequences in which another contact with the new address is, this one ends: nobody is written to twice. */
async function leaveTaken(
  tx: Db,
  { team, userId, now, random }: Writer,
  { id, address }: ContactRow,
): Promise<void> {
  const taken = await sequencesAt(tx, { team, address, but: [id] })
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
