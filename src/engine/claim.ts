/**
 * One claim: takes what is due at some mailboxes of one team, decides about each, writes everything down in one transaction, and returns
 * what is now to be sent. The order of its statements is ENGINE section 2.
 */
import type { Clock, Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { deedOf } from '../core/deed.ts'
import type { Facts } from '../core/facts.ts'
import { inboxReadUntil } from '../core/gates.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { capacity } from '../core/pacing.ts'
import type { Random } from '../core/random.ts'
import { trackingBase } from '../core/tracking.ts'
import type { Log } from '../log.ts'
import { capName, lockCaps, looseCaps } from '../store/caps.ts'
import { type Outgoing, readOutgoing } from '../store/claimed-messages.ts'
import {
  type DueId,
  dueOnLanes,
  type LockedMailbox,
  lockAwake,
  type Moments,
  peekAwake,
  type Reach,
  wantReads,
} from '../store/claims.ts'
import { capsIn, keysIn, putCaps, withUsed } from '../store/due-caps.ts'
import { type DueEnrollment, readDue } from '../store/due-enrollments.ts'
import { type PacedMailbox, readPaces } from '../store/mailbox-paces.ts'
import { claimQueued } from '../store/queued-messages.ts'
import { recoverLeft } from '../store/recoveries.ts'
import { type Trackable, trackAsAsked } from '../store/tracking.ts'
import { closeClaim } from './close-claim.ts'
import { type DecidedAll, decideSafely, lacksWording, laneName, mayLook } from './decided.ts'
import { deal, type Hands } from './hands.ts'
import { type AllPrepared, messageOf, nameOf, prepareAll } from './wording.ts'
import { writeDecisions } from './write-decisions.ts'

/** Mailboxes per claim: enough to share its round trips, few enough that other workers find some. */
const MAILBOXES_PER_CLAIM = 8
/** Rows looked at per mailbox even where it may send one only: rows that must be held or moved go by the dozen. */
const LOOK_MIN = 20
/** Of these on every lane: one that a gate keeps closed, and that is awake for what a person sent off, must not hide the others for ever. */
const LOOK_LANE_MIN = 5
/** Real time for which a claim's mailbox is ours: the batch, each mail with the longest usual dialogue. Late answers are still recorded. */
const LEASE_MS = 120_000
const LEASE_PER_MAIL_MS = 10_000

export interface ClaimTools {
  db: Db
  clock: Clock
  random: Random
  log: Log
  publicUrl: string | null
  /** Where this process answers by itself; undefined where it serves no pages. */
  ownUrl?: string | undefined
  worker: string
}

export interface Claim {
  team: TeamId
  batches: { mailboxId: Id; fence: number; messages: Outgoing[] }[]
  /** Mailboxes looked at: 0 means that nobody was awake, or others were quicker. */
  looked: number
  wantsRead: boolean
}

export async function claim(team: TeamId, tools: ClaimTools): Promise<Claim> {
  const moments = momentsOf(tools.clock)
  const mailboxIds = await peekAwake(tools.db, { team, ...moments, limit: MAILBOXES_PER_CLAIM })
  if (mailboxIds.length === 0) return { team, batches: [], looked: 0, wantsRead: false }
  const rendered = await prepareDue(team, mailboxIds, tools)
  const taken = await tools.db.transaction((tx) => take(tx, { team, mailboxIds, rendered, moments, tools }))
  await wantReads(tools.db, { team, mailboxIds: taken.wantRead, now: moments.now })
  const outgoing = await readOutgoing(tools.db, { team, ids: taken.claimed })
  return {
    team,
    looked: taken.mailboxes.length,
    wantsRead: taken.wantRead.length > 0,
    // One whose mails were all taken back meanwhile has no messages: its lease is ended at once, too.
    batches: taken.mailboxes.flatMap(({ id, fence }) => {
      const messages = outgoing.filter((one) => one.mailboxId === id)
      return taken.leased.has(id) ? [{ mailboxId: id, fence: fence + 1, messages }] : []
    }),
  }
}

function momentsOf(clock: Clock): Moments {
  return { now: clock.now(), real: clock.real() }
}

/** What will probably be claimed, rendered before any lock is taken. */
async function prepareDue(team: TeamId, mailboxIds: readonly Id[], tools: ClaimTools): Promise<AllPrepared> {
  const { db, clock, random, publicUrl, log } = tools
  const now = clock.now()
  const paces = await readPaces(db, { team, mailboxIds, now })
  const due = await dueAt(db, { team, paces, now })
  return prepareAll(due, { publicUrl, now, random, log })
}

interface Taking {
  team: TeamId
  mailboxIds: readonly Id[]
  rendered: AllPrepared
  moments: Moments
  tools: ClaimTools
}

interface Taken {
  mailboxes: LockedMailbox[]
  claimed: Id[]
  leased: ReadonlySet<Id>
  wantRead: Id[]
}

async function take(tx: Db, { team, mailboxIds, rendered, moments, tools }: Taking): Promise<Taken> {
  const mailboxes = await lockAwake(tx, { team, mailboxIds, ...moments })
  if (mailboxes.length === 0) return { mailboxes, claimed: [], leased: new Set(), wantRead: [] }
  // A clock that fell back must not undo what an earlier claim has counted.
  const now = Math.max(moments.now, ...mailboxes.map((one) => one.lastClaimAt))
  const ids = mailboxes.map((one) => one.id)
  // What it locks comes after counters in the lock order: then what is due is left to the next claim.
  const recovered = (await recoverLeft(tx, { team, mailboxIds: ids, now, random: tools.random })) > 0
  const queued = recovered ? [] : await claimQueued(tx, { team, mailboxes, now })
  const paces = await readPaces(tx, { team, mailboxIds: ids, now })
  const found = recovered ? [] : await dueAt(tx, { team, paces, now })
  const capKeys = found.flatMap((one) => keysIn(one.capKeys))
  const used = await lockCaps(tx, team, capKeys)
  const loose = await looseCaps(tx, team, capKeys)
  const { hands, due, changed } = await deal(tx, team, found)
  const { random, log } = tools
  const decided = decideAll(due, { paces, used, loose, hands, ...rendered, now, random, log })
  for (const one of changed) decided.unfinished.add(one.mailboxId)
  if (recovered) for (const id of ids) decided.unfinished.add(id)
  const fences = new Map(mailboxes.map((one) => [one.id, one.fence + 1]))
  const messages = decided.send.map(({ due: one, facts, decision, prepared: made }) =>
    messageOf(one, {
      prepared: made!,
      facts,
      fence: fences.get(one.mailboxId)!,
      windowClosesAt: decision.do === 'send' ? decision.windowClosesAt : null,
      random: tools.random,
    }),
  )
  const until = moments.real + LEASE_MS + LEASE_PER_MAIL_MS * (messages.length + queued.length)
  const claimed = await writeDecisions(tx, { team, decided, messages, until, now, random, log })
  const messageIds = [...claimed.messageIds, ...queued.map((one) => one.id)]
  await trackAsAsked(tx, { team, messageIds, trackable: trackableBy(tools) })
  const leased = new Set([...claimed.mailboxIds, ...queued.map((one) => one.mailboxId)])
  const wantRead = await closeClaim(tx, {
    team,
    mailboxes,
    paces,
    parked: decided.parked,
    leased,
    unfinished: decided.unfinished,
    until,
    moments: { now, real: moments.real },
    worker: tools.worker,
  })
  return { mailboxes, claimed: messageIds, leased, wantRead }
}

function trackableBy({ publicUrl, ownUrl }: ClaimTools): Trackable {
  const may = (sandbox: boolean) => trackingBase({ publicUrl, ownUrl: ownUrl ?? null, sandbox }) !== null
  return { real: may(false), sandbox: may(true) }
}

/** What is due at mailboxes that may send something now, follow-ups only as far as their inbox was read. */
async function dueAt(
  db: Db,
  { team, paces, now }: { team: TeamId; paces: ReadonlyMap<Id, PacedMailbox>; now: Instant },
): Promise<DueEnrollment[]> {
  const open = [...paces.values()].filter((one) => mayLook(one, now))
  const reaches = open.map((one): Reach => {
    const followUntil = inboxReadUntil(one.reading, now)
    return {
      mailboxId: one.id,
      firstUntil: now,
      followUntil: followUntil === null ? null : Math.min(followUntil, now),
    }
  })
  const limit = Math.max(LOOK_MIN, ...open.map((one) => capacity(one.pace, now)))
  const found = await dueOnLanes(db, { team, now, reaches, limit })
  const order = firstOf(found, (id) => Math.max(LOOK_MIN, capacity(paces.get(id)!.pace, now)))
  const due = await readDue(db, { team, enrollmentIds: order, now, paces })
  const byId = new Map(due.map((one) => [one.facts.enrollment.id, one]))
  return order.flatMap((id) => byId.get(id) ?? [])
}

/** `found` stands in order of rank and due time; each mailbox gets its first few, and each of its lanes. */
function firstOf(found: readonly DueId[], limitOf: (mailboxId: Id) => number): Id[] {
  const taken = new Map<string, number>()
  const take = (name: string) => {
    const count = (taken.get(name) ?? 0) + 1
    taken.set(name, count)
    return count
  }
  return found.flatMap(({ id, mailboxId, sequenceId }) => {
    const [atMailbox, onLane] = [take(mailboxId), take(laneName(mailboxId, sequenceId))]
    return atMailbox <= limitOf(mailboxId) || onLane <= LOOK_LANE_MIN ? [id] : []
  })
}

interface Deciding extends AllPrepared {
  paces: ReadonlyMap<Id, PacedMailbox>
  used: Map<string, number>
  /** Counters of which some may be given back. */
  loose: Set<string>
  hands: Hands
  now: Instant
  random: Random
  log: Log
}

/** In order, what people sent off first; what was sent before it counts for what comes after: the mailbox's capacity and the shared caps. */
function decideAll(due: readonly DueEnrollment[], o: Deciding): DecidedAll {
  const all: DecidedAll = { send: [], other: [], parked: new Map(), unfinished: new Set() }
  const room = new Map([...o.paces].map(([id, mailbox]) => [id, capacity(mailbox.pace, o.now)]))
  for (const one of due) {
    if (all.parked.has(laneName(one.mailboxId, one.sequenceId))) continue
    decideOne(one, all, { ...o, room })
  }
  return all
}

function decideOne(found: DueEnrollment, all: DecidedAll, o: Deciding & { room: Map<Id, number> }): void {
  const due = o.hands.pick(found)
  const prepared = o.prepared.get(nameOf(due)) ?? null
  const facts = { ...withCaps(due, o), missing: prepared?.missing ?? null }
  const decision = decideSafely(facts, { ...o, fault: o.faults.get(nameOf(due)) })
  const decided = { due, facts, decision, prepared }
  if (decision.do === 'park' && decision.scope === 'lane')
    all.parked.set(laneName(due.mailboxId, due.sequenceId), {
      until: decision.until,
      whole: deedOf(facts) === 'own_email',
    })
  else if (lacksWording(decided)) all.unfinished.add(due.mailboxId)
  else if (decision.do !== 'send') all.other.push(decided)
  else if (o.room.get(due.mailboxId)! > 0) {
    o.room.set(due.mailboxId, o.room.get(due.mailboxId)! - 1)
    for (const name of keysIn(due.capKeys).map(capName)) {
      o.used.set(name, (o.used.get(name) ?? 0) + 1)
      o.loose.add(name)
    }
    o.hands.take(due)
    all.send.push(decided)
  }
}

/** The counters as they are now that they are locked, and this claim's own sends added. */
function withCaps({ facts, capKeys }: DueEnrollment, { used, loose, now }: Deciding): Facts {
  if (keysIn(capKeys).length === 0) return facts
  const counted = withUsed(capsIn(facts), capKeys, (name) => ({
    used: used.get(name) ?? 0,
    looseUntil: loose.has(name) ? now + LEASE_MS : null,
  }))
  return putCaps(facts, counted)
}
