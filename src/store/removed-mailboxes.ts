/** Mailboxes that were removed and are not done with: their answers are still read, or people who were written to from them wait for another one. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'
import { NO_MAILBOX } from './mailbox-waits.ts'

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

export interface Stranded {
  address: string
  /** Held at this mailbox since it was removed, also while paused; sorted. */
  ids: Id[]
  /** Of those: who has got an email from it. */
  inThread: number
  /** Its answers are read, by itself or by the mailbox that reads for it. */
  read: boolean
}

/** Undefined: no mailbox of this id was removed. */
export async function strandedAt(
  db: Db,
  { team, mailboxId }: { team: TeamId; mailboxId: Id },
): Promise<Stranded | undefined> {
  const { rows } = await sql<Stranded>`
    select m.address, coalesce(m.reads_until is not null or r.state in ('connected', 'disconnected'), false) as read,
      coalesce(array_agg(e.id order by e.id) filter (where e.id is not null), '{}') as ids, count(e.parent_message_id) as "inThread"
    from mailboxes m
    left join mailboxes r on r.team_id = m.team_id and r.id = m.reads_via
    left join enrollments e on e.team_id = m.team_id and e.mailbox_id = m.id and e.state in ('active', 'paused')
      and e.removed_at is null and e.hold_reason = ${NO_MAILBOX}
    where m.team_id = ${team} and m.id = ${mailboxId} and m.state = 'removed'
    group by m.address, m.reads_until, r.state`.execute(kysely(db))
  return rows[0]
}
