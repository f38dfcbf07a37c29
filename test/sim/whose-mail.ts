/** Somebody says that a mail was taken for the wrong person's, now and then wrongly: that is theirs to say, and what had stopped goes on. */
import { type Belongs, reattachMail } from '../../src/actions/reattach-mail.ts'
import type { Id } from '../../src/core/ids.ts'
import { applyAgain } from '../../src/engine/apply-again.ts'
import { type Request, who } from './people.ts'
import { pick } from './team.ts'

interface Mail {
  id: Id
  kind: string
  rfc_id: string | null
  enrollment_id: Id | null
}

export async function giveAway(request: Request): Promise<void> {
  const { db, look, house, random, promises } = request
  const mails = await look<Mail & Record<string, unknown>>(
    `select i.id, i.kind, m.rfc_id, i.enrollment_id from inbound i
     left join messages m on m.team_id = i.team_id and m.id = i.matched_message_id
     where i.team_id = $1 and i.kind <> 'human_outbound' order by i.id`,
    [house.team],
  )
  const emails = await look<{ id: Id; enrollment_id: Id }>(
    `select id, enrollment_id from messages
     where team_id = $1 and state = 'accepted' and enrollment_id is not null order by id`,
    [house.team],
  )
  if (mails.length === 0 || emails.length === 0) return
  const mail = pick(mails, random)
  const email = pick(emails, random)
  const to: Belongs = random.next() < 0.2 ? null : { messageId: email.id }
  const stopped = await look<{ subject: Id }>(
    "select subject from mail_effects where team_id = $1 and inbound_id = $2 and kind = 'stop'",
    [house.team, mail.id],
  )
  // Said before it is done: a process may die between the two.
  promises.mayGoOn(stopped.map((one) => one.subject))
  if (mail.rfc_id !== null) promises.givenAway.add(mail.rfc_id)
  const moved = await reattachMail(db, { ...who(request), inboundId: mail.id, to, apply: applyAgain })
  if (!moved.ok) return
  request.count(to === null ? 'person: a mail is nobody’s' : 'person: a mail is somebody else’s')
  if (to === null || (mail.kind !== 'reply' && mail.kind !== 'other')) return
  const named = moved.value.transmitting.map((one) => one.messageId)
  await promises.stopped({ enrollmentIds: [email.enrollment_id], named, until: null })
}
