/**
 * A person says whose mail this is, or that it is nobody's: what it had done to whom it was taken for is undone, and it does the same to whom it
 * belongs, as if it had been matched so from the beginning. The numbers restate; the activity says who said so.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { writeActivities } from '../store/activities.ts'
import type { MailEffect } from '../store/mail-effects.ts'
import { type InFlight, sweep } from '../store/stops.ts'
import {
  emailOf,
  lockBoth,
  lockMail,
  mailOf,
  moveMail,
  type StoredMail,
  type Whose,
} from '../store/stored-mails.ts'
import { undoMail } from '../store/undo-mail.ts'
import { followClass } from './classify-reply.ts'
import { takeBackAnswer } from './follow-company.ts'

/** What a mail does to whom it is about; the engine's, handed in by `app.ts`. */
export type ApplyMail = (
  tx: Db,
  o: {
    team: TeamId
    mail: StoredMail
    messageId: Id
    ending: 'meeting' | 'left_company' | null
    actor: string
    now: Instant
    random: Random
  },
) => Promise<{ enrollmentIds: Id[]; addresses: string[] }>

/** An email of ours, the latest of an enrollment or to a contact; null: nobody's. */
export type Belongs = { messageId: Id } | { enrollmentId: Id } | { contactId: Id } | null

export interface Reattaching {
  team: TeamId
  actor: string
  inboundId: Id
  to: Belongs
  apply: ApplyMail
  now: Instant
  random: Random
}

/** Emails that were leaving when it was said. */
export type Reattached = Result<{ transmitting: InFlight[] }>

export async function reattachMail(db: Db, o: Reattaching): Promise<Reattached> {
  const { team, now, random } = o
  const moved = await db.transaction((tx) => move(tx, o))
  if (!moved.ok) return moved
  const { enrollmentIds, addresses } = moved.value
  const swept = [
    await sweep(db, { team, of: { enrollmentIds }, now, random }),
    await sweep(db, { team, of: { addresses }, now, random }),
  ]
  const transmitting = new Map(swept.flatMap((one) => one.transmitting).map((one) => [one.messageId, one]))
  return done({ transmitting: [...transmitting.values()] })
}

type Stopped = Awaited<ReturnType<ApplyMail>>
const NOTHING: Stopped = { enrollmentIds: [], addresses: [] }

async function move(tx: Db, o: Reattaching): Promise<Result<Stopped>> {
  const { team, actor, now, random } = o
  const read = await mailOf(tx, { team, id: o.inboundId })
  if (!read) return notFound()
  if (isTokensOwn(read))
    return refused(
      'This mail carries the opt-out token of the very email it was matched with, so it is whose that email was. To write to them again, take their address off the do-not-contact list.',
      { code: 'proved_by_token' },
    )
  const to = o.to === null ? null : await emailOf(tx, { team, of: o.to })
  if (to === undefined)
    return refused(
      'Nothing was sent there, so this mail cannot be an answer to it. Choose somebody who was written to, or say that it is nobody’s.',
      { code: 'nothing_sent' },
    )
  if (isSame(read, { messageId: to?.messageId ?? null, contactId: to?.contactId ?? null }))
    return refused('The mail belongs there already.', { code: 'already_there' })
  await lockBoth(tx, { team, mail: read, to })
  const mail = await lockMail(tx, { team, id: o.inboundId })
  if (!mail) return notFound()
  if (!isSame(mail, read))
    return refused(
      'Somebody else has said whose mail this is while you did. Look at it again, and say it once more if it is still wrong.',
      { code: 'moved_meanwhile' },
    )
  const undone = await undoMail(tx, { team, mail, actor, now, random })
  const said = { name: 'a person', value: to === null ? 'nobody’s' : 'said so', score: 1 }
  await moveMail(tx, { team, id: mail.id, kind: mail.kind, to, evidence: [...mail.evidence, said] })
  if (mail.contactId !== null) await takeBackAnswer(tx, { team, actor, now, random }, mail.contactId)
  await tell(tx, o, { mail, to })
  if (to === null) return done(NOTHING)
  const stopped = await o.apply(tx, {
    team,
    mail,
    messageId: to.messageId,
    ending: endingOf(undone),
    actor,
    now,
    random,
  })
  const followed = await follow(tx, o, { mail, to })
  return done({
    enrollmentIds: [...stopped.enrollmentIds, ...followed],
    addresses: [...stopped.addresses, ...(to.toAddress === null ? [] : [to.toAddress])],
  })
}

const isSame = (one: Belonging, other: Belonging) =>
  one.messageId === other.messageId && one.contactId === other.contactId
type Belonging = Pick<StoredMail, 'messageId' | 'contactId'>

/** Whoever has the token had the email that it was made for. */
function isTokensOwn({ kind, messageId, evidence }: StoredMail): boolean {
  return kind === 'opt_out' && messageId !== null && evidence.some(({ name }) => name === 'opt-out token')
}

/** What a person had said that it means is meant of whom it belongs to. */
async function follow(
  tx: Db,
  { team, actor, now, random }: Reattaching,
  { mail, to }: { mail: StoredMail; to: Whose },
): Promise<Id[]> {
  const { replyClass, replyClassBy } = mail
  if (replyClass === null || replyClassBy === null || replyClassBy === 'inbound') return []
  const { messageId, enrollmentId, contactId } = to
  await followClass(
    tx,
    { team, actor, now, random },
    { mail: { ...mail, messageId, enrollmentId, contactId }, replyClass },
  )
  return enrollmentId === null ? [] : [enrollmentId]
}

function endingOf(undone: readonly MailEffect[]): 'meeting' | 'left_company' | null {
  for (const one of undone) {
    const reason = one.kind === 'stop' ? one.detail.reason : ''
    if (reason === 'meeting' || reason === 'left_company') return reason
  }
  return null
}

/** In the story of both. */
async function tell(
  tx: Db,
  { team, actor, now, random }: Reattaching,
  { mail, to }: { mail: StoredMail; to: Whose | null },
): Promise<void> {
  const detail = { inbound: mail.id, from: mail.contactId, to: to?.contactId ?? null }
  const both = [
    { contactId: mail.contactId, enrollmentId: mail.enrollmentId, messageId: mail.messageId },
    {
      contactId: to?.contactId ?? null,
      enrollmentId: to?.enrollmentId ?? null,
      messageId: to?.messageId ?? null,
    },
  ]
  const about = both.filter(
    (one, place) => one.contactId !== null && (place === 0 || one.contactId !== mail.contactId),
  )
  const activities = about.map((one) => ({ kind: 'reattached' as const, actor, ...one, detail }))
  await writeActivities(tx, { team, now, random, activities })
}
