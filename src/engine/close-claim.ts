/** The end of a claim: when each lane and each mailbox is next worth looking at, the lease, and who needs an inbox read. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { inboxReadUntil } from '../core/gates.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { paceOpensAt } from '../core/pacing.ts'
import {
  closeLanes,
  closeMailboxes,
  type LaneOutlook,
  type LockedMailbox,
  laneOutlooks,
  type MailboxEnd,
  type Moments,
  type Outlook,
  sleepingLanes,
} from '../store/claims.ts'
import type { PacedMailbox } from '../store/mailbox-paces.ts'
import { nextQueued } from '../store/queued-messages.ts'
import { laneName, mayLook, type Parked } from './decided.ts'

export interface Closing {
  team: TeamId
  mailboxes: readonly LockedMailbox[]
  /** As they were before this claim. */
  paces: ReadonlyMap<Id, PacedMailbox>
  parked: ReadonlyMap<string, Parked>
  leased: ReadonlySet<Id>
  unfinished: ReadonlySet<Id>
  until: Instant
  moments: Moments
  worker: string
}

/** Returns the mailboxes whose follow-ups wait for their inbox to be read. */
export async function closeClaim(tx: Db, o: Closing): Promise<Id[]> {
  const { team, moments, parked } = o
  const ids = o.mailboxes.map((one) => one.id)
  const looked = ids.filter((id) => mayLook(o.paces.get(id)!, moments.now))
  const outlooks = await laneOutlooks(tx, { team, now: moments.now, mailboxIds: looked })
  await closeLanes(tx, {
    team,
    now: moments.now,
    lanes: outlooks.map((lane) => {
      const { mailboxId, sequenceId } = lane
      const park = parked.get(laneName(mailboxId, sequenceId))
      const { firstDue, followDue } = awakeIn(lane, park)
      const wakeAt = earliest(park?.until ?? null, firstDue, followDue)
      return { mailboxId, sequenceId, wakeAt, served: park === undefined }
    }),
  })
  const sleeping = await sleepingLanes(tx, { team, now: moments.now, mailboxIds: ids })
  const queued = await nextQueued(tx, { team, mailboxIds: ids })
  const ends = o.mailboxes.map(({ id }) => {
    const mine = outlooks
      .filter((one) => one.mailboxId === id)
      .map((one) => awakeIn(one, parked.get(laneName(id, one.sequenceId))))
    return endOf(o, {
      id,
      outlooks: mine,
      sleepsUntil: earliest(sleeping.get(id) ?? null, queued.get(id) ?? null),
    })
  })
  await closeMailboxes(tx, { team, ...moments, worker: o.worker, mailboxes: ends })
  return ends.filter((end) => end.wantsRead).map((end) => end.id)
}

const NOTHING: Outlook = { firstDue: null, followDue: null }

/** What a lane may still send: all of it, what people sent off, or nothing until its gate opens. */
function awakeIn(lane: LaneOutlook, park: Parked | undefined): Outlook {
  if (park === undefined) return lane
  return park.whole ? NOTHING : lane.own
}

interface Ahead {
  id: Id
  outlooks: readonly Outlook[]
  sleepsUntil: Instant | null
}

function endOf(o: Closing, { id, outlooks, sleepsUntil }: Ahead): MailboxEnd {
  const { now } = o.moments
  const mailbox = o.paces.get(id)!
  // While the lease runs nobody looks; what its end finds decides about the next look.
  if (o.leased.has(id) || o.unfinished.has(id))
    return { id, wakeAt: now, busyUntil: o.leased.has(id) ? o.until : null, wantsRead: false }
  const opensAt = mailboxOpensAt(mailbox, now)
  if (opensAt !== now) return { id, wakeAt: opensAt, busyUntil: null, wantsRead: false }
  const readUntil = inboxReadUntil(mailbox.reading, now) ?? Number.NEGATIVE_INFINITY
  const unread = outlooks.filter(
    ({ followDue }) => followDue !== null && followDue <= now && followDue > readUntil,
  )
  // The finished read wakes the mailbox for these; looking before would find them still closed.
  const wakes = outlooks.flatMap((one) => [one.firstDue, unread.includes(one) ? null : one.followDue])
  return { id, wakeAt: earliest(sleepsUntil, ...wakes), busyUntil: null, wantsRead: unread.length > 0 }
}

/** Null: only an event opens it (it was disconnected or suspended, or a limit is 0). */
function mailboxOpensAt(
  { connected, suspendedFor, pausedUntil, pace }: PacedMailbox,
  now: Instant,
): Instant | null {
  if (!connected || suspendedFor !== null) return null
  const paceAt = paceOpensAt(pace, now)
  return paceAt === null ? null : Math.max(paceAt, pausedUntil ?? now, now)
}

function earliest(...instants: (Instant | null)[]): Instant | null {
  const known = instants.filter((instant) => instant !== null)
  return known.length === 0 ? null : Math.min(...known)
}
