/**
 * Two contacts are one person: one stays, the other is gone, and whatever is known of it is the kept one's. Of each sequence that both are in the
 * more advanced enrollment goes on. What is on the do-not-contact list stands there by address, and stays.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { LIVE } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Refusal, type Result, refused } from '../core/result.ts'
import { type MergePlan, planMerge } from '../core/same-person.ts'
import { writeActivities } from '../store/activities.ts'
import { concernedBy, whoAnswered } from '../store/company-replies.ts'
import { type ContactRow, contactsByIds, saveContacts } from '../store/contacts.ts'
import { lockEnrolling } from '../store/enrollment-guards.ts'
import {
  giveAll,
  lockEnrolled,
  lockTwo,
  type NamedStanding,
  sequencesAt,
  standingsOf,
} from '../store/merged-contacts.ts'
import { contactStagesOf } from '../store/stages.ts'
import { type InFlight, stop, sweep } from '../store/stops.ts'
import { suppressionsOf } from '../store/suppressions.ts'
import { changedFields, takenOver } from './merge-fields.ts'
import { wakeChanged } from './update-contacts.ts'

export interface Merging {
  team: TeamId
  userId: Id
  actor: string
  keptId: Id
  otherId: Id
  now: Instant
  random: Random
}

/** What becomes of one sequence. */
export interface SequenceMerged {
  sequenceId: Id
  sequenceName: string | null
  /** Whose place in it counts. */
  from: 'kept' | 'other'
  enrollmentId: Id
  /** It is still alive afterwards. */
  goesOn: boolean
  /** Live ones of either that end. */
  endedIds: Id[]
}

/** What a merge does, or would do. */
export interface Merged {
  /** The kept one, as it is afterwards. */
  contact: ContactRow
  filled: string[]
  sequences: SequenceMerged[]
  /** The address of the one that goes; null: none, or the same. */
  leavesAddress: string | null
  /** The do-not-contact list has that address, and not the kept one's. */
  onlyOtherSuppressed: boolean
}

/** What merging them would do. Changes nothing. */
export async function planMerging(db: Db, o: Merging): Promise<Result<Merged>> {
  const rows = await contactsByIds(db, { team: o.team, ids: [o.keptId, o.otherId] })
  const refusal = refusalOf(o, rows)
  if (refusal) return { ok: false, refusal }
  return done((await plan(db, o, rows)).merged)
}

/** Once it has returned, nothing leaves to the address of the other but what `transmitting` names. */
export async function mergeContacts(
  db: Db,
  o: Merging,
): Promise<Result<Merged & { transmitting: InFlight[] }>> {
  const { team, now, random } = o
  const merged = await db.transaction((tx) => merge(tx, o))
  if (!merged.ok) return merged
  const { transmitting } = await sweep(db, { team, of: { enrollmentIds: merged.value.touched }, now, random })
  return done({ ...merged.value.merged, transmitting })
}

async function merge(tx: Db, o: Merging): Promise<Result<{ merged: Merged; touched: Id[] }>> {
  const { team, keptId, otherId, actor, now, random } = o
  // Nobody is added meanwhile: two of one address in one sequence could not see each other.
  await lockEnrolling(tx, team)
  const rows = await lockTwo(tx, { team, keptId, otherId })
  const refusal = refusalOf(o, rows)
  if (refusal) return { ok: false, refusal }
  const [kept, other] = [rows.get(keptId)!, rows.get(otherId)!]
  const next = takenOver(kept, other, { stages: await stagesOf(tx, team), now })
  await lockEnrolled(tx, { team, keptId, otherId, others: await colleaguesOf(tx, o, [kept, other, next]) })
  const { merged, ending, hiding } = await plan(tx, o, rows)
  const stopping = { team, actor, now, random, detail: 'merged with another contact' }
  await stop(tx, { ...stopping, enrollmentIds: ending, stop: { to: 'finished', reason: 'same_person' } })
  await stop(tx, { ...stopping, enrollmentIds: hiding, stop: { to: 'removed' } })
  const gone = { ...other, deletedAt: now, mergedInto: keptId, updatedAt: now }
  await saveContacts(tx, { team, contacts: [next, gone] })
  const moved = await giveAll(tx, { team, keptId, otherId, now })
  await tell(tx, o, { other, merged })
  const changes = [
    { before: kept, after: next },
    { before: { ...other, id: keptId }, after: next },
  ]
  await wakeChanged(tx, { ...o, changes })
  const elsewhere = other.address === next.address ? [] : moved
  return done({ merged, touched: [...new Set([...ending, ...hiding, ...elsewhere])].sort() })
}

