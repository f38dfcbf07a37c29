/**
 * Undoes all that a mail has done, because it is somebody else's: people who were ended go on, stages and numbers are what they were, the
 * do-not-contact list loses what this mail alone had put there. What another mail justifies just as well stays, as the effect of that mail.
 * Locks contacts, then mailboxes, enrollments, messages.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { at, kysely } from './db.ts'
import { SOFT_BOUNCES_MAX } from './inbound-marks.ts'
import {
  effectsOf,
  forgetEffects,
  handOver,
  type KeptMail,
  type MailEffect,
  type StageEffect,
  type StopEffect,
  type SuppressionEffect,
} from './mail-effects.ts'
import { release, resume } from './releases.ts'
import { reopen } from './reopen.ts'
import { unmark } from './undo-marks.ts'

export interface Undoing {
  team: TeamId
  mail: KeptMail
  actor: string
  now: Instant
  random: Random
}

/** Returns what it had done. The mail is attached to nothing any more as far as effects go; the caller writes where it belongs. */
export async function undoMail(tx: Db, o: Undoing): Promise<MailEffect[]> {
  const { team, mail } = o
  const effects = await effectsOf(tx, { team, inboundId: mail.id })
  const of = <K extends MailEffect['kind']>(kind: K) =>
    effects.filter((one): one is Extract<MailEffect, { kind: K }> => one.kind === kind)
  const heir = await heirOf(tx, o)
  await restoreStages(tx, o, { stages: of('stage'), heir })
  await liftSuppressions(tx, o, { suppressions: of('suppression'), heir })
  await undoStops(tx, o, { stops: of('stop'), heir })
  await unmark(tx, o, { numbers: of('number'), heir })
  await cancelTasks(
    tx,
    o,
    of('task').map((one) => one.subject),
  )
  await forgetEffects(tx, { team, inboundId: mail.id })
  return effects
}

/** Kinds that have the same effects. */
const ALIKE: Record<string, readonly string[]> = { reply: ['reply', 'other'], other: ['reply', 'other'] }

/** Another mail of the same kind about the same enrollment: what this one did is its effect, too. */
async function heirOf(tx: Db, { team, mail }: Undoing): Promise<Id | null> {
  if (mail.enrollmentId === null) return null
  const { rows } = await sql<{ id: Id }>`
    select id from inbound where team_id = ${team} and contact_id = ${mail.contactId} and enrollment_id = ${mail.enrollmentId}
      and id <> ${mail.id} and kind = any(${(ALIKE[mail.kind] ?? [mail.kind]) as string[]}) order by read_at, id limit 1`.execute(
    kysely(tx),
  )
  return rows[0]?.id ?? null
}

/** Who still stands where the mail had moved them goes back. */
async function restoreStages(
  tx: Db,
  { team, mail, now }: Undoing,
  { stages, heir }: { stages: readonly StageEffect[]; heir: Id | null },
): Promise<void> {
  for (const effect of stages) {
    if (heir !== null && effect.subject === mail.contactId) {
      await handOver(tx, { team, from: mail.id, to: heir, effect })
      continue
    }
    const { before, after } = effect.detail
    await sql`
      update contacts set stage_id = ${before}, updated_at = ${at(now)}, rev = rev + 1
      where team_id = ${team} and id = ${effect.subject} and stage_id = ${after}`.execute(kysely(tx))
  }
}

/** Unless something else that came from the same address calls for it: an opt-out, a bounce or a complaint of another email. */
async function liftSuppressions(
  tx: Db,
  { team, mail, actor, now }: Undoing,
  { suppressions, heir }: { suppressions: readonly SuppressionEffect[]; heir: Id | null },
): Promise<void> {
  for (const effect of suppressions) {
    const { subject, detail } = effect
    if (heir !== null) {
      await handOver(tx, { team, from: mail.id, to: heir, effect })
      continue
    }
    await sql`
      update suppressions s set lifted_at = ${at(now)}, lifted_by = ${actor}, lift_reason = 'the mail was somebody else''s'
      where s.team_id = ${team} and s.kind = 'address' and s.value = ${subject} and s.reason = ${detail.reason} and s.lifted_at is null
        and not exists (
          select from messages m where m.team_id = s.team_id and m.to_address = s.value and m.id is distinct from ${mail.messageId}
            and (m.opted_out_at is not null or m.complained_at is not null or m.bounce = 'hard'))`.execute(
      kysely(tx),
    )
  }
}

interface Standing {
  id: Id
  state: string
  reason: string | null
  hold: string | null
}

/** Only who still stands as the mail had left them: what a person, or another mail, has done since is theirs. */
async function undoStops(
  tx: Db,
  o: Undoing,
  { stops, heir }: { stops: readonly StopEffect[]; heir: Id | null },
): Promise<void> {
  const { team, mail } = o
  const { rows } = await sql<Standing>`
    select id, state, reason, hold_reason as hold from enrollments
    where team_id = ${team} and id = any(${stops.map((one) => one.subject)}) and removed_at is null`.execute(
    kysely(tx),
  )
  const standing = new Map(rows.map((row) => [row.id, row]))
  const mine = stops.filter((one) => isAsLeft(one, standing.get(one.subject)))
  const softs = await softBouncesBeside(tx, o)
  const inherited = mine.filter(
    (one) =>
      heir !== null &&
      one.subject === mail.enrollmentId &&
      (one.detail.reason !== 'soft_bounces' || softs >= SOFT_BOUNCES_MAX),
  )
  for (const effect of inherited) await handOver(tx, { team, from: mail.id, to: heir!, effect })
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
