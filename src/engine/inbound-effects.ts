/**
 * What each kind of mail does, in the transaction of its cursor. An answer finishes its enrollment alone; other sequences of the same
 * person go on, and the activity names them. An absence pauses until the stated day, or holds without one; a plain automatic reply
 * (a ticket number) is only recorded: the contract's 3.1 pauses for an out-of-office note alone. A hard bounce, a complaint and an
 * opt-out end everything for the address.
 *
 * Locks in the order of ENGINE section 2, contacts before all of it.
 */
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { writeActivities } from '../store/activities.ts'
import { moveToStage } from '../store/contact-stages.ts'
import type { Matched } from '../store/inbound.ts'
import {
  activeAtMailbox,
  markEnrollmentReplied,
  markMessageComplained,
  markMessageReplied,
} from '../store/inbound-marks.ts'
import { lockEnrollments } from '../store/locks.ts'
import { countForMail } from '../store/mail-effects.ts'
import { addressOfToday, recordOptOut } from '../store/opt-outs.ts'
import { liveEnrollments, stop, suppress } from '../store/stops.ts'
import { away } from './inbound-away.ts'
import { bounce } from './inbound-bounce.ts'
import { tellCompany } from './inbound-company.ts'
import { doubtOptOut } from './inbound-doubt.ts'
import { ACTOR, about, type Event, NOTHING, note, type Stopped } from './inbound-event.ts'
import type { Match } from './inbound-match.ts'
import { endForMeaning, recordMeaning } from './inbound-meaning.ts'

/** Applies the mail's effect. Returns whose claimed emails are to be swept after the commit. */
export async function applyEffect(tx: Db, event: Event): Promise<Stopped> {
  const { kind } = event.reading
  if (kind === 'human_outbound') return byHand(tx, event)
  if (kind === 'opt_out') return optOut(tx, event)
  const { match } = event
  if (match === null) return NOTHING
  if (isNoteOfCopy(event, match)) return noted(tx, event, match)
  await tellCompany(tx, event, match)
  const ended = await endForMeaning(tx, event, match)
  const stopped = await effectOfKind(tx, event, match)
  await recordMeaning(tx, event, match)
  return { ...stopped, enrollmentIds: [...new Set([...stopped.enrollmentIds, ...ended])] }
}

/** Whoever got a copy is away, or has left: that says nothing about the person whom we wrote to. */
function isNoteOfCopy({ reading, sender }: Event, { message }: Match): boolean {
  const isNote = reading.kind === 'auto_reply' || reading.kind === 'out_of_office'
  return isNote && sender !== null && sender !== message.toAddress && message.copies.includes(sender)
}

const noted = (tx: Db, event: Event, { message }: Match) =>
  note(tx, event, { ...about(message), kind: 'auto_replied', detail: { from: event.sender } })

async function effectOfKind(tx: Db, event: Event, match: Match): Promise<Stopped> {
  const { kind } = event.reading
  switch (kind) {
    // A person's mail without any mark of an answer, from somebody we wrote to, is one all the same.
    case 'reply':
    case 'other':
      return reply(tx, event, match)
    case 'auto_reply':
      return noted(tx, event, match)
    case 'out_of_office':
      return away(tx, event, match.message)
    case 'bounce':
      return bounce(tx, event, match)
    case 'complaint':
      return complaint(tx, event, match)
    case 'delivered':
    case 'opt_out':
    case 'human_outbound':
      return NOTHING
  }
}

async function reply(tx: Db, event: Event, { message, evidence }: Match): Promise<Stopped> {
  const { team, inboundId, actor, now, random, sender } = event
  const { enrollmentId, sequenceId, stepId, variantId, contactId, toAddress } = message
  const moving = { team, address: toAddress, ...(contactId === null ? {} : { contactId }), now, inboundId }
  await moveToStage(tx, { ...moving, event: 'replied', of: { sequenceId } })
  const ended = message.finishOnReply ? await answeredBy(tx, team, message) : []
  await lockEnrollments(tx, team, ended)
  if (
    enrollmentId !== null &&
    (await markEnrollmentReplied(tx, { team, enrollmentId, now })) &&
    sequenceId !== null
  )
    await countForMail(tx, {
      team,
      inboundId,
      deltas: [{ sequenceId, stepId, variantId, messageId: message.id, metric: 'replied', n: 1 }],
    })
  if (ended.length > 0) {
    const ending = { to: 'finished', reason: 'replied' } as const
    await stop(tx, {
      team,
      enrollmentIds: ended,
      stop: ending,
      actor,
      now,
      random,
      messageId: message.id,
      inboundId,
    })
  }
  const replyClass = event.reading.replyClass?.class ?? null
  await markMessageReplied(tx, { team, messageId: message.id, now, replyClass })
  const others =
    contactId === null ? [] : await liveEnrollments(tx, { team, of: { contactIds: [contactId] } })
  const detail = {
    from: sender,
    name: event.mail.from?.name ?? '',
    by_colleague: sender !== null && toAddress !== null && sender !== toAddress,
    matched_by: evidence.name,
    confidence: evidence.score,
    still_active: others.filter((id) => !ended.includes(id)),
  }
  await note(tx, event, { ...about(message), kind: 'replied', detail })
  return { ...NOTHING, enrollmentIds: ended }
}

