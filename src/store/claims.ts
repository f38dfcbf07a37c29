/**
 * The statements of a claim (ENGINE section 2): who is awake, locking mailboxes, what is due on their lanes, and the lease that ends it.
 * Decides nothing; `engine/claim.ts` puts them in order.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { EMAIL_RANKS, isFollowUp, OWN_RANKS } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, atOrNull, isoArray, kysely } from './db.ts'
import { lockEnrollments } from './locks.ts'

/** Two clocks: rules go by the team's, leases by the server's without travel (ENGINE section 8). */
export interface Moments {
  now: Instant
  real: Instant
}

/** A fenced database wakes nobody, whatever is due: lifting the fence wakes all. */
export const NOT_FENCED = sql`not exists (select from deployment where fenced_reason is not null)`

export async function awakeTeams(db: Db, { now, real }: Moments): Promise<TeamId[]> {
  const { rows } = await sql<{ team: TeamId }>`
    select distinct team_id as team from mailboxes
    where wake_at <= ${at(now)} and busy_until <= ${at(real)} and state = 'connected' and ${NOT_FENCED} order by 1`.execute(
    kysely(db),
  )
  return rows.map((row) => row.team)
}

/** When the next mailbox wakes; null when none will by itself. */
export async function nextWake(db: Db, { real }: { real: Instant }): Promise<Instant | null> {
  const { rows } = await sql<{ wakeAt: Instant }>`
    select wake_at as "wakeAt" from mailboxes
    where wake_at < 'infinity' and busy_until <= ${at(real)} and state = 'connected' and ${NOT_FENCED}
    order by wake_at limit 1`.execute(kysely(db))
  return rows[0]?.wakeAt ?? null
}

