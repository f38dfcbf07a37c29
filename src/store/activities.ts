/** Writes what happened, when and why. Append-only; the order of commits is (epoch, xid, id). */
import { sql } from 'kysely'
import type { ActivityKind } from '../core/activity.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { isoArray, json, kysely } from './db.ts'

export interface NewActivity {
  kind: ActivityKind
  /** `engine`, `inbound`, `contact`, `user:<id>`, `key:<id>`. */
  actor: string
  reason?: string | null
  /** Default: now. */
  at?: Instant
  contactId?: Id | null
  sequenceId?: Id | null
  enrollmentId?: Id | null
  stepId?: Id | null
  messageId?: Id | null
  mailboxId?: Id | null
  detail?: Record<string, unknown>
}

export async function writeActivities(
  tx: Db,
  o: { team: TeamId; activities: readonly NewActivity[]; now: Instant; random: Random },
): Promise<void> {
  const { team, activities, now, random } = o
  if (activities.length === 0) return
  const column = (of: (activity: NewActivity) => string | null | undefined) =>
    activities.map((one) => of(one) ?? null)
  await sql`
    insert into activities (team_id, id, epoch, at, kind, reason, actor, contact_id, sequence_id, enrollment_id, step_id, message_id,
      mailbox_id, detail)
    select ${team}, a.id, d.epoch, a.at, a.kind, a.reason, a.actor, a.contact_id, a.sequence_id, a.enrollment_id, a.step_id,
      a.message_id, a.mailbox_id, a.detail::jsonb
    from deployment d, unnest(${activities.map(() => newId(now, random))}::text[],
      ${isoArray(activities.map((one) => one.at ?? now))}::timestamptz[], ${column((a) => a.kind)}::text[],
      ${column((a) => a.reason)}::text[], ${column((a) => a.actor)}::text[], ${column((a) => a.contactId)}::text[],
      ${column((a) => a.sequenceId)}::text[], ${column((a) => a.enrollmentId)}::text[], ${column((a) => a.stepId)}::text[],
      ${column((a) => a.messageId)}::text[], ${column((a) => a.mailboxId)}::text[],
      ${column((a) => json(a.detail ?? {}))}::text[])
      as a (id, at, kind, reason, actor, contact_id, sequence_id, enrollment_id, step_id, message_id, mailbox_id, detail)`.execute(
    kysely(tx),
  )
}
