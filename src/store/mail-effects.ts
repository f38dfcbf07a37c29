/**
 * What a mail that came in has done: written beside each of its effects, so that all of them can be undone when a person says that the mail is
 * somebody else's. Undoing is `undo-mail.ts`.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { EnrollmentState } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { HoldReason, Reason } from '../core/reason.ts'
import { json, kysely } from './db.ts'
import { addDeltas, type EmailDelta } from './stats.ts'

/** The mail as it is kept. */
export interface KeptMail {
  id: Id
  kind: string
  messageId: Id | null
  enrollmentId: Id | null
  contactId: Id | null
}

/** `subject`: an enrollment. */
export interface StopEffect {
  kind: 'stop'
  subject: Id
  detail: {
    to: 'finished' | 'failed' | 'paused' | 'held'
    reason: string
    before: {
      state: EnrollmentState
      hold: HoldReason | null
      holdDetail: string | null
      /** Why, and until when, they were paused. */
      reason: Reason | null
      until: Instant | null
    }
  }
}

/** `subject`: a contact. */
export interface StageEffect {
  kind: 'stage'
  subject: Id
  detail: { before: Id | null; after: Id }
}

/** `subject`: an address that was put on the do-not-contact list. */
export interface SuppressionEffect {
  kind: 'suppression'
  subject: string
  detail: { reason: string }
}

/** `subject`: the name of the number. */
export interface NumberEffect {
  kind: 'number'
  subject: EmailDelta['metric']
  detail: Omit<EmailDelta, 'metric'>
}

/** `subject`: a task that was given to a person. */
export interface TaskEffect {
  kind: 'task'
  subject: Id
  detail: Record<string, never>
}

export type MailEffect = StopEffect | StageEffect | SuppressionEffect | NumberEffect | TaskEffect

/** Whose effect it is; undefined where no mail did it, and nothing is written down. */
export type CauseMail = Id | undefined

/** A second effect on the same subject: before the first is where it goes back to, unless somebody had moved it between the two. */
export async function noteEffects(
  tx: Db,
  { team, inboundId, effects }: { team: TeamId; inboundId: CauseMail; effects: readonly MailEffect[] },
): Promise<void> {
  if (inboundId === undefined || effects.length === 0) return
  await sql`
    insert into mail_effects as e (team_id, inbound_id, kind, subject, detail)
    select ${team}, ${inboundId}, n.kind, n.subject, n.detail::jsonb
    from unnest(${effects.map((one) => one.kind)}::text[], ${effects.map((one) => one.subject)}::text[],
      ${effects.map((one) => json(one.detail))}::text[]) as n (kind, subject, detail)
    on conflict (team_id, inbound_id, kind, subject) do update set detail = excluded.detail || case e.kind
      when 'stage' then case when excluded.detail -> 'before' = e.detail -> 'after'
        then jsonb_build_object('before', e.detail -> 'before') else '{}' end
      when 'stop' then case when excluded.detail #>> '{before,state}' = e.detail ->> 'to'
          or excluded.detail #>> '{before,hold}' = e.detail ->> 'reason'
        then jsonb_build_object('before', e.detail -> 'before') else '{}' end
      when 'number' then jsonb_build_object('n', (e.detail ->> 'n')::int + (excluded.detail ->> 'n')::int)
      else '{}' end`.execute(kysely(tx))
}

/** A number, and that it was this mail that changed it. */
export async function countForMail(
  tx: Db,
  o: { team: TeamId; inboundId: CauseMail; deltas: readonly EmailDelta[] },
): Promise<void> {
  const { team, inboundId, deltas } = o
  await addDeltas(tx, { team, deltas })
  const effects = deltas.map(
    ({ metric, ...detail }): NumberEffect => ({
      kind: 'number',
      subject: metric,
      detail,
    }),
  )
  await noteEffects(tx, { team, inboundId, effects })
}

/** All that a mail has done. */
export async function effectsOf(
  db: Db,
  { team, inboundId }: { team: TeamId; inboundId: Id },
): Promise<MailEffect[]> {
  const { rows } = await sql<MailEffect>`
    select kind, subject, detail from mail_effects where team_id = ${team} and inbound_id = ${inboundId}
    order by kind, subject`.execute(kysely(db))
  return rows
}

export async function forgetEffects(
  tx: Db,
  { team, inboundId }: { team: TeamId; inboundId: Id },
): Promise<void> {
  await sql`delete from mail_effects where team_id = ${team} and inbound_id = ${inboundId}`.execute(
    kysely(tx),
  )
}

/** What another mail justifies just as well stays, and is its effect from now on. */
export async function handOver(
  tx: Db,
  o: { team: TeamId; from: Id; to: Id; effect: Pick<MailEffect, 'kind' | 'subject'> },
): Promise<void> {
  await sql`
    update mail_effects e set inbound_id = ${o.to}
    where team_id = ${o.team} and inbound_id = ${o.from} and kind = ${o.effect.kind} and subject = ${o.effect.subject}
      and not exists (select from mail_effects x where x.team_id = e.team_id and x.inbound_id = ${o.to} and x.kind = e.kind
        and x.subject = e.subject)`.execute(kysely(tx))
}

/** Addresses that are wanted on the do-not-contact list for another reason too: they stay there, whosever mail (but `but`) had put them there. */
export async function standApart(
  tx: Db,
  { team, addresses, but }: { team: TeamId; addresses: readonly string[]; but: CauseMail },
): Promise<void> {
  if (addresses.length === 0) return
  await sql`
    delete from mail_effects where team_id = ${team} and kind = 'suppression' and subject = any(${addresses as string[]})
      and inbound_id is distinct from ${but ?? null}`.execute(kysely(tx))
}

/** An email by which somebody opted out for another reason too: it stays counted, whosever mail (but `but`) was counted first. */
export async function countsApart(
  tx: Db,
  { team, messageId, but }: { team: TeamId; messageId: Id; but: CauseMail },
): Promise<void> {
  await sql`
    delete from mail_effects where team_id = ${team} and kind = 'number' and subject = 'unsubscribed' and detail ->> 'messageId' = ${messageId}
      and inbound_id is distinct from ${but ?? null}`.execute(kysely(tx))
}