function refusalOf({ keptId, otherId }: Merging, rows: ReadonlyMap<Id, ContactRow>): Refusal | undefined {
  const about = { parameter: 'contact_id' }
  if (keptId === otherId)
    return refused(
      `${otherId} is this very contact. Give the id of the other contact of the same person.`,
      about,
    ).refusal
  const [kept, other] = [rows.get(keptId), rows.get(otherId)]
  if (!kept) return notFound().refusal
  if (kept.deletedAt !== null) return refused(`This contact ${wordsOfEnd(kept)}.`).refusal
  if (!other) return refused(`The contact ${otherId} does not exist.`, about).refusal
  if (other.deletedAt !== null)
    return refused(`The contact ${otherId} ${wordsOfEnd(other)}; there is nothing to merge.`, about).refusal
  return undefined
}

const wordsOfEnd = ({ mergedInto }: ContactRow) =>
  mergedInto === null ? 'has been deleted' : `was merged into the contact ${mergedInto} already`

interface Planned extends MergePlan {
  merged: Merged
}

async function plan(db: Db, o: Merging, rows: ReadonlyMap<Id, ContactRow>): Promise<Planned> {
  const { team, keptId, otherId, now } = o
  const [kept, other] = [rows.get(keptId)!, rows.get(otherId)!]
  const contact = takenOver(kept, other, { stages: await stagesOf(db, team), now })
  const standings = await standingsOf(db, { team, contactIds: [keptId, otherId] })
  const taken = await sequencesAt(db, { team, address: contact.address, but: [keptId, otherId] })
  const newAddress = contact.address !== kept.address
  const planned = planMerge(standings, { keptId, taken, newAddress })
  const addresses = [contact.address, other.address].filter((address) => address !== null)
  const suppressed = await suppressionsOf(db, { team, addresses })
  const leavesAddress = other.address === contact.address ? null : other.address
  const merged = {
    contact,
    filled: changedFields(kept, contact),
    sequences: sequencesOf(standings, { ...planned, keptId }),
    leavesAddress,
    onlyOtherSuppressed:
      leavesAddress !== null &&
      suppressed.has(leavesAddress) &&
      !(contact.address !== null && suppressed.has(contact.address)),
  }
  return { ...planned, merged }
}

function sequencesOf(
  standings: readonly NamedStanding[],
  { ending, hiding, keptId }: MergePlan & { keptId: Id },
): SequenceMerged[] {
  return [...Map.groupBy(standings, (one) => one.sequenceId)].map(([sequenceId, all]) => {
    const stays = all.find((one) => !hiding.includes(one.id))!
    return {
      sequenceId,
      sequenceName: stays.sequenceName,
      from: stays.contactId === keptId ? 'kept' : 'other',
      enrollmentId: stays.id,
      goesOn: LIVE.includes(stays.state) && !ending.includes(stays.id),
      endedIds: all.filter((one) => ending.includes(one.id)).map((one) => one.id),
    }
  })
}

async function stagesOf(db: Db, team: TeamId) {
  const stages = await contactStagesOf(db, team)
  const idOf = (role: string) => stages.find((stage) => stage.role === role)?.id ?? null
  return { new: idOf('new'), doNotContact: idOf('do_not_contact') }
}

/** Whom an answer of either concerns, by any company that they are or will be of: locked with the rest, since all are judged again. */
async function colleaguesOf(
  tx: Db,
  { team, keptId, otherId }: Merging,
  companies: readonly ContactRow[],
): Promise<Id[]> {
  if ((await whoAnswered(tx, { team, contactIds: [keptId, otherId] })).length === 0) return []
  const found: Id[] = []
  for (const as of companies)
    found.push(...(await concernedBy(tx, { team, contactId: keptId, as })).map((one) => one.contactId))
  return [...new Set(found)]
}

/** In the story of the one that stays, where that of the other is told from now on. */
async function tell(
  tx: Db,
  { team, actor, keptId, otherId, now, random }: Merging,
  { other, merged }: { other: ContactRow; merged: Merged },
): Promise<void> {
  const name = [other.firstName, other.lastName].filter((part) => part !== null).join(' ')
  const ended = merged.sequences.flatMap((one) => one.endedIds)
  await writeActivities(tx, {
    team,
    now,
    random,
    activities: [
      {
        kind: 'contact_merged',
        actor,
        contactId: keptId,
        detail: { from: otherId, name, address: other.address, ended, filled: merged.filled },
      },
    ],
  })
}
