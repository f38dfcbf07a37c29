/**
 * What an inbound mail leaves on rows of ours besides a state: answered, bounced, complained; each stamped once, so that each counts once.
 * Transitions are `stops.ts`; call those first, since enrollments are locked before messages.
 */
import { sql } from 'kysely'
import type { AwayRules } from '../core/absence.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { ReplyClass } from '../core/reply-class.ts'
import { at, kysely } from './db.ts'

interface OfMessage {
  team: TeamId
  messageId: Id
  now: Instant
}

/** Stamps the enrollment as answered; true the first time. */
export async function markEnrollmentReplied(
  tx: Db,
  { team, enrollmentId, now }: { team: TeamId; enrollmentId: Id; now: Instant },
): Promise<boolean> {
  const { rows } = await sql`
    with before as materialized (
      select id, replied_at from enrollments where team_id = ${team} and id = ${enrollmentId} for no key update)
    update enrollments e set replied_at = coalesce(e.replied_at, ${at(now)}), updated_at = ${at(now)}
    from before where e.team_id = ${team} and e.id = before.id
    returning 1 as found, before.replied_at is null as first`.execute(kysely(tx))
  return (rows[0] as { first: boolean } | undefined)?.first ?? false
}

/** `replyClass`: what the answer means, where a fixed phrase says so; what a person has said stays. */
export async function markMessageReplied(
  tx: Db,
  { team, messageId, now, replyClass }: OfMessage & { replyClass: ReplyClass | null },
): Promise<void> {
  await sql`
    update messages set replied_at = coalesce(replied_at, ${at(now)}), reply_class = coalesce(reply_class, ${replyClass}),
      updated_at = ${at(now)}
    where team_id = ${team} and id = ${messageId}`.execute(kysely(tx))
}

export async function markMessageComplained(tx: Db, { team, messageId, now }: OfMessage): Promise<void> {
  await sql`
    update messages set complained_at = coalesce(complained_at, ${at(now)}), updated_at = ${at(now)}
    where team_id = ${team} and id = ${messageId}`.execute(kysely(tx))
}

/** As many soft bounces in a row hold the enrollment. */
export const SOFT_BOUNCES_MAX = 3

export type Bounce = 'hard' | 'soft' | 'blocked'

/** Stamps the message, and says how it had bounced before; undefined when that was the same way, or worse. */
export async function markMessageBounced(
  tx: Db,
  { team, messageId, now, bounce }: OfMessage & { bounce: Bounce },
): Promise<{ before: Bounce | null } | undefined> {
  const { rows } = await sql<{ before: Bounce | null }>`
    with was as (select id, bounce from messages where team_id = ${team} and id = ${messageId} for no key update)
    update messages m set bounce = ${bounce}, bounced_at = ${at(now)}, updated_at = ${at(now)} from was
    where m.team_id = ${team} and m.id = was.id and (was.bounce is null or (was.bounce <> 'hard' and ${bounce} = 'hard'))
    returning was.bounce as before`.execute(kysely(tx))
  return rows[0]
}

/**
 * How many emails of an enrollment bounced softly in a row, this one among them, without one in between that arrived. Bounces come in
 * any order, so the row is counted to both sides.
 */
export async function softBouncesInARow(
  db: Db,
  { team, enrollmentId, messageId }: { team: TeamId; enrollmentId: Id; messageId: Id },
): Promise<number> {
  const { rows } = await sql<{ id: Id; bounce: Bounce | null }>`
    select id, bounce from messages
    where team_id = ${team} and enrollment_id = ${enrollmentId} and (state in ('accepted', 'unknown') or id = ${messageId})
    order by marked_at, id`.execute(kysely(db))
  const here = rows.findIndex(({ id }) => id === messageId)
  const isSoft = (at: number) => rows[at]?.bounce === 'soft'
  let [first, last] = [here, here]
  while (isSoft(first - 1)) first--
  while (isSoft(last + 1)) last++
  return last - first + 1
}

export async function setSoftBounces(
  tx: Db,
  { team, enrollmentId, count, now }: { team: TeamId; enrollmentId: Id; count: number; now: Instant },
): Promise<void> {
  await sql`
    update enrollments set soft_bounces = ${count}, updated_at = ${at(now)}
    where team_id = ${team} and id = ${enrollmentId}`.execute(kysely(tx))
}

