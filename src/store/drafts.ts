/** The draft of a manual email: what its person writes into it, and the moment at which they send it off. Sends nothing. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { rankOf } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { at, kysely } from './db.ts'
import { bumpLanes } from './lanes.ts'
import { lockEnrollments, lockMailboxes } from './locks.ts'
import { transit } from './transitions.ts'

/** As it stands when the locks are held. */
export interface LockedDraft {
  taskId: Id
  enrollmentId: Id
  messageId: Id
  messageState: string
  state: 'open' | 'completed' | 'skipped' | 'cancelled'
  sentOff: boolean
  enrollmentState: string
  hold: string | null
  leased: boolean
}

/** Locks mailbox and enrollment, in their order; undefined: there is no draft of that task. */
export async function lockDraft(
  tx: Db,
  { team, taskId }: { team: TeamId; taskId: Id },
): Promise<LockedDraft | undefined> {
  const { rows: found } = await sql<{ enrollmentId: Id; mailboxId: Id }>`
    select e.id as "enrollmentId", e.mailbox_id as "mailboxId" from tasks t
    join enrollments e on e.team_id = t.team_id and e.id = t.enrollment_id
    where t.team_id = ${team} and t.id = ${taskId} and t.message_id is not null`.execute(kysely(tx))
  const [about] = found
  if (!about) return undefined
  await lockMailboxes(tx, team, [about.mailboxId])
  await lockEnrollments(tx, team, [about.enrollmentId])
  const { rows } = await sql<LockedDraft>`
    select t.id as "taskId", e.id as "enrollmentId", m.id as "messageId", m.state as "messageState", t.state,
      t.approved_at is not null as "sentOff", e.state as "enrollmentState", e.hold_reason as hold, e.lease_until is not null as leased
    from tasks t
    join enrollments e on e.team_id = t.team_id and e.id = t.enrollment_id
    join messages m on m.team_id = t.team_id and m.id = t.message_id
    where t.team_id = ${team} and t.id = ${taskId}`.execute(kysely(tx))
  return rows[0]
}

/** The text of a person in place of the step's; null takes the step's again. The rendered parts are those of the draft as it is shown. */
export async function writeDraft(
  tx: Db,
  o: {
    team: TeamId
    taskId: Id
    messageId: Id
    subject: string | null
    html: string | null
    /** What it carries from now on; null: what the wording carries. */
    attachmentIds: readonly Id[] | null
    content: {
      salt: string
      subject: string
      html: string
      text: string
      bodyHash: string
      addressHash: string
    }
    now: Instant
  },
): Promise<void> {
  const { content } = o
  await sql`
    update messages set body_hash = ${content.bodyHash}, address_hash = ${content.addressHash}, updated_at = ${at(o.now)}
    where team_id = ${o.team} and id = ${o.messageId} and state = 'drafted'`.execute(kysely(tx))
  await sql`
    update message_contents c set salt = ${content.salt}, subject = ${content.subject}, html = ${content.html}, body = ${content.text}
    from messages m where m.team_id = ${o.team} and m.id = ${o.messageId} and m.state = 'drafted'
      and c.team_id = m.team_id and c.message_id = m.id`.execute(kysely(tx))
  await sql`
    update tasks set draft_subject = ${o.subject}, draft_html = ${o.html},
      draft_attachment_ids = ${o.attachmentIds as Id[] | null}::text[], updated_at = ${at(o.now)}, rev = rev + 1
    where team_id = ${o.team} and id = ${o.taskId}`.execute(kysely(tx))
}

/** From now on the claim of its mailbox takes it, ahead of everything that waits there and past no limit. */
export async function sendOff(
  tx: Db,
  o: { team: TeamId; draft: LockedDraft; first: boolean; actor: string; now: Instant; random: Random },
): Promise<boolean> {
  const { team, draft, now } = o
  const { rows } = await sql<{ id: Id }>`
    update messages set state = 'queued', due_at = ${at(now)}, updated_at = ${at(now)}
    where team_id = ${team} and id = ${draft.messageId}
      and state in ('drafted', 'cancelled', 'requeued', 'deferred', 'unreachable', 'unauthenticated')
    returning id`.execute(kysely(tx))
  if (rows.length === 0) return false
  await sql`
    update tasks set approved_at = ${at(now)}, approved_by = ${o.actor}, updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = ${draft.taskId} and state = 'open'`.execute(kysely(tx))
  const [moved] = await transit(tx, {
    ...o,
    changes: [
      {
        enrollmentId: draft.enrollmentId,
        transition: 'send_off',
        rank: rankOf({ first: o.first, priority: null, by: 'sent_off' }),
        messageId: draft.messageId,
      },
    ],
  })
  if (!moved) return false
  const { mailboxId, sequenceId } = moved
  await bumpLanes(tx, { team, bumps: [{ mailboxId, sequenceId, dueAt: now }], now })
  return true
}
