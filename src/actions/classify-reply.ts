/** A person says what an answer means: it is remembered, and what follows from it is done. Taking a class back undoes nothing. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { ReplyClass } from '../core/reply-class.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { writeActivities } from '../store/activities.ts'
import { moveToStage } from '../store/contact-stages.ts'
import { type ContactRow, lockContact } from '../store/contacts.ts'
import { recordOptOut } from '../store/opt-outs.ts'
import { type ClassedInbound, inboundById, saveReplyClass } from '../store/reply-classes.ts'
import { type InFlight, liveEnrollments, stop, sweep } from '../store/stops.ts'
import { takeBackAnswer } from './follow-company.ts'
import { endInterested } from './stop-interested.ts'

export interface Classifying {
  team: TeamId
  actor: string
  now: Instant
  random: Random
}

/** Emails that were leaving when it was said. */
export type Classified = Result<{ transmitting: InFlight[] }>

export async function classifyReply(
  db: Db,
  classifying: Classifying,
  { inboundId, replyClass }: { inboundId: Id; replyClass: ReplyClass | null },
): Promise<Classified> {
  const { team, now, random } = classifying
  const said = await db.transaction((tx) => say(tx, classifying, { inboundId, replyClass }))
  if (!said.ok) return said
  const { contactId } = said.value
  const of = { contactIds: contactId === null ? [] : [contactId] }
  const { transmitting } = await sweep(db, { team, of, now, random })
  return done({ transmitting })
}

async function say(
  tx: Db,
  classifying: Classifying,
  { inboundId, replyClass }: { inboundId: Id; replyClass: ReplyClass | null },
): Promise<Result<ClassedInbound>> {
  const { team, actor, now, random } = classifying
  const read = await inboundById(tx, { team, id: inboundId })
  if (!read) return notFound()
  const contact = read.contactId === null ? undefined : await lockContact(tx, { team, id: read.contactId })
  const mail = await inboundById(tx, { team, id: inboundId, locked: true })
  if (!mail) return notFound()
  if (mail.contactId !== read.contactId || mail.messageId !== read.messageId)
    return refused(
      'Somebody has said that this mail is another person’s while you did. Look at it again, then say what it means.',
      { code: 'moved_meanwhile' },
    )
  if (replyClass !== null && !contact)
    return refused('This mail belongs to none of your people, so nothing follows from what it means.')
  if (replyClass !== null) await follow(tx, classifying, { mail, contact: contact!, replyClass })
  await saveReplyClass(tx, { team, mail, replyClass, by: actor, now })
  const about = { contactId: mail.contactId, enrollmentId: mail.enrollmentId, messageId: mail.messageId }
  const detail = { reply_class: replyClass, before: mail.replyClass }
  await writeActivities(tx, {
    team,
    now,
    random,
    activities: [{ kind: 'reply_classified', actor, ...about, detail }],
  })
  return done(mail)
}

/** Somebody else's mail than was thought: what it means is done to whom it belongs to. */
export async function followClass(
  tx: Db,
  classifying: Classifying,
  { mail, replyClass }: { mail: ClassedInbound; replyClass: ReplyClass },
): Promise<void> {
  const contact =
    mail.contactId === null
      ? undefined
      : await lockContact(tx, { team: classifying.team, id: mail.contactId })
  if (contact) await follow(tx, classifying, { mail, contact, replyClass })
}

interface Said {
  mail: ClassedInbound
  contact: ContactRow
  replyClass: ReplyClass
}

async function follow(tx: Db, classifying: Classifying, { mail, contact, replyClass }: Said): Promise<void> {
  const { team, actor, now, random } = classifying
  const { address, id } = contact
  const contactIds = [id]
  const inboundId = mail.id
  const { messageId } = mail
  const moves = (event: 'interested' | 'not_interested' | 'left_company') =>
    address === null
      ? undefined
      : moveToStage(tx, { team, address, event, of: { messageId }, now, inboundId })
  const endAll = async (reason: 'left_company' | 'marked_finished') => {
    const enrollmentIds = await liveEnrollments(tx, { team, of: { contactIds } })
    await stop(tx, { team, enrollmentIds, stop: { to: 'finished', reason }, actor, now, random, inboundId })
  }
  switch (replyClass) {
    case 'willing_to_meet':
      await moves('interested')
      return endInterested(tx, { team, contactIds, actor, now, random, inboundId })
    case 'not_interested':
      await moves('not_interested')
      return endAll('marked_finished')
    case 'already_left_company_or_not_right_person':
      await moves('left_company')
      return endAll('left_company')
    case 'unsubscribe':
      if (address !== null)
        await recordOptOut(tx, {
          team,
          address,
          via: 'reply',
          messageId: mail.messageId,
          actor,
          now,
          random,
          inboundId,
        })
      return
    case 'out_of_office':
      return takeBackAnswer(tx, { team, actor, now, random }, id)
    case 'follow_up_question':
    case 'person_referral':
    case 'none_of_the_above':
  }
}
