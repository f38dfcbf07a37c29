/**
 * Judges who opened a mail and who followed its links, and does what follows: numbers and activities, and the end of the sequence for a person
 * who clicked where the sequence says so. What a machine did is written down apart and stops nobody.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { transitionOf } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { acceptedAt, type Visit, visitorOf } from '../core/visit.ts'
import { type NewActivity, writeActivities } from '../store/activities.ts'
import { lockEnrollments } from '../store/locks.ts'
import { addDeltas, type Delta, type EmailMetric } from '../store/stats.ts'
import { sweep } from '../store/stops.ts'
import { type Change, transit } from '../store/transitions.ts'
import {
  type Firsts,
  type JudgedVisit,
  lockVisits,
  type MailVisit,
  mailsToJudge,
  type Stamp,
  saveJudgements,
  stampVisits,
  type VisitedMail,
  visitedMails,
} from '../store/visits.ts'
import { giveCallsForOpens } from './call-for-opens.ts'

/** Mails in one round: a few hundred rows in a transaction. */
const MAILS_PER_ROUND = 200

interface At {
  now: Instant
  random: Random
}

/** Returns how many mails were looked at. */
export async function judgeVisits(db: Db, { now, random }: At): Promise<number> {
  const mails = await mailsToJudge(db, { now, limit: MAILS_PER_ROUND })
  for (const [team, ofTeam] of Map.groupBy(mails, (one) => one.team)) {
    const messageIds = ofTeam.map((one) => one.messageId).sort()
    const enrollmentIds = await db.transaction((tx) => judge(tx, { team, messageIds, now, random }))
    if (enrollmentIds.length > 0) await sweep(db, { team, of: { enrollmentIds }, now, random })
  }
  return mails.length
}

interface Judging extends At {
  team: TeamId
  messageIds: readonly Id[]
}

/** Enrollments are locked before messages. Returns those that ended. */
async function judge(tx: Db, o: Judging): Promise<Id[]> {
  const { team, now, random } = o
  const visits = await lockVisits(tx, o)
  const mails = await visitedMails(tx, { team, ids: [...new Set(visits.map((one) => one.messageId))] })
  const judged = mails.map((mail) =>
    judgedOf(
      mail,
      visits.filter((one) => one.messageId === mail.id),
    ),
  )
  await saveJudgements(tx, { team, judged: judged.flatMap((one) => one.visits) })
  // At once and before any message: whoever judges another opening of theirs waits here, and then counts this one.
  await lockEnrollments(tx, team, judged.flatMap(concerned))
  await giveCallsForOpens(tx, {
    team,
    messageIds: judged.filter(asksForCall).map(({ mail }) => mail.id),
    now,
    random,
  })
  const ended = await endForClicks(tx, o, judged)
  const stamps = judged.map(stampOf)
  const firsts = await stampVisits(tx, { team, stamps, now })
  const byId = new Map(firsts.map((one) => [one.messageId, one]))
  const counted = judged.flatMap((one) => {
    const first = byId.get(one.mail.id)
    return first ? [{ ...one, first }] : []
  })
  await addDeltas(tx, { team, deltas: counted.flatMap(({ mail, first }) => deltasOf(mail, first)) })
  await writeActivities(tx, { team, now, random, activities: counted.flatMap(activitiesOf) })
  return ended
}

interface Judged {
  mail: VisitedMail
  visits: (JudgedVisit & { visit: MailVisit })[]
}

function judgedOf(mail: VisitedMail, all: readonly MailVisit[]): Judged {
  const beside: readonly Visit[] = all
  const visits = all
    .filter((one) => one.due)
    .map((visit) => ({
      id: visit.id,
      visit,
      visitor: visitorOf(visit, { acceptedAt: acceptedAt(mail), beside }),
    }))
  return { mail, visits }
}

function openedByPerson({ visits }: Judged): boolean {
  return visits.some(({ visit, visitor }) => visit.kind === 'open' && visitor.by === 'person')
}

