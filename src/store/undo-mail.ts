/**
 * Undoes all that a mail has done, because it is somebody else's: people who were ended go on, stages and numbers are what they were, the
 * do-not-contact list loses what this mail alone had put there. What another mail justifies just as well stays, as the effect of that mail.
 * Locks contacts, then mailboxes, enrollments, messages.
 */

import { sql } from 'kysely'
import { ANSWERS, isAnswer } from '../core/answer.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { ReplyClass } from '../core/reply-class.ts'
import { moveToStage } from './contact-stages.ts'
import { at, kysely } from './db.ts'
import { SOFT_BOUNCES_MAX } from './inbound-marks.ts'
import {
  effectsOf,
  forgetEffects,
  handOver,
  type MailEffect,
  type StageEffect,
  type StopEffect,
  type SuppressionEffect,
} from './mail-effects.ts'
import { release, resume } from './releases.ts'
import { reopen } from './reopen.ts'
import type { StoredMail } from './stored-mails.ts'
import { unmark } from './undo-marks.ts'

export interface Undoing {
  team: TeamId
  mail: StoredMail
  actor: string
  now: Instant
  random: Random
}

/**
 * Returns what it had done. The mail is attached to nothing any more as far as effects go; the caller writes where it belongs, and has locked
 * all that it touches (`lockBoth`). Whosever mail it is: who wrote it and asked to be left alone stays left alone.
 */
export async function undoMail(tx: Db, o: Undoing): Promise<MailEffect[]> {
  const { team, mail } = o
  const effects = await effectsOf(tx, { team, inboundId: mail.id })
  const of = <K extends MailEffect['kind']>(kind: K) =>
    effects.filter((one): one is Extract<MailEffect, { kind: K }> => one.kind === kind)
  const heir = await heirOf(tx, o)
  const asked = await whoAsked(tx, o, of('suppression'))
  const stops = of('stop')
  await restoreStages(tx, o, {
    stages: of('stage').filter((one) => !asked.has(one.subject)),
    heir,
    meaning: meaningOf(mail, stops),
  })
  await liftSuppressions(tx, o, { suppressions: of('suppression'), heir })
  await undoStops(tx, o, { stops, heir, asked })
  await unmark(tx, o, { numbers: of('number'), heir: heir?.id ?? null })
  await cancelTasks(
    tx,
    o,
    of('task').map((one) => one.subject),
  )
  await forgetEffects(tx, { team, inboundId: mail.id })
  return effects
}

/** Kinds that have the same effects. */
const alike = (kind: string): readonly string[] => (isAnswer(kind) ? ANSWERS : [kind])

interface Heir {
  id: Id
  kind: string
  class: string | null
  messageId: Id | null
  replyClass: ReplyClass | null
  replyClassBy: string | null
  /** Of the contact. */
  address: string | null
}

/**
 * Another mail of the same kind about the same enrollment, and as grave: what this one did is its effect, too. Somebody who is away until a day
 * has not left.
 */
async function heirOf(tx: Db, { team, mail }: Undoing): Promise<Heir | null> {
  if (mail.enrollmentId === null) return null
  const { rows } = await sql<Heir>`
    select i.id, i.kind, i.class, i.matched_message_id as "messageId", i.reply_class as "replyClass", i.reply_class_by as "replyClassBy", c.address
    from inbound i join contacts c on c.team_id = i.team_id and c.id = i.contact_id
    where i.team_id = ${team} and i.contact_id = ${mail.contactId} and i.enrollment_id = ${mail.enrollmentId}
      and i.id <> ${mail.id} and i.kind = any(${alike(mail.kind) as string[]})
      and (i.kind <> 'bounce' or i.class is not distinct from ${mail.class})
      and (i.kind <> 'out_of_office' or (i.returns_on is null) = ${mail.returnsOn === null})
    order by i.read_at, i.id limit 1`.execute(kysely(tx))
  return rows[0] ?? null
}

/** What a person says of an answer moves stages; what fixed phrases say does not. */
const MOVING: readonly ReplyClass[] = [
  'willing_to_meet',
  'not_interested',
  'already_left_company_or_not_right_person',
  'unsubscribe',
]

/** What a mail means beyond its kind; null: nothing. */
function meaningOf(
  { replyClass, replyClassBy }: Pick<StoredMail, 'replyClass' | 'replyClassBy'>,
  stops: readonly StopEffect[] = [],
): string | null {
  if (replyClass !== null && replyClassBy !== 'inbound' && MOVING.includes(replyClass)) return replyClass
  return stops.find(({ detail }) => detail.reason === 'meeting')?.detail.reason ?? null
}

/** The contacts at the address that wrote the mail, when it asked to be left alone: that is true whomever it was taken for. */
async function whoAsked(
  tx: Db,
  { team, mail }: Undoing,
  suppressions: readonly SuppressionEffect[],
): Promise<Set<Id>> {
  if (mail.kind !== 'opt_out' && !suppressions.some((one) => isOwnWish(one, mail))) return new Set()
  const { rows } = await sql<{ id: Id }>`
    select coalesce(merged_into, id) as id from contacts where team_id = ${team} and address = ${mail.fromAddress}`.execute(
    kysely(tx),
  )
  return new Set(rows.map((row) => row.id))
}

const isOwnWish = ({ subject, detail }: SuppressionEffect, { fromAddress }: StoredMail) =>
  detail.reason === 'opt_out' && subject === fromAddress

