/**
 * Whoever was ended by a mail that was somebody else's goes on. Never sends at once what fell due meanwhile: a person looks first. Who had
 * been paused is paused again; whoever would have been ended by something else meanwhile is ended by that: their sequence was archived, or they
 * followed a link.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { type HoldReason, isHold } from '../core/reason.ts'
import { kysely } from './db.ts'
import type { StopEffect } from './mail-effects.ts'
import { advances } from './next-steps.ts'
import { lockMailboxesOf, type ReleaseOptions, renderAnew, wake } from './releases.ts'
import { type Change, type Transited, transit } from './transitions.ts'

export interface Ended {
  enrollmentId: Id
  /** Undefined: stopped before this was written down, and nobody knows how they stood. They are held. */
  before: StopEffect['detail']['before'] | undefined
}

interface Row {
  id: Id
  stepId: Id
  messageId: Id
  waitEndsAt: Instant
  archived: boolean
  /** They followed a link, and the sequence ends for that. */
  clicked: boolean
  /** Of the email of the step it stands on. */
  emailState: string | null
  emailId: Id | null
}

export async function reopen(
  tx: Db,
  { ended, ...o }: Omit<ReleaseOptions, 'enrollmentIds'> & { ended: readonly Ended[] },
): Promise<Transited[]> {
  if (ended.length === 0) return []
  const asked = { ...o, enrollmentIds: ended.map((one) => one.enrollmentId) }
  await lockMailboxesOf(tx, asked)
  const rows = await readEnded(tx, asked)
  const left = rows.filter((row) => row.emailState === 'accepted')
  const done = left.map((row) => ({ enrollmentId: row.id, stepId: row.stepId, messageId: row.emailId! }))
  const further = new Map((await advances(tx, { ...o, done })).map((change) => [change.enrollmentId, change]))
  const before = new Map(ended.map((one) => [one.enrollmentId, one.before]))
  const changes = rows.map((row) => changeOf(row, { before: before.get(row.id), further, now: o.now }))
  const reopened = await transit(tx, { ...o, changes })
  await renderAnew(tx, asked, reopened)
  const after = rows.flatMap((row) => nextChange(row, { before: before.get(row.id), further }))
  await transit(tx, { ...o, changes: after })
  return wake(tx, asked, reopened)
}

/** With what has become of the email of their step since. */
async function readEnded(tx: Db, { team, enrollmentIds }: ReleaseOptions): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select e.id, e.step_id as "stepId", e.message_id as "messageId", e.wait_ends_at as "waitEndsAt",
      q.archived_at is not null as archived, q.finish_on_click and exists (
        select from messages c where c.team_id = e.team_id and c.enrollment_id = e.id and c.clicked_at is not null) as clicked, m.state as "emailState", m.id as "emailId"
    from enrollments e join sequences q on q.team_id = e.team_id and q.id = e.sequence_id
    left join messages m on m.team_id = e.team_id and m.enrollment_id = e.id and m.step_id = e.step_id
    where e.team_id = ${team} and e.id = any(${enrollmentIds as Id[]}) and e.state in ('finished', 'failed') and e.removed_at is null
    order by e.id for no key update of e`.execute(kysely(tx))
  return rows
}

interface Known {
  before: Ended['before']
  /** Where those go whose email had left when they were ended. */
  further: ReadonlyMap<Id, Change>
}

function changeOf(row: Row, { before, further, now }: Known & { now: Instant }): Change {
  const reopening = { enrollmentId: row.id, transition: 'reopen' as const }
  const { next, parentMessageId } = further.get(row.id) ?? {}
  if (next) {
    const waits = before === undefined || next.waitEndsAt <= now
    const hold = waits ? { reason: 'reopened' as const } : {}
    return { ...reopening, next, ...hold, ...(parentMessageId ? { parentMessageId } : {}) }
  }
  const hold = holdOf(row, { before, now })
  if (hold === null) return reopening
  const detail = before?.holdDetail ?? null
  return { ...reopening, reason: hold, ...(detail === null ? {} : { detail }) }
}

function holdOf(row: Row, { before, now }: { before: Ended['before']; now: Instant }): HoldReason | null {
  if (row.emailState === 'unknown') return 'delivery_unknown'
  if (before === undefined) return 'reopened'
  // A task of the step was cancelled with the end: it is given anew.
  if (before.hold !== null && before.hold !== 'task_open' && isHold(before.hold)) return before.hold
  return row.waitEndsAt <= now ? 'reopened' : null
}

/** What they come to stand in that are not to go on by themselves. */
function nextChange({ id: enrollmentId, archived, clicked }: Row, { before, further }: Known): Change[] {
  if (archived) return [{ enrollmentId, transition: 'finish', reason: 'archived' }]
  if (clicked) return [{ enrollmentId, transition: 'finish', reason: 'clicked' }]
  if (further.get(enrollmentId)?.transition === 'complete')
    return [{ enrollmentId, transition: 'complete', reason: 'completed' }]
  if (before?.state === 'paused')
    return [
      { enrollmentId, transition: 'pause', reason: before.reason ?? 'paused_by_person', until: before.until },
    ]
  return []
}
