import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { planMerge } from '../core/same-person.ts'
import { followZones } from '../store/contact-waits.ts'
import { type ContactRow, contactById, lockContact, saveContacts } from '../store/contacts.ts'
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

export interface ContactUpdate extends Writer {
  id: Id
  fields: ContactFields
  /** When given, the contact is on exactly these lists afterwards. */
  listNames?: readonly string[] | undefined
}

export type Updated =
  | { kind: 'updated'; id: Id }
  | { kind: 'not_found' }
  | { kind: 'deleted' }
  | ContactRefusal

export async function updateContact(db: Db, update: ContactUpdate): Promise<Updated> {
  const unknown = await unknownReference(db, update.team, update.fields)
  if (unknown) return unknown
  const { team, id, now, random } = update
  let readdressed = false
  const updated = await db.transaction(async (tx): Promise<Updated> => {
    // Another address may be one that is enrolled: nobody is added meanwhile.
    if (update.fields.email !== undefined) await lockEnrolling(tx, team)
    const row = await lockContact(tx, { team, id })
    if (!row) return { kind: 'not_found' }
    if (row.deletedAt !== null) return { kind: 'deleted' }
    const written = await rewriteContact(tx, row, update)
    readdressed = (await contactById(tx, { team, id }))!.address !== row.address
    return written
  })
  if (!readdressed) return updated
  const enrollmentIds = await liveEnrollments(db, { team, of: { contactIds: [id] } })
  await sweep(db, { team, of: { enrollmentIds }, now, random })
  return updated
}

/** The same, on a row that the transaction has locked. To an old address nothing more leaves but what was on the wire, once its emails are swept. */
export async function rewriteContact(
  tx: Db,
  row: ContactRow,
  update: ContactUpdate,
): Promise<{ kind: 'updated'; id: Id } | ContactRefusal> {
  const { team, fields, now } = update
  const applied = applyFields(row, fields, now)
  if (!applied.ok) return { kind: 'refused', field: applied.field, sentence: applied.sentence }
  const next = applied.row
  const moved = next.organizationName !== row.organizationName && !fields.accountId
  if (moved && next.organizationName === null) next.accountId = null
  if (moved) await linkAccounts(tx, [next], update)
  await saveContacts(tx, { team, contacts: [next] })
  if (update.listNames)
    await putOnLists(tx, { contactIds: [row.id], names: update.listNames, replace: true }, update)
  await wakeChanged(tx, { ...update, changes: [{ before: row, after: next }] })
  if (next.address !== row.address) await leaveTaken(tx, update, next)
  return { kind: 'updated', id: row.id }
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