const asksForCall = (judged: Judged) => judged.mail.taskOnOpens && openedByPerson(judged)

/** The enrollments that something may follow for. */
function concerned(judged: Judged): Id[] {
  const { enrollmentId, finishOnClick } = judged.mail
  return enrollmentId !== null && (finishOnClick || asksForCall(judged)) ? [enrollmentId] : []
}

/** A click in one sequence ends that one alone: it says something about what that sequence wrote. Nobody else is woken by it. */
async function endForClicks(
  tx: Db,
  { team, now, random }: Judging,
  judged: readonly Judged[],
): Promise<Id[]> {
  const changes = judged.flatMap(({ mail, visits }): Change[] => {
    const clicked = visits.some(({ visit, visitor }) => visit.kind === 'click' && visitor.by === 'person')
    if (!clicked || !mail.finishOnClick || mail.enrollmentId === null) return []
    const transition = transitionOf({ to: 'finished', reason: 'clicked' })
    return [{ enrollmentId: mail.enrollmentId, transition, reason: 'clicked', messageId: mail.id }]
  })
  const moved = await transit(tx, { team, changes, actor: 'contact', now, random })
  return moved.map((one) => one.enrollmentId)
}

function firstAt({ visits }: Judged, kind: Visit['kind'], by: 'person' | 'machine'): Instant | null {
  const found = visits.find(({ visit, visitor }) => visit.kind === kind && visitor.by === by)
  return found?.visit.at ?? null
}

function stampOf(judged: Judged): Stamp {
  return {
    messageId: judged.mail.id,
    openedAt: firstAt(judged, 'open', 'person'),
    machineOpenedAt: firstAt(judged, 'open', 'machine'),
    clickedAt: firstAt(judged, 'click', 'person'),
    scannerClickedAt: firstAt(judged, 'click', 'machine'),
  }
}

/** Each email counts once in each number. */
function deltasOf({ id: messageId, sequenceId, stepId, variantId }: VisitedMail, first: Firsts): Delta[] {
  if (sequenceId === null) return []
  const numbers: [EmailMetric, boolean][] = [
    ['opened', first.opened],
    ['machine_opened', first.machineOpened],
    ['opened_unfiltered', first.openedAtAll],
    ['clicked', first.clicked],
    ['scanner_clicked', first.scannerClicked],
    ['clicked_unfiltered', first.clickedAtAll],
  ]
  return numbers
    .filter(([, counts]) => counts)
    .map(([metric]) => ({ sequenceId, stepId, variantId, messageId, metric, n: 1 }))
}

/** Every click of a person; of the rest the first of its kind: mails are opened often, and scanned over and over. */
function activitiesOf({ mail, visits, first }: Judged & { first: Firsts }): NewActivity[] {
  const { id: messageId, enrollmentId, sequenceId, stepId, contactId, mailboxId } = mail
  const about = { messageId, enrollmentId, sequenceId, stepId, contactId, mailboxId }
  const told = new Set<string>()
  return visits.flatMap(({ visit, visitor }): NewActivity[] => {
    const byPerson = visitor.by === 'person'
    const open = visit.kind === 'open'
    const kind = open ? (byPerson ? 'opened' : 'machine_opened') : byPerson ? 'clicked' : 'scanner_clicked'
    const isFirst = {
      opened: first.opened,
      machine_opened: first.machineOpened,
      clicked: true,
      scanner_clicked: first.scannerClicked,
    }[kind]
    if (!isFirst || (kind !== 'clicked' && told.has(kind))) return []
    told.add(kind)
    const detail = {
      ...(visit.target === null ? {} : { link: visit.target }),
      ...(visitor.by === 'machine' ? { rule: visitor.rule, words: visitor.words } : {}),
    }
    const actor = byPerson ? 'contact' : 'machine'
    return [{ ...about, kind, actor, at: visit.at, detail }]
  })
}
