/**
 * What a provider has granted to a mailbox: its tokens, sealed, and whose turn it is to refresh them. A row of its own, so that waiting for a
 * provider never waits for a claim, nor a claim for it. Never talks to a provider.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { OAuthProvider } from '../core/oauth.ts'
import { at, kysely } from './db.ts'

export interface Grant {
  provider: OAuthProvider
  issuer: string
  subject: string
  /** As `seal.ts` made it, like the next one. */
  refreshSecret: string
  accessSecret: string
  /** Real time, like all instants here. */
  accessEndsAt: Instant
  revokedWords: string | null
  rev: number
}

interface Of {
  team: TeamId
  mailboxId: Id
}

export async function grantOf(db: Db, { team, mailboxId }: Of): Promise<Grant | undefined> {
  const { rows } = await sql<Grant>`
    select provider, issuer, subject, refresh_secret as "refreshSecret", access_secret as "accessSecret",
      access_ends_at as "accessEndsAt", revoked_words as "revokedWords", rev
    from mailbox_grants where team_id = ${team} and mailbox_id = ${mailboxId}`.execute(kysely(db))
  return rows[0]
}

export type NewGrant = Of & Omit<Grant, 'revokedWords' | 'rev'> & { now: Instant }

/** A new permission takes the place of whatever was there. */
export async function saveGrant(tx: Db, grant: NewGrant): Promise<void> {
  const { team, mailboxId, now } = grant
  await sql`
    insert into mailbox_grants as g (team_id, mailbox_id, provider, issuer, subject, refresh_secret, access_secret, access_ends_at,
      created_at, updated_at)
    values (${team}, ${mailboxId}, ${grant.provider}, ${grant.issuer}, ${grant.subject}, ${grant.refreshSecret},
      ${grant.accessSecret}, ${at(grant.accessEndsAt)}, ${at(now)}, ${at(now)})
    on conflict (team_id, mailbox_id) do update set provider = excluded.provider, issuer = excluded.issuer,
      subject = excluded.subject, refresh_secret = excluded.refresh_secret, access_secret = excluded.access_secret,
      access_ends_at = excluded.access_ends_at, busy_until = '-infinity', revoked_at = null, revoked_words = null,
      updated_at = excluded.updated_at, rev = g.rev + 1`.execute(kysely(tx))
}

/** Of all processes one refreshes. False: another does, or the tokens are others by now. */
export async function leaseGrant(
  db: Db,
  { team, mailboxId, rev, now, until }: Of & { rev: number; now: Instant; until: Instant },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update mailbox_grants set busy_until = ${at(until)}
    where team_id = ${team} and mailbox_id = ${mailboxId} and rev = ${rev} and busy_until <= ${at(now)}
      and revoked_at is null`.execute(kysely(db))
  return numAffectedRows === 1n
}

export async function releaseGrant(db: Db, { team, mailboxId, rev }: Of & { rev: number }): Promise<void> {
  await sql`
    update mailbox_grants set busy_until = '-infinity'
    where team_id = ${team} and mailbox_id = ${mailboxId} and rev = ${rev}`.execute(kysely(db))
}

/** The tokens that came of `rev`. `refreshSecret` null: the old one stays. False: a person has connected it anew meanwhile. */
export async function saveTokens(
  db: Db,
  o: Of & {
    rev: number
    refreshSecret: string | null
    accessSecret: string
    accessEndsAt: Instant
    now: Instant
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update mailbox_grants set refresh_secret = coalesce(${o.refreshSecret}, refresh_secret), access_secret = ${o.accessSecret},
      access_ends_at = ${at(o.accessEndsAt)}, busy_until = '-infinity', updated_at = ${at(o.now)}, rev = rev + 1
    where team_id = ${o.team} and mailbox_id = ${o.mailboxId} and rev = ${o.rev}`.execute(kysely(db))
  return numAffectedRows === 1n
}

/**
 * The provider has shut us out: the mailbox is disconnected until a person connects it again. In the order of locks the mailbox comes first.
 * `superseded`: what was refused is no longer what the mailbox has; nothing was changed.
 */
export async function revokeGrant(
  tx: Db,
  o: Of & { rev: number; words: string; problem: string; now: Instant; real: Instant },
): Promise<'superseded' | 'revoked' | 'disconnected'> {
  const { team, mailboxId, rev } = o
  await sql`
    select from mailboxes where team_id = ${team} and id = ${mailboxId} for no key update`.execute(kysely(tx))
  const { numAffectedRows } = await sql`
    update mailbox_grants set revoked_at = ${at(o.real)}, revoked_words = ${o.words}, busy_until = '-infinity',
      updated_at = ${at(o.real)}
    where team_id = ${team} and mailbox_id = ${mailboxId} and rev = ${rev} and revoked_at is null`.execute(
    kysely(tx),
  )
  if (numAffectedRows !== 1n) return 'superseded'
  const disconnected = await sql`
    update mailboxes set state = 'disconnected', state_reason = ${o.problem}, wake_at = 'infinity', updated_at = ${at(o.now)}
    where team_id = ${team} and id = ${mailboxId} and state = 'connected'`.execute(kysely(tx))
  return disconnected.numAffectedRows === 1n ? 'disconnected' : 'revoked'
}

export async function deleteGrant(tx: Db, { team, mailboxId }: Of): Promise<void> {
  await sql`delete from mailbox_grants where team_id = ${team} and mailbox_id = ${mailboxId}`.execute(
    kysely(tx),
  )
}
