/** Mailboxes that were removed and are not done with: their answers are still read, or people who were written to from them wait for another one. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { HoldReason } from '../core/reason.ts'
import { kysely } from './db.ts'

const NO_MAILBOX: HoldReason = 'no_active_email_account'

export interface RemovedMailbox {
  id: Id
  address: string
  /** Null: its answers are not read any more. */
  readsUntil: Instant | null
  readProblem: string | null
  /** People who are held until somebody chooses another mailbox for them. */
  waiting: number
}

/** By address. */
export async function removedMailboxes(db: Db, team: TeamId): Promise<RemovedMailbox[]> {
  const { rows } = await sql<RemovedMailbox>`
    select m.id, m.address, m.reads_until as "readsUntil", m.read_problem as "readProblem", w.waiting from mailboxes m
    cross join lateral (select count(*) as waiting from enrollments e where e.team_id = m.team_id and e.mailbox_id = m.id
      and e.state in ('active', 'paused') and e.removed_at is null and e.hold_reason = ${NO_MAILBOX}) w
    where m.team_id = ${team} and m.state = 'removed' and (m.reads_until is not null or w.waiting > 0)
    order by m.address, m.id`.execute(kysely(db))
  return rows
}

/** Held at this mailbox since it was removed, also while paused; sorted. Undefined: no mailbox of this id was removed. */
export async function strandedAt(
  db: Db,
  { team, mailboxId }: { team: TeamId; mailboxId: Id },
): Promise<Id[] | undefined> {
  const { rows } = await sql<{ ids: Id[] }>`
    select array(select e.id from enrollments e where e.team_id = m.team_id and e.mailbox_id = m.id
      and e.state in ('active', 'paused') and e.removed_at is null and e.hold_reason = ${NO_MAILBOX} order by e.id) as ids
    from mailboxes m where m.team_id = ${team} and m.id = ${mailboxId} and m.state = 'removed'`.execute(
    kysely(db),
  )
  return rows[0]?.ids
}