/** The enrollment that was answered, and the one in its place: they were removed and added again, or merged with another contact. */
async function answeredBy(
  tx: Db,
  team: TeamId,
  { enrollmentId, contactId, sequenceId }: Matched,
): Promise<Id[]> {
  if (enrollmentId === null) return []
  if (contactId === null || sequenceId === null) return [enrollmentId]
  const of = { contactIds: [contactId], sequenceIds: [sequenceId] }
  return [...new Set([enrollmentId, ...(await liveEnrollments(tx, { team, of }))])]
}

async function complaint(tx: Db, event: Event, { message, proved }: Match): Promise<Stopped> {
  const { team, inboundId, actor, now, random } = event
  const { toAddress } = message
  // Anybody can write a report about anybody; only who was written to knows the Message-ID.
  if (!proved || toAddress === null) return NOTHING
  const written = { team, address: toAddress, messageId: message.id }
  const addresses = [toAddress, ...(await addressOfToday(tx, written))]
  await suppress(tx, {
    team,
    entries: addresses.map((value) => ({ kind: 'address', value })),
    reason: 'complaint',
    source: 'feedback report',
    by: null,
    actor,
    now,
    random,
    stop: { to: 'finished', reason: 'complained' },
    inboundId,
  })
  await markMessageComplained(tx, { team, messageId: message.id, now })
  await note(tx, event, { ...about(message), kind: 'complained', detail: { from: event.sender } })
  return { ...NOTHING, addresses }
}

/** Opts out whom we wrote to, and who asked for it when that is somebody else. */
async function optOut(tx: Db, event: Event): Promise<Stopped> {
  const { team, inboundId, now, random, match, sender, reading } = event
  const byToken = reading.evidence.some(({ name }) => name === 'opt-out token')
  // Anybody can write a sender into a mail; who quotes our Message-ID, or its token, has received it.
  if (reading.senderDoubt !== null && !byToken && match?.proved !== true) return doubtOptOut(tx, event, match)
  const via = byToken ? 'mailto' : 'reply'
  const written = match?.message.toAddress ?? null
  const addresses = [...new Set([written, byToken ? null : sender])]
    .filter((address) => address !== null)
    .sort()
  const optedOut: string[] = []
  for (const address of addresses) {
    const messageId = address === written ? match!.message.id : null
    const actor = event.actor === ACTOR ? 'contact' : event.actor
    const done = await recordOptOut(tx, { team, address, via, messageId, actor, now, random, inboundId })
    optedOut.push(...done.addresses)
  }
  return { ...NOTHING, addresses: [...new Set(optedOut)] }
}

/** A person of ours wrote to somebody enrolled: the next automatic email waits until they say so. */
async function byHand(tx: Db, event: Event): Promise<Stopped> {
  const { team, mailboxId, now, random, mail, recipients, receivedAt } = event
  const concerned = await activeAtMailbox(tx, { team, mailboxId, addresses: recipients, before: receivedAt })
  const enrollmentIds = concerned.map(({ enrollmentId }) => enrollmentId)
  const hold = { to: 'held', reason: 'human_outbound', detail: mail.subject.slice(0, 200) } as const
  await stop(tx, { team, enrollmentIds, stop: hold, actor: ACTOR, now, random })
  const activities = concerned.map((one) => ({
    ...one,
    kind: 'human_outbound' as const,
    actor: ACTOR,
    mailboxId,
    detail: { from: event.sender, subject: mail.subject.slice(0, 200) },
  }))
  await writeActivities(tx, { team, now, random, activities })
  return { ...NOTHING, enrollmentIds }
}
