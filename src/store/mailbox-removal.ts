/** Taking a mailbox away: what it is used for, its last moments as a sender, the row as it stays, and the end of its reading. Decides nothing. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { EMAIL_RANKS } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { at, atOrNull, kysely } from './db.ts'
import { deleteGrant } from './mailbox-grants.ts'
import { type Transited, transit } from './transitions.ts'

export interface MailboxUse {
  id: Id
  userId: Id
  kind: 'sandbox' | 'smtp' | 'google' | 'microsoft'
  address: string
  hasSent: boolean
  /** It has an inbox of its own that can be read. */
  readable: boolean
  /** How far the inbox was read in which its answers arrive. */
  readerAddress: string
  readAt: Instant | null
  problem: string | null
  /** People who may still be sent something: active or paused. */
  live: number
  /** Of those: whoever waits for a person already, by a hold or a pause. */
  waiting: number
  /** Of those: whoever is held, also while paused. */
  held: number
  /** Of those: whoever has got an email of the sequence from it, so that the next one is the first of a new thread. */
  inThread: number
  /** People whose enrollment failed and can be tried again. */
  failed: number
  openTasks: number
  drafts: number
  /** Emails of no sequence that wait to leave it. */
  queued: number
  /** Emails that are leaving it at this moment. */
  transmitting: number
  sequences: { id: Id; name: string | null; people: number }[]
  /** Addresses of the relays whose replies it reads. */
  readsFor: string[]
}

const AT_IT = sql`e.team_id = m.team_id and e.mailbox_id = m.id and e.removed_at is null`
const LIVE_AT_IT = sql`${AT_IT} and e.state in ('active', 'paused')`

