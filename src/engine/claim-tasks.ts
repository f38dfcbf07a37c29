/**
 * One claim of tasks: takes the steps of one team that a person does and that are due, decides about each, and gives whoever may go on
 * a task, with a draft where the step is an email. Apart from the claim of emails: a call waits for no mailbox.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { deedOf } from '../core/deed.ts'
import { rankOf } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { isEmail } from '../core/sequence.ts'
import { type DueEnrollment, readDue } from '../store/due-enrollments.ts'
import { bumpLanes } from '../store/lanes.ts'
import { lockMailboxes } from '../store/locks.ts'
import {
  closeTaskLanes,
  dueForTasks,
  leaveToMailbox,
  peekTaskMailboxes,
  taskOutlooks,
} from '../store/task-claims.ts'
import type { ClaimTools } from './claim.ts'
import { type DecidedAll, decideSafely, lacksWording, laneName } from './decided.ts'
import { deal, type Hands } from './hands.ts'
import { type AllPrepared, nameOf, prepareAll } from './wording.ts'
import { writeDecisions } from './write-decisions.ts'

/** Mailboxes per claim, whose rows are locked for as long as it takes: some milliseconds. */
const MAILBOXES_PER_CLAIM = 8
/** Per lane. Each is some rows, and drafts are rendered at 0.3 ms. */
const TASKS_PER_LANE = 200

/** Returns how many mailboxes were looked at: 0 when nobody was awake. */
export async function claimTasks(team: TeamId, tools: ClaimTools): Promise<number> {
  const { db, clock, random, publicUrl, log } = tools
  const now = clock.now()
  const mailboxIds = await peekTaskMailboxes(db, { team, now, limit: MAILBOXES_PER_CLAIM })
  if (mailboxIds.length === 0) return 0
  const drafts = (await dueHere(db, { team, now, mailboxIds })).filter((one) => isEmail(one.facts.step.kind))
  const rendered = prepareAll(drafts, { publicUrl, now, random, log })
  await db.transaction((tx) => take(tx, { team, now, mailboxIds, rendered, tools }))
  return mailboxIds.length
}

async function dueHere(
  db: Db,
  o: { team: TeamId; now: Instant; mailboxIds: readonly Id[] },
): Promise<DueEnrollment[]> {
  const enrollmentIds = await dueForTasks(db, { ...o, limit: TASKS_PER_LANE })
  return readDue(db, { team: o.team, enrollmentIds, now: o.now })
}

interface Taking {
  team: TeamId
  now: Instant
  mailboxIds: readonly Id[]
  rendered: AllPrepared
  tools: ClaimTools
}

/** The rows of the mailboxes come first in the order of locks; two processes that look at once come one after the other. */
async function take(tx: Db, { team, now, mailboxIds, rendered, tools }: Taking): Promise<void> {
  const { random, log } = tools
  await lockMailboxes(tx, team, mailboxIds)
  const { hands, due } = await deal(tx, team, await dueHere(tx, { team, now, mailboxIds }))
  const decided = decideAll(due, { now, rendered, hands, tools })
  await writeDecisions(tx, { team, decided, messages: [], until: now, now, random, log })
  await leaveEmails(tx, { team, now, emails: decided.emails })
  const outlooks = await taskOutlooks(tx, { team, now, mailboxIds })
  await closeTaskLanes(tx, {
    team,
    lanes: outlooks.map((lane) => {
      const name = laneName(lane.mailboxId, lane.sequenceId)
      const parked = decided.parked.get(name)
      return parked ? { ...lane, wakeAt: parked.until } : lane
    }),
  })
}

interface Deciding {
  now: Instant
  rendered: AllPrepared
  hands: Hands
  tools: ClaimTools
}

function decideAll(due: readonly DueEnrollment[], o: Deciding): DecidedAll & { emails: DueEnrollment[] } {
  const all = { send: [], other: [], parked: new Map(), unfinished: new Set<Id>() } as DecidedAll
  const emails: DueEnrollment[] = []
  for (const found of due) {
    const one = o.hands.pick(found)
    const { facts, mailboxId, sequenceId } = one
    const name = laneName(mailboxId, sequenceId)
    if (all.parked.has(name)) continue
    if (deedOf(facts) !== 'task') {
      emails.push(one)
      continue
    }
    const prepared = o.rendered.prepared.get(nameOf(one)) ?? null
    const fault = o.rendered.faults.get(nameOf(one))
    const decided = {
      due: one,
      facts,
      decision: decideSafely(facts, { ...o.tools, now: o.now, fault }),
      prepared,
    }
    const { decision } = decided
    if (decision.do === 'park') all.parked.set(name, { until: decision.until, whole: true })
    else if (!lacksWording(decided)) {
      if (decision.do === 'task') o.hands.take(one)
      all.other.push(decided)
    }
  }
  return { ...all, emails }
}

async function leaveEmails(
  tx: Db,
  { team, now, emails }: { team: TeamId; now: Instant; emails: readonly DueEnrollment[] },
): Promise<void> {
  const people = emails.map(({ facts }) => ({
    id: facts.enrollment.id,
    rank: rankOf({
      first: facts.step.first,
      priority: null,
      by: deedOf(facts) === 'own_email' ? 'sent_off' : 'itself',
    }),
  }))
  await leaveToMailbox(tx, { team, people })
  const bumps = emails.map(({ mailboxId, sequenceId }) => ({ mailboxId, sequenceId, dueAt: now }))
  await bumpLanes(tx, { team, bumps, now })
}
