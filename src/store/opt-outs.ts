/**
 * Opting an address out: the one effect behind the public page, the one-click button, the mail to the opt-out address and "remove me" in
 * an answer. Suppresses the address for the whole team and ends every live enrollment of it. Never lifts anything.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { sha256 } from '../seal.ts'
import { writeActivities } from './activities.ts'
import { moveToStage } from './contact-stages.ts'
import { at, kysely } from './db.ts'
import { type CauseMail, countForMail, countsApart } from './mail-effects.ts'
import { suppress, sweep } from './stops.ts'

/** How somebody opted out; kept as the source of the suppression. */
export type OptOutWay = 'page' | 'one_click' | 'mailto' | 'reply' | 'person'

export interface OptOutTarget {
  messageId: Id
  /** The address that the message was written to, normalized. */
  address: string
  contactId: Id | null
  mailboxId: Id
  /** The address is on the do-not-contact list already, by whatever way. */
  optedOut: boolean
}

/**
 * The hash under which a message keeps its opt-out token. Without a key, so that links outlive a changed secret; the token itself is
 * random and long, which is what a salt would be for.
 */
export function optOutHash(token: string): string {
  return sha256(token)
}

/** Whom a token opts out; null when no message of this team carries it. Looked up by its hash, so timing tells nothing about the token. */
export async function findOptOut(
  db: Db,
  { team, token }: { team: TeamId; token: string },
): Promise<OptOutTarget | null> {
  const { rows } = await sql<OptOutTarget>`
    select m.id as "messageId", m.to_address as address, m.contact_id as "contactId", m.mailbox_id as "mailboxId",
      exists (select from suppressions s where s.team_id = m.team_id and s.kind = 'address' and s.value = m.to_address
        and s.lifted_at is null) as "optedOut"
    from messages m
    where m.team_id = ${team} and m.opt_out_hash = ${optOutHash(token)} and m.to_address is not null
    order by m.created_at desc limit 1`.execute(kysely(db))
  return rows[0] ?? null
}

export interface OptOut {
  team: TeamId
  /** Normalized. */
  address: string
  via: OptOutWay
  /** The message whose link or answer said so; null when a person did it from a list. */
  messageId?: Id | null
  /** `contact`, `inbound`, `user:<id>`. */
  actor: string
  now: Instant
  random: Random
  /** The mail that came in and asked for it: it can be undone. */
  inboundId?: CauseMail
}

export interface OptedOut {
  /** The address was suppressed before: nothing changed. */
  already: boolean
  /** Enrollments that ended by this. */
  finished: Id[]
  /** What stands on the list now: the address, and the one that the same contact has by now. */
  addresses: string[]
}

/**
 * In the caller's transaction: suppression, ends, the message's stamp, one activity, the number. A contact whose address has changed since the
 * email, or who was merged with another, is opted out with the address of today, too: it is the person who asks. The caller sweeps `{ addresses }`
 * after its commit; until then a claimed message may still leave.
 */
export async function recordOptOut(tx: Db, o: OptOut): Promise<OptedOut> {
  const { team, address, now, random, actor, inboundId } = o
  const of = { messageId: o.messageId ?? null }
  const addresses = [address, ...(await addressOfToday(tx, o))].sort()
  for (const one of addresses)
    await moveToStage(tx, { team, address: one, event: 'unsubscribed', of, now, inboundId })
  const { already, stopped } = await suppress(tx, {
    team,
    entries: addresses.map((value) => ({ kind: 'address', value })),
    reason: 'opt_out',
    source: o.via,
    by: null,
    actor,
    now,
    random,
    stop: { to: 'finished', reason: 'opted_out' },
    inboundId,
  })
  const message = o.messageId ? await stampOptOut(tx, { team, messageId: o.messageId, now }) : null
  // Asked for a second time: it outlives the first.
  if (o.messageId && message === null) await countsApart(tx, { team, messageId: o.messageId, but: inboundId })
  if (message?.sequenceId) {
    const { sequenceId, stepId, variantId } = message
    const delta = {
      sequenceId,
      stepId,
      variantId,
      messageId: o.messageId!,
      metric: 'unsubscribed',
      n: 1,
    } as const
    await countForMail(tx, { team, inboundId, deltas: [delta] })
  }
  const known = already.includes(address)
  if (message || !known) {
    await writeActivities(tx, {
      team,
      now,
      random,
      activities: [
        {
          kind: 'opted_out',
          actor,
          reason: o.via,
          contactId: message?.contactId ?? null,
          sequenceId: message?.sequenceId ?? null,
          enrollmentId: message?.enrollmentId ?? null,
          stepId: message?.stepId ?? null,
          messageId: message ? (o.messageId ?? null) : null,
          detail: { address, finished: stopped.length },
        },
      ],
    })
  }
  return { already: known, finished: stopped.map(({ enrollmentId }) => enrollmentId), addresses }
}

/** Of the contact whom the email was written to, where it is another than the email's. */
export async function addressOfToday(
  tx: Db,
  { team, address, messageId }: Pick<OptOut, 'team' | 'address' | 'messageId'>,
): Promise<string[]> {
  if (!messageId) return []
  const { rows } = await sql<{ address: string }>`
    select c.address from messages m join contacts c on c.team_id = m.team_id and c.id = m.contact_id
    where m.team_id = ${team} and m.id = ${messageId} and m.to_address = ${address} and c.address <> ${address}
      and c.deleted_at is null`.execute(kysely(tx))
  return rows.map((row) => row.address)
}

interface Stamped {
  sequenceId: Id | null
  stepId: Id | null
  variantId: Id | null
  enrollmentId: Id | null
  contactId: Id | null
}

/** Stamps the message once; null when it was stamped before, so that it counts once. */
async function stampOptOut(
  tx: Db,
  { team, messageId, now }: { team: TeamId; messageId: Id; now: Instant },
): Promise<Stamped | null> {
  const { rows } = await sql<Stamped>`
    update messages set opted_out_at = ${at(now)}, updated_at = ${at(now)}
    where team_id = ${team} and id = ${messageId} and opted_out_at is null
    returning sequence_id as "sequenceId", step_id as "stepId", variant_id as "variantId",
      enrollment_id as "enrollmentId", contact_id as "contactId"`.execute(kysely(tx))
  return rows[0] ?? null
}

/**
 * The whole act, for the public page: commits, then sweeps what was claimed. When it has returned, nothing leaves to the address
 * but `transmitting` (message ids). Repeating it is harmless.
 */
export async function optOut(db: Db, o: OptOut): Promise<OptedOut & { transmitting: Id[] }> {
  const done = await db.transaction((tx) => recordOptOut(tx, o))
  const swept = await sweep(db, {
    team: o.team,
    of: { addresses: done.addresses },
    now: o.now,
    random: o.random,
  })
  return { ...done, transmitting: swept.transmitting.map(({ messageId }) => messageId) }
}