/** Who still stands where the mail had moved them goes back; where another answer would have moved them, they go then. */
async function restoreStages(
  tx: Db,
  { team, mail, now }: Undoing,
  o: { stages: readonly StageEffect[]; heir: Heir | null; meaning: string | null },
): Promise<void> {
  const { heir } = o
  const meansTheSame = heir !== null && meaningOf(heir) === o.meaning
  for (const effect of o.stages) {
    if (meansTheSame && effect.subject === mail.contactId) {
      await handOver(tx, { team, from: mail.id, to: heir.id, effect })
      continue
    }
    const { before, after } = effect.detail
    await sql`
      update contacts set stage_id = ${before}, updated_at = ${at(now)}, rev = rev + 1
      where team_id = ${team} and id = ${effect.subject} and stage_id = ${after}`.execute(kysely(tx))
  }
  const answered = heir !== null && !meansTheSame && o.stages.length > 0 && isAnswer(heir.kind)
  if (!answered || heir.address === null) return
  const of = { messageId: heir.messageId }
  await moveToStage(tx, { team, address: heir.address, event: 'replied', of, now, inboundId: heir.id })
}

/** Whether the mail calls for a suppression of this kind by itself. */
function justifies(heir: Heir, reason: string): boolean {
  if (reason === 'hard_bounce') return heir.kind === 'bounce' && heir.class === 'hard'
  if (reason === 'complaint') return heir.kind === 'complaint'
  return heir.kind === 'opt_out' || meaningOf(heir) === 'unsubscribe'
}

/**
 * Unless something else that came from the same address calls for it: an opt-out, a bounce or a complaint of another email. Whoever asks for it a
 * second time has locked the row and taken the effect away, so that the effect is looked for again under the lock.
 */
async function liftSuppressions(
  tx: Db,
  { team, mail, actor, now }: Undoing,
  { suppressions, heir }: { suppressions: readonly SuppressionEffect[]; heir: Heir | null },
): Promise<void> {
  for (const effect of suppressions) {
    const { subject, detail } = effect
    if (isOwnWish(effect, mail)) continue
    if (heir !== null && justifies(heir, detail.reason)) {
      await handOver(tx, { team, from: mail.id, to: heir.id, effect })
      continue
    }
    await sql`
      update suppressions s set lifted_at = ${at(now)}, lifted_by = ${actor}, lift_reason = 'the mail was somebody else''s'
      where s.team_id = ${team} and s.kind = 'address' and s.value = ${subject} and s.reason = ${detail.reason} and s.lifted_at is null
        and exists (
          select from mail_effects x where x.team_id = s.team_id and x.inbound_id = ${mail.id} and x.kind = 'suppression' and x.subject = s.value)
        and not exists (
          select from messages m where m.team_id = s.team_id and m.id is distinct from ${mail.messageId}
            and m.contact_id in (select coalesce(merged_into, id) from contacts where team_id = ${team} and address = ${subject}) and m.to_address = ${subject}
            and (m.opted_out_at is not null or m.complained_at is not null or m.bounce = 'hard'))`.execute(
      kysely(tx),
    )
  }
}

interface Standing {
  id: Id
  contactId: Id
  state: string
  reason: string | null
  hold: string | null
}

/** Only who still stands as the mail had left them: what a person, or another mail, has done since is theirs. */
async function undoStops(
  tx: Db,
  o: Undoing,
  { stops, heir, asked }: { stops: readonly StopEffect[]; heir: Heir | null; asked: ReadonlySet<Id> },
): Promise<void> {
  const { team, mail } = o
  const { rows } = await sql<Standing>`
    select id, contact_id as "contactId", state, reason, hold_reason as hold from enrollments
    where team_id = ${team} and id = any(${stops.map((one) => one.subject)}) and removed_at is null`.execute(
    kysely(tx),
  )
  const standing = new Map(rows.map((row) => [row.id, row]))
  const mine = stops.filter((one) => {
    const now = standing.get(one.subject)
    return isAsLeft(one, now) && !asked.has(now!.contactId)
  })
  const softs = await softBouncesBeside(tx, o)
  const inherited = mine.filter(
    (one) =>
      heir !== null &&
      one.subject === mail.enrollmentId &&
      (one.detail.reason !== 'soft_bounces' || softs >= SOFT_BOUNCES_MAX),
  )
  for (const effect of inherited) await handOver(tx, { team, from: mail.id, to: heir!.id, effect })
  const undone = mine.filter((one) => !inherited.includes(one))
  const ids = (to: string) => undone.filter((one) => one.detail.to === to).map((one) => one.subject)
  const ended = undone.filter(({ detail: { to } }) => to === 'finished' || to === 'failed')
  await reopen(tx, {
    ...o,
    ended: ended.map(({ subject, detail }) => ({ enrollmentId: subject, before: detail.before })),
  })
  await resume(tx, { ...o, enrollmentIds: ids('paused') })
  await release(tx, { ...o, enrollmentIds: ids('held') })
}

/** Emails of the enrollment that bounced softly, but the one that the mail was taken to be about. */
async function softBouncesBeside(tx: Db, { team, mail }: Undoing): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from messages where team_id = ${team} and enrollment_id = ${mail.enrollmentId}
      and id is distinct from ${mail.messageId} and bounce = 'soft'`.execute(kysely(tx))
  return rows[0]!.n
}

function isAsLeft({ detail: { to, reason } }: StopEffect, now: Standing | undefined): boolean {
  if (now === undefined) return false
  return to === 'held'
    ? now.state === 'active' && now.hold === reason
    : now.state === to && now.reason === reason
}

async function cancelTasks(tx: Db, { team, actor, now }: Undoing, ids: readonly Id[]): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update tasks set state = 'cancelled', ended_at = ${at(now)}, ended_by = ${actor}, updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = any(${ids as Id[]}) and state = 'open'`.execute(kysely(tx))
}