/** Had another email of this enrollment bounced before? People count once. */
export async function bouncedBefore(
  db: Db,
  { team, enrollmentId, messageId }: { team: TeamId; enrollmentId: Id; messageId: Id },
): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from messages where team_id = ${team} and enrollment_id = ${enrollmentId} and id <> ${messageId}
      and bounce in ('hard', 'soft')) as found`.execute(kysely(db))
  return rows[0]!.found
}

/**
 * Live enrollments, without a hold but an open task, of this contact and of everybody with the address that was written to, in sequences that
 * pause for an absence; with their schedules. The contact may have another address by now, or be merged with another.
 */
export async function enrollmentsToPause(
  db: Db,
  { team, address, contactId }: { team: TeamId; address: string; contactId: Id },
): Promise<{ id: Id; scheduleId: Id | null }[]> {
  const { rows } = await sql<{ id: Id; scheduleId: Id | null }>`
    select distinct e.id, q.schedule_id as "scheduleId" from contacts c
      join enrollments e on e.team_id = c.team_id and e.contact_id = coalesce(c.merged_into, c.id)
      join sequences q on q.team_id = e.team_id and q.id = e.sequence_id
    where c.team_id = ${team} and (c.address = ${address} or c.id = ${contactId}) and e.state = 'active' and e.removed_at is null
      and (e.hold_reason is null or e.hold_reason = 'task_open') and q.pause_on_away
    order by e.id`.execute(kysely(db))
  return rows
}

/** The zone that an absent person's return date is meant in (their own if known, else the team's), and what the team does about absences. */
export async function awayRulesFor(
  db: Db,
  { team, contactId }: { team: TeamId; contactId: Id },
): Promise<{ zone: string; rules: AwayRules }> {
  const { rows } = await sql<{ zone: string } & AwayRules>`
    select coalesce(c.time_zone, t.time_zone) as zone, t.away_margin_days as "marginDays", t.away_resume_days as "resumeDays"
    from contacts c join teams t on t.id = c.team_id
    where c.team_id = ${team} and c.id = ${contactId}`.execute(kysely(db))
  const { zone, ...rules } = rows[0]!
  return { zone, rules }
}

/**
 * Active enrollments without a hold of people with one of these addresses, sent from this mailbox, from one that is read here, or from the same
 * account when it was removed and connected anew: whom a mail by hand concerns. Those that were added after the mail was written are not meant.
 */
export async function activeAtMailbox(
  db: Db,
  o: { team: TeamId; mailboxId: Id; addresses: readonly string[]; before: Instant },
): Promise<{ enrollmentId: Id; contactId: Id; sequenceId: Id }[]> {
  const { rows } = await sql<{ enrollmentId: Id; contactId: Id; sequenceId: Id }>`
    select e.id as "enrollmentId", e.contact_id as "contactId", e.sequence_id as "sequenceId"
    from contacts c join enrollments e on e.team_id = c.team_id and e.contact_id = coalesce(c.merged_into, c.id)
      join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id
    where c.team_id = ${o.team} and c.address = any(${o.addresses as string[]}::text[]) and e.removed_at is null
      and exists (select from mailboxes r where r.team_id = m.team_id and r.id = ${o.mailboxId}
        and (m.id = r.id or m.reads_via = r.id or m.address = r.address)) and e.added_at <= ${at(o.before)}
      and e.state = 'active' and e.hold_reason is null
    order by e.id`.execute(kysely(db))
  return rows
}

/** What a task about this contact needs: whose it is (the mailbox's), how the contact is called, and what is open about them already. */
export async function taskFrame(
  db: Db,
  { team, contactId, mailboxId }: { team: TeamId; contactId: Id; mailboxId: Id },
): Promise<{ userId: Id; who: string; openTitles: string[] }> {
  const { rows } = await sql<{ userId: Id; who: string; openTitles: string[] }>`
    select m.user_id as "userId", coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.address, 'The contact') as who,
      array(select t.title from tasks t where t.team_id = c.team_id and t.contact_id = c.id and t.state = 'open'
        and t.title is not null) as "openTitles"
    from contacts c join mailboxes m on m.team_id = c.team_id and m.id = ${mailboxId}
    where c.team_id = ${team} and c.id = ${contactId}`.execute(kysely(db))
  return rows[0]!
}