/** Undefined: there is no such mailbox, or it was removed. */
export async function mailboxUse(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<MailboxUse | undefined> {
  const tasks = (more: ReturnType<typeof sql>) => sql`(select count(*) from enrollments e
    join tasks t on t.team_id = e.team_id and t.enrollment_id = e.id and t.step_id = e.step_id and t.state = 'open' ${more}
    where ${LIVE_AT_IT})`
  const { rows } = await sql<MailboxUse>`
    select m.id, m.user_id as "userId", m.kind, m.address, m.chain_seq > 0 as "hasSent",
      m.imap_host is not null and m.read_problem is null and m.read_at is not null as readable,
      r.address as "readerAddress", r.read_at as "readAt", r.read_problem as problem,
      p.live, p.waiting, p.held, p."inThread", p.failed, ${tasks(sql``)} as "openTasks",
      ${tasks(sql`and t.kind = 'manual_email'`)} as drafts,
      (select count(*) from messages x where x.team_id = m.team_id and x.mailbox_id = m.id and x.enrollment_id is null
        and x.state in ('queued', 'claimed')) as queued,
      (select count(*) from messages x where x.team_id = m.team_id and x.mailbox_id = m.id and x.state = 'transmitting') as transmitting,
      (select coalesce(jsonb_agg(jsonb_build_object('id', q.id, 'name', q.name, 'people', n.people) order by n.people desc, q.id), '[]')
        from (select e.sequence_id, count(*) as people from enrollments e where ${LIVE_AT_IT} group by 1) n
        join sequences q on q.team_id = m.team_id and q.id = n.sequence_id) as sequences,
      array(select o.address from mailboxes o where o.team_id = m.team_id and o.reads_via = m.id and o.state <> 'removed'
        order by o.address) as "readsFor"
    from mailboxes m
    join mailboxes r on r.team_id = m.team_id and r.id = coalesce(m.reads_via, m.id)
    cross join lateral (
      select count(*) filter (where e.state <> 'failed') as live, count(*) filter (where e.state = 'failed') as failed,
        count(*) filter (where e.state = 'paused' or (e.state = 'active' and e.hold_reason is not null)) as waiting,
        count(*) filter (where e.hold_reason is not null) as held,
        count(*) filter (where e.state <> 'failed' and e.parent_message_id is not null) as "inThread"
      from enrollments e where ${AT_IT} and e.state in ('active', 'paused', 'failed')) p
    where m.team_id = ${team} and m.id = ${id} and m.state <> 'removed'`.execute(kysely(db))
  return rows[0]
}

/**
 * Locks the team's mailboxes, so that nobody is added to this one meanwhile (`holdMailboxes`). All of them, in order: the default may pass
 * to another.
 */
export async function lockForRemoval(tx: Db, team: TeamId): Promise<void> {
  await sql`select from mailboxes where team_id = ${team} and state <> 'removed' order by id for update`.execute(
    kysely(tx),
  )
}

/** It sends nothing from here on and takes nobody in: what was claimed can be taken back, and its people be given away. */
export async function shutDown(
  tx: Db,
  { team, id, words, now }: { team: TeamId; id: Id; words: string; now: Instant },
): Promise<void> {
  await sql`
    update mailboxes set state = 'disconnected', state_reason = ${words}, wake_at = 'infinity', updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = ${id} and state <> 'removed'`.execute(kysely(tx))
}

/** Emails that somebody sent themselves, or sent by hand, and that have not left. Returns how many never will. */
export async function cancelOwnSends(
  tx: Db,
  { team, id, words, now }: { team: TeamId; id: Id; words: string; now: Instant },
): Promise<number> {
  const { numAffectedRows } = await sql`
    with mine as (
      select id from messages where team_id = ${team} and mailbox_id = ${id} and enrollment_id is null and state in ('queued', 'claimed')
      order by id for no key update
    )
    update messages m set state = 'cancelled', failure = ${words}, counted_at = null, updated_at = ${at(now)} from mine
    where m.team_id = ${team} and m.id = mine.id`.execute(kysely(tx))
  return Number(numAffectedRows)
}

/**
 * The row stays for whatever names it, and its address can be connected anew. What it sends with is forgotten at once; what it is read with
 * stays until `readsUntil` (null: nothing of it is read any more).
 */
export async function removeRow(
  tx: Db,
  o: { team: TeamId; id: Id; readsUntil: Instant | null; now: Instant },
): Promise<void> {
  const { team, id, now } = o
  await sql`
    update mailboxes set state = 'removed', state_reason = null, is_default = false, smtp_secret = null, wake_at = 'infinity',
      reads_until = ${atOrNull(o.readsUntil)}, read_wanted_at = null, updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = ${id}`.execute(kysely(tx))
  if (o.readsUntil === null) await endReading(tx, { team, id, now })
  await sql`
    update mailboxes set is_default = true, updated_at = ${at(now)}
    where team_id = ${team}
      and not exists (select from mailboxes d where d.team_id = ${team} and d.is_default and d.state <> 'removed')
      and id = (select o.id from mailboxes o where o.team_id = ${team} and o.state <> 'removed'
        order by (o.kind <> 'sandbox') desc, (o.state = 'connected') desc, o.created_at, o.id limit 1)`.execute(
    kysely(tx),
  )
}

/** From here on nothing of a removed mailbox is read, and nothing is left that opens it. False: it is not being read. */
export async function endReading(
  tx: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update mailboxes set reads_until = null, imap_secret = null, read_due_at = 'infinity', read_wanted_at = null, read_problem = null,
      read_failing_since = null, updated_at = ${at(now)}
    where team_id = ${team} and id = ${id} and state = 'removed'`.execute(kysely(tx))
  if (numAffectedRows !== 1n) return false
  await deleteGrant(tx, { team, mailboxId: id })
  return true
}

/** Removed mailboxes whose time of being read is over. For housekeeping. */
export async function endReadings(db: Db, { now }: { now: Instant }): Promise<number> {
  const { rows } = await sql<{ team: TeamId; id: Id }>`
    select team_id as team, id from mailboxes where state = 'removed' and reads_until <= ${at(now)}`.execute(
    kysely(db),
  )
  for (const { team, id } of rows) await db.transaction((tx) => endReading(tx, { team, id, now }))
  return rows.length
}

/** Per round: more would keep the locks of one transaction for seconds. */
const HELD_PER_ROUND = 1_000

/**
 * Whoever has an email due from a removed mailbox (tried again, resumed, done with a task since) is held until a person says who writes to
 * them. A step that a person does needs no mailbox. For housekeeping; returns how many.
 */
export async function holdAtRemoved(
  db: Db,
  { now, random }: { now: Instant; random: Random },
): Promise<number> {
  const { rows } = await sql<{ team: TeamId; id: Id; rev: number; address: string }>`
    select e.team_id as team, e.id, e.rev, b.address from mailboxes b join lateral (
      select e.team_id, e.id, e.rev from enrollments e where e.team_id = b.team_id and e.mailbox_id = b.id and e.due_at is not null
        and e.rank = any(${EMAIL_RANKS}::int[]) order by e.id limit ${HELD_PER_ROUND}
    ) as e on true
    where b.state = 'removed' limit ${HELD_PER_ROUND}`.execute(kysely(db))
  let held = 0
  for (const [team, people] of Map.groupBy(rows, (row) => row.team)) {
    const changes = people.map(({ id, rev, address }) => ({
      enrollmentId: id,
      rev,
      transition: 'hold' as const,
      reason: 'no_active_email_account' as const,
      detail: `${address} was removed`,
    }))
    const made = await db.transaction(
      (tx): Promise<Transited[]> => transit(tx, { team, changes, actor: 'engine', now, random }),
    )
    held += made.length
  }
  return held
}
