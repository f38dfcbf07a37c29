/**
 * Removes a mailbox, and asks what becomes of its people: they move to others (their next email opens a new thread), are finished, or are
 * held for a person. It sends nothing from the first moment on. What it has sent stays in the ledger and in the numbers, and its inbox is
 * read for a while, since answers, bounces and opt-outs still arrive there.
 */
import { DAY, type Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Stop } from '../core/enrollment.ts'
import { inboxReadUntil } from '../core/gates.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { writeActivities } from '../store/activities.ts'
import { movableAt } from '../store/mailbox-moves.ts'
import {
  cancelOwnSends,
  endReading,
  lockForRemoval,
  type MailboxUse,
  mailboxUse,
  removeRow,
  shutDown,
} from '../store/mailbox-removal.ts'
import type { MailboxRow } from '../store/mailboxes.ts'
import { stopAndSweep, sweep } from '../store/stops.ts'
import { movePeople, targetsOf } from './move-people.ts'

/** Who acts on a mailbox, and when. */
export interface ActingOnMailbox {
  team: TeamId
  userId: Id
  now: Instant
  random: Random
}

/** Most answers come within days, bounces within five, and whoever was on holiday writes within the month. */
export const KEEP_READING_DAYS = 30
/** Longer than any vacation; nobody's password should lie here for ever. */
export const KEEP_READING_DAYS_MAX = 180

export const PEOPLE_CHOICES = ['move', 'finish', 'hold'] as const
export type PeopleChoice = (typeof PEOPLE_CHOICES)[number]

export interface Removal {
  id: Id
  /** What becomes of its people; null is enough where it has none. `fail`: whoever sent from it is deleted. */
  people: PeopleChoice | 'fail' | null
  moveTo: readonly Id[]
  /** Its inbox cannot be read, and people are moved all the same: whoever has answered since is written to again. */
  acceptUnread: boolean
  keepReadingDays: number
}

export interface Removed {
  moved: number
  finished: number
  held: number
  failed: number
  /** Emails of no sequence that waited there and never leave. */
  notSent: number
  readsUntil: Instant | null
}

export async function removeMailbox(
  db: Db,
  acting: ActingOnMailbox,
  removal: Removal,
): Promise<Result<Removed>> {
  const { team, userId, now } = acting
  const { id } = removal
  const use = await mailboxUse(db, { team, id })
  if (!use) return notFound()
  const to = await targets(db, acting, { use, removal })
  if (!to.ok) return to
  await db.transaction((tx) =>
    shutDown(tx, { team, id, words: `${use.address} is being removed. Remove it again to finish.`, now }),
  )
  const { transmitting } = await sweep(db, { ...acting, of: { mailboxIds: [id] } })
  if (transmitting.length > 0) return stillSending(use, transmitting.length)
  const gone = await letGo(db, { ...acting, actor: `user:${userId}` }, { use, removal, to: to.value })
  return db.transaction(async (tx): Promise<Result<Removed>> => {
    await lockForRemoval(tx, team)
    const left = await mailboxUse(tx, { team, id })
    if (!left) return notFound()
    if (left.transmitting > 0) return stillSending(left, left.transmitting)
    const words = `${use.address} was removed before this left`
    const notSent = await cancelOwnSends(tx, { team, id, words, now })
    const readsUntil = willBeRead(left) ? readingEnds(removal.keepReadingDays, now) : null
    await removeRow(tx, { team, id, readsUntil, now })
    const detail = { ...gone, ...(removal.people === null ? {} : { people: removal.people }) }
    const activity = { kind: 'mailbox_removed', actor: `user:${userId}`, mailboxId: id, detail } as const
    await writeActivities(tx, { ...acting, activities: [activity] })
    return done({ ...gone, notSent, readsUntil })
  })
}

const readingEnds = (days: number, now: Instant) => (days > 0 ? now + days * DAY : null)

/** It has written to somebody, and its inbox opens. */
export const willBeRead = ({ hasSent, readable }: MailboxUse) => hasSent && readable

function stillSending({ address }: MailboxUse, count: number) {
  const emails = count === 1 ? '1 email is' : `${count} emails are`
  return refused(
    `${emails} leaving ${address} at this moment. It sends nothing else any more: remove it again in a minute.`,
    { code: 'mailbox_is_sending' },
  )
}

interface Asked {
  use: MailboxUse
  removal: Removal
}

/** Whom the people move to, none where they do not; or what stands in the way. */
async function targets(
  db: Db,
  { team, now }: ActingOnMailbox,
  { use, removal }: Asked,
): Promise<Result<MailboxRow[]>> {
  const problem = removalProblem(use, { ...removal, now })
  if (problem) return problem
  return removal.people === 'move' ? targetsOf(db, { team, from: use.id, ids: removal.moveTo }) : done([])
}