/** Without a lock: what the claim that follows will probably find. */
export async function peekAwake(db: Db, o: Moments & { team: TeamId; limit: number }): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select id from mailboxes where team_id = ${o.team} and wake_at <= ${at(o.now)} and busy_until <= ${at(o.real)} and state = 'connected' and ${NOT_FENCED}
    order by wake_at, id limit ${o.limit}`.execute(kysely(db))
  return rows.map((row) => row.id)
}

export interface LockedMailbox {
  id: Id
  fence: number
  lastClaimAt: Instant
}

/** `for no key update`: anything stronger would fight the foreign keys of people who enroll. */
export async function lockAwake(
  tx: Db,
  o: Moments & { team: TeamId; mailboxIds: readonly Id[] },
): Promise<LockedMailbox[]> {
  const { rows } = await sql<LockedMailbox>`
    select id, fence, last_claim_at as "lastClaimAt" from mailboxes
    where team_id = ${o.team} and id = any(${o.mailboxIds as Id[]}) and wake_at <= ${at(o.now)} and busy_until <= ${at(o.real)}
      and state = 'connected' and ${NOT_FENCED}
    order by id for no key update skip locked`.execute(kysely(tx))
  return rows
}

/** `r`: the ranks of emails in the order in which they are looked at. */
const RANKS = sql`(values ${sql.join(
  EMAIL_RANKS.map(
    (rank, place) =>
      sql`(${sql.lit(rank)}, ${sql.lit(place)}, ${sql.lit(isFollowUp(rank))}, ${sql.lit(OWN_RANKS.some((own) => own === rank))})`,
  ),
)}) as r (rank, place, follows, own)`

export interface DueId {
  id: Id
  mailboxId: Id
  sequenceId: Id
  rank: number
  dueAt: Instant
}

/** How far each mailbox may look: first steps up to now, follow-ups up to what its inbox was read for (null: none). */
export interface Reach {
  mailboxId: Id
  firstUntil: Instant
  followUntil: Instant | null
}

/** What is due on the awake lanes of these mailboxes, at most `limit` per lane and rank, probing one short index range each. */
export async function dueOnLanes(
  db: Db,
  o: { team: TeamId; now: Instant; reaches: readonly Reach[]; limit: number },
): Promise<DueId[]> {
  if (o.reaches.length === 0) return []
  const { rows } = await sql<DueId>`
    select x.id, l.mailbox_id as "mailboxId", l.sequence_id as "sequenceId", r.rank, x.due_at as "dueAt"
    from unnest(${o.reaches.map((one) => one.mailboxId)}::text[], ${isoArray(o.reaches.map((one) => one.firstUntil))}::timestamptz[],
      ${isoArray(o.reaches.map((one) => one.followUntil))}::timestamptz[]) as m (id, first_until, follow_until)
    join lanes l on l.team_id = ${o.team} and l.mailbox_id = m.id and l.wake_at <= ${at(o.now)}
    cross join ${RANKS}
    cross join lateral (
      select e.id, e.due_at from enrollments e
      where e.team_id = ${o.team} and e.mailbox_id = l.mailbox_id and e.sequence_id = l.sequence_id and e.rank = r.rank
        and e.due_at is not null and e.due_at <= case when r.follows then m.follow_until else m.first_until end
      order by e.due_at, e.id limit ${o.limit}
    ) as x
    order by r.place, x.due_at, x.id`.execute(kysely(db))
  return rows
}

/** Takes enrollments under the mailbox's lease; those that changed since they were read are left out of the answer. */
export async function leaseEnrollments(
  tx: Db,
  o: { team: TeamId; leases: readonly { id: Id; rev: number }[]; until: Instant; now: Instant },
): Promise<Set<Id>> {
  const sorted = [...o.leases].sort((a, b) => (a.id < b.id ? -1 : 1))
  if (sorted.length === 0) return new Set()
  await lockEnrollments(
    tx,
    o.team,
    sorted.map((one) => one.id),
  )
  const { rows } = await sql<{ id: Id }>`
    update enrollments e set due_at = null, lease_until = ${at(o.until)}, updated_at = ${at(o.now)}, rev = e.rev + 1
    from unnest(${sorted.map((one) => one.id)}::text[], ${sorted.map((one) => one.rev)}::int[]) as l (id, rev)
    where e.team_id = ${o.team} and e.id = l.id and e.rev = l.rev and e.state = 'active' and e.due_at is not null
    returning e.id`.execute(kysely(tx))
  return new Set(rows.map((row) => row.id))
}

/** Moves what a gate has closed until later, so that a row that was looked at never stays at the head. */
export async function moveDue(
  tx: Db,
  o: { team: TeamId; moves: readonly { id: Id; rev: number; dueAt: Instant }[]; now: Instant },
): Promise<void> {
  const sorted = [...o.moves].sort((a, b) => (a.id < b.id ? -1 : 1))
  if (sorted.length === 0) return
  await lockEnrollments(
    tx,
    o.team,
    sorted.map((one) => one.id),
  )
  await sql`
    update enrollments e set due_at = l.due_at, updated_at = ${at(o.now)}, rev = e.rev + 1
    from unnest(${sorted.map((one) => one.id)}::text[], ${sorted.map((one) => one.rev)}::int[],
      ${isoArray(sorted.map((one) => one.dueAt))}::timestamptz[]) as l (id, rev, due_at)
    where e.team_id = ${o.team} and e.id = l.id and e.rev = l.rev and e.state = 'active' and e.due_at is not null`.execute(
    kysely(tx),
  )
}

/** When the earliest first step, and the earliest follow-up, falls due. */
export interface Outlook {
  firstDue: Instant | null
  followDue: Instant | null
}

export interface LaneOutlook extends Outlook {
  mailboxId: Id
  sequenceId: Id
  /** Of what people sent off alone. */
  own: Outlook
}

/** Of the lanes that were awake: what they wait for now. */
export async function laneOutlooks(
  tx: Db,
  o: { team: TeamId; now: Instant; mailboxIds: readonly Id[] },
): Promise<LaneOutlook[]> {
  type Row = Omit<LaneOutlook, 'own'> & { ownFirst: Instant | null; ownFollow: Instant | null }
  const { rows } = await sql<Row>`
    select l.mailbox_id as "mailboxId", l.sequence_id as "sequenceId",
      min(d.due_at) filter (where not r.follows) as "firstDue", min(d.due_at) filter (where r.follows) as "followDue",
      min(d.due_at) filter (where r.own and not r.follows) as "ownFirst", min(d.due_at) filter (where r.own and r.follows) as "ownFollow"
    from lanes l
    cross join ${RANKS}
    left join lateral (
      select e.due_at from enrollments e
      where e.team_id = l.team_id and e.mailbox_id = l.mailbox_id and e.sequence_id = l.sequence_id and e.rank = r.rank
        and e.due_at is not null
      order by e.due_at limit 1
    ) as d on true
    where l.team_id = ${o.team} and l.mailbox_id = any(${o.mailboxIds as Id[]}) and l.wake_at <= ${at(o.now)}
    group by 1, 2`.execute(kysely(tx))
  return rows.map(({ ownFirst, ownFollow, ...lane }) => ({
    ...lane,
    own: { firstDue: ownFirst, followDue: ownFollow },
  }))
}

export interface LaneEnd {
  mailboxId: Id
  sequenceId: Id
  /** Null: only a bump wakes it. */
  wakeAt: Instant | null
  served: boolean
}

export async function closeLanes(
  tx: Db,
  o: { team: TeamId; lanes: readonly LaneEnd[]; now: Instant },
): Promise<void> {
  if (o.lanes.length === 0) return
  await sql`
    update lanes l set wake_at = coalesce(n.wake_at, 'infinity'),
      served_at = case when n.served then greatest(l.served_at, ${at(o.now)}::timestamptz) else l.served_at end
    from unnest(${o.lanes.map((one) => one.mailboxId)}::text[], ${o.lanes.map((one) => one.sequenceId)}::text[],
      ${isoArray(o.lanes.map((one) => one.wakeAt))}::timestamptz[], ${o.lanes.map((one) => one.served)}::boolean[])
      as n (mailbox_id, sequence_id, wake_at, served)
    where l.team_id = ${o.team} and l.mailbox_id = n.mailbox_id and l.sequence_id = n.sequence_id`.execute(
    kysely(tx),
  )
}

/** The earliest wake of the lanes that sleep. */
export async function sleepingLanes(
  tx: Db,
  o: { team: TeamId; now: Instant; mailboxIds: readonly Id[] },
): Promise<Map<Id, Instant>> {
  const { rows } = await sql<{ id: Id; wakeAt: Instant }>`
    select mailbox_id as id, min(wake_at) as "wakeAt" from lanes
    where team_id = ${o.team} and mailbox_id = any(${o.mailboxIds as Id[]}) and wake_at > ${at(o.now)} and wake_at < 'infinity'
    group by 1`.execute(kysely(tx))
  return new Map(rows.map((row) => [row.id, row.wakeAt]))
}

export interface MailboxEnd {
  id: Id
  /** Null: only a bump wakes it. */
  wakeAt: Instant | null
  /** Real time; null when nothing was claimed, then there is no lease. */
  busyUntil: Instant | null
  wantsRead: boolean
}

/** The last statement of a claim: lease, fence, next look; asks for a read where follow-ups wait for one. */
export async function closeMailboxes(
  tx: Db,
  o: Moments & { team: TeamId; worker: string; mailboxes: readonly MailboxEnd[] },
): Promise<void> {
  if (o.mailboxes.length === 0) return
  const ids = o.mailboxes.map((one) => one.id)
  await sql`
    update mailboxes m set wake_at = coalesce(n.wake_at, 'infinity'), last_claim_at = ${at(o.now)}, fence = m.fence + 1,
      busy_until = coalesce(n.busy_until, m.busy_until), leased_by = case when n.busy_until is null then null else ${o.worker} end,
      read_wanted_at = case when n.wants_read and m.reads_via is null then coalesce(m.read_wanted_at, ${at(o.now)}::timestamptz)
        else m.read_wanted_at end
    from unnest(${ids}::text[], ${isoArray(o.mailboxes.map((one) => one.wakeAt))}::timestamptz[],
      ${isoArray(o.mailboxes.map((one) => one.busyUntil))}::timestamptz[], ${o.mailboxes.map((one) => one.wantsRead)}::boolean[])
      as n (id, wake_at, busy_until, wants_read)
    where m.team_id = ${o.team} and m.id = n.id`.execute(kysely(tx))
}

/** For relays, apart from the claim: the row of the mailbox that reads for them is another one, and locks go by id. */
export async function wantReads(
  db: Db,
  o: { team: TeamId; mailboxIds: readonly Id[]; now: Instant },
): Promise<void> {
  if (o.mailboxIds.length === 0) return
  await db.transaction(async (tx) => {
    const { rows } = await sql<{ id: Id }>`
      select id from mailboxes where team_id = ${o.team} and id in (
        select coalesce(reads_via, id) from mailboxes where team_id = ${o.team} and id = any(${o.mailboxIds as Id[]}))
      order by id for no key update`.execute(kysely(tx))
    await sql`
      update mailboxes set read_wanted_at = coalesce(read_wanted_at, ${atOrNull(o.now)}::timestamptz)
      where team_id = ${o.team} and id = any(${rows.map((row) => row.id)})`.execute(kysely(tx))
  })
}
