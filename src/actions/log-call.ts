/** Calls that a person or a dialer has logged. One that comes to an outcome does to the person what the team's list says of it. */
import type { Db } from '../core/db.ts'
import { type Id, newId } from '../core/ids.ts'
import { done, notFound, type Refusal, type Result, refused } from '../core/result.ts'
import { accountsByIds } from '../store/accounts.ts'
import { writeActivities } from '../store/activities.ts'
import { type CallOutcomeRow, callOutcomeById } from '../store/call-outcomes.ts'
import { type ContactRow, lockContact, lockContacts } from '../store/contacts.ts'
import {
  type CallFields,
  insertPhoneCall,
  type PhoneCallRow,
  phoneCallById,
  savePhoneCall,
} from '../store/phone-calls.ts'
import { isUserOfTeam } from '../store/sequence-writes.ts'
import { sweep } from '../store/stops.ts'
import { type Acting, followLoggedCall } from './follow-call.ts'
import { noSuchOutcome } from './write-task.ts'

const MOVED = 'The person of this call was changed at this moment. Look at the call again, then change it.'

export async function logCall(db: Db, acting: Acting, fields: CallFields): Promise<Result<Id>> {
  const { team, now, random } = acting
  const call = { ...fields, id: newId(now, random), taskId: null }
  const logged = await db.transaction(async (tx): Promise<Result<Id>> => {
    const contact = await personOf(tx, acting, call)
    const outcome = await outcomeOf(tx, acting, call)
    const refusal = await refusalOf(tx, acting, { call, contact, outcome })
    if (refusal) return { ok: false, refusal }
    await insertPhoneCall(tx, { team, call, now })
    await follow(tx, acting, { call, contact, outcome })
    return done(call.id)
  })
  if (logged.ok) await sweepPerson(db, acting, call)
  return logged
}

/** What is said of a call, by what was known of it. */
export type CallChange = (before: CallFields) => Partial<CallFields>

/** What it came to has its effect when it is said, or said otherwise; what it had before is not taken back. */
export async function changeCall(
  db: Db,
  acting: Acting,
  { id, change }: { id: Id; change: CallChange },
): Promise<Result<null>> {
  const { team, now } = acting
  const changed = await db.transaction(async (tx): Promise<Result<PhoneCallRow>> => {
    const seen = await phoneCallById(tx, { team, id })
    if (!seen) return notFound()
    // Contacts come before their calls in the lock order: both, so that a merge of either waits here.
    const asked = { ...seen, ...change(seen) }
    const ids = [seen.contactId, asked.contactId].filter((one) => one !== null)
    const contacts = await lockContacts(tx, { team, ids })
    const before = (await phoneCallById(tx, { team, id, locked: true }))!
    if (before.contactId !== seen.contactId) return refused(MOVED, { code: 'moved_meanwhile' })
    const call = { ...before, ...change(before) }
    const contact = contacts.get(call.contactId ?? '')
    const isSaidAnew = call.outcomeId !== before.outcomeId || call.contactId !== before.contactId
    if (isSaidAnew && before.taskId !== null) return ofTask(before.taskId)
    const known = isSaidAnew ? await outcomeOf(tx, acting, call) : null
    // One that the list has no more has no effect on another person either.
    const outcome = call.outcomeId === before.outcomeId ? (known ?? null) : known
    const refusal = await refusalOf(tx, acting, { call, before, contact, outcome })
    if (refusal) return { ok: false, refusal }
    await savePhoneCall(tx, { team, id, fields: call, now })
    if (isSaidAnew) await follow(tx, acting, { call, contact, outcome })
    return done(call)
  })
  if (!changed.ok) return changed
  await sweepPerson(db, acting, changed.value)
  return done(null)
}

const ofTask = (taskId: Id) =>
  refused(
    `This call is that of the task ${taskId}: whom it was made to and what it came to was said when the task was completed. Leave contact_id and phone_call_outcome_id out.`,
    { parameter: 'phone_call_outcome_id' },
  )

async function personOf(
  tx: Db,
  { team }: Acting,
  { contactId }: CallFields,
): Promise<ContactRow | undefined> {
  return contactId === null ? undefined : lockContact(tx, { team, id: contactId })
}

async function outcomeOf(
  tx: Db,
  { team }: Acting,
  { outcomeId }: CallFields,
): Promise<CallOutcomeRow | undefined | null> {
  return outcomeId === null ? null : callOutcomeById(tx, { team, id: outcomeId })
}

interface Said {
  call: PhoneCallRow
  contact: ContactRow | undefined
  /** Null: none, or none that is new; undefined: there is no such one. */
  outcome: CallOutcomeRow | null | undefined
}

/** What is said anew must exist; what was said before stays, whatever became of it. */
async function refusalOf(
  tx: Db,
  { team }: Acting,
  { call, before, contact, outcome }: Said & { before?: PhoneCallRow },
): Promise<Refusal | undefined> {
  const { contactId, accountId, userId, outcomeId } = call
  const isNew = (field: 'contactId' | 'accountId' | 'userId') => call[field] !== (before?.[field] ?? null)
  if (isNew('userId') && !(await isUserOfTeam(tx, { team, id: userId })))
    return refused(`The user ${userId} is not a member of this team.`, { parameter: 'user_id' }).refusal
  if (contactId !== null && isNew('contactId') && (!contact || contact.deletedAt !== null))
    return refused(`The contact ${contactId} does not exist.`, { parameter: 'contact_id' }).refusal
  if (accountId !== null && isNew('accountId')) {
    const known = await accountsByIds(tx, { team, ids: [accountId] })
    if (!known.has(accountId))
      return refused(`The account ${accountId} does not exist.`, { parameter: 'account_id' }).refusal
  }
  return outcomeId !== null && outcome === undefined ? noSuchOutcome(outcomeId).refusal : undefined
}

async function follow(tx: Db, acting: Acting, { call, contact, outcome }: Said): Promise<void> {
  if (!contact || contact.deletedAt !== null) return
  const { note, toNumber } = call
  const detail = {
    callId: call.id,
    ...(outcome && { callOutcomeId: outcome.id, callOutcome: outcome.name }),
    ...(note !== null && { detail: note }),
  }
  if (outcome) await followLoggedCall(tx, acting, { contact, outcome, note, toNumber })
  const { actor, team, now, random } = acting
  const activity = { kind: 'called', actor, contactId: contact.id, detail } as const
  await writeActivities(tx, { team, now, random, activities: [activity] })
}

async function sweepPerson(db: Db, { team, now, random }: Acting, { contactId }: CallFields): Promise<void> {
  if (contactId !== null) await sweep(db, { team, of: { contactIds: [contactId] }, now, random })
}