/** Why it stays, or what is still to be said. */
export function removalProblem(
  use: MailboxUse,
  {
    people,
    acceptUnread,
    keepReadingDays,
    now,
  }: Pick<Removal, 'people' | 'acceptUnread' | 'keepReadingDays'> & { now: Instant },
) {
  const problem = standsInTheWay(use) ?? (people === null && use.live > 0 ? asksFor(use) : undefined)
  if (problem || people !== 'move' || acceptUnread) return problem
  if (keepReadingDays === 0 && use.inThread > 0) return readNoMore(use)
  return leavesAnswersUnread(use, now) ? unread(use) : undefined
}

/** Somebody may have answered, and nobody knows: their follow-up would go out all the same. */
export function leavesAnswersUnread(use: MailboxUse, now: Instant): boolean {
  const { readerAddress: address, readAt, problem } = use
  return use.inThread > 0 && inboxReadUntil({ address, readAt, problem }, now) === null
}

function readNoMore({ readerAddress, inThread }: MailboxUse) {
  const people = inThread === 1 ? '1 person has' : `${inThread} people have`
  return refused(
    `${people} got emails from it, and with keep_reading_days=0 nobody reads ${readerAddress} from now on: whoever answers is written to again. Keep it read for some days, finish or hold its people, or move them all the same (unread_answers=accept).`,
    { code: 'answers_unread', parameter: 'unread_answers' },
  )
}

function unread({ readerAddress, readAt, problem, inThread }: MailboxUse) {
  const since = readAt === null ? 'never' : `last on ${new Date(readAt).toISOString().slice(0, 10)}`
  const people = inThread === 1 ? '1 person has' : `${inThread} people have`
  return refused(
    `${readerAddress} was ${since} read to its end${problem === null ? '' : ` (${problem})`}, and ${people} got emails from it: who has answered since is not known. Reconnect it first, finish or hold its people, or move them all the same (unread_answers=accept).`,
    { code: 'answers_unread', parameter: 'unread_answers' },
  )
}

function standsInTheWay({ kind, address, readsFor }: MailboxUse) {
  if (kind === 'sandbox')
    return refused(
      'The sandbox cannot be removed: sequences are tried in it. It sends nothing to the world.',
      { code: 'sandbox_stays' },
    )
  if (readsFor.length > 0)
    return refused(
      `${address} reads the answers of ${readsFor.join(', ')}. Choose another mailbox for that in its settings (reads_via), then remove this one.`,
      { code: 'mailbox_reads_for_others' },
    )
  return undefined
}

function asksFor({ live, address }: MailboxUse) {
  const people = live === 1 ? '1 person is' : `${live} people are`
  return refused(
    `${people} in a sequence from ${address}. Say what becomes of them: people=move (with move_to), finish or hold.`,
    { code: 'mailbox_has_people', parameter: 'people' },
  )
}

/** Its people, by the choice. Whoever is held already stays held, and meets what was chosen when released. */
async function letGo(
  db: Db,
  acting: ActingOnMailbox & { actor: string },
  { use, removal, to }: Asked & { to: readonly MailboxRow[] },
): Promise<Pick<Removed, 'moved' | 'finished' | 'held' | 'failed'>> {
  const { team } = acting
  const none = { moved: 0, finished: 0, held: 0, failed: 0 }
  const found = await movableAt(db, { team, mailboxId: use.id })
  const live = found.filter((one) => one.live)
  switch (removal.people) {
    case null:
      return none
    case 'move': {
      const enrollmentIds = found.map((one) => one.id)
      return { ...none, moved: (await movePeople(db, acting, { from: use.id, to, enrollmentIds })).length }
    }
    case 'finish':
    case 'fail': {
      const stop: Stop =
        removal.people === 'finish'
          ? { to: 'finished', reason: 'mailbox_removed' }
          : { to: 'failed', reason: 'user_deleted' }
      const { stopped } = await stopAndSweep(db, { ...acting, enrollmentIds: live.map(({ id }) => id), stop })
      return { ...none, [stop.to]: stopped.length }
    }
    case 'hold': {
      const stop = {
        to: 'held',
        reason: 'no_active_email_account',
        detail: `${use.address} was removed`,
      } as const
      const enrollmentIds = live.filter((one) => !one.held).map(({ id }) => id)
      const { stopped } = await stopAndSweep(db, { ...acting, enrollmentIds, stop })
      return { ...none, held: stopped.length }
    }
  }
}

/** Nothing of a removed mailbox is read any more, before its time. */
export async function stopReading(db: Db, { team, now }: ActingOnMailbox, id: Id): Promise<Result<null>> {
  return (await db.transaction((tx) => endReading(tx, { team, id, now }))) ? done(null) : notFound()
}
