/** Sign-ins at a provider that have been begun: each ends once, soon, and by whoever began it. Real time. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { OAuthProvider } from '../core/oauth.ts'
import { at, kysely } from './db.ts'

export interface SignInRow {
  id: Id
  userId: Id
  provider: OAuthProvider
  /** The mailbox to be let in again; null for a new one. */
  mailboxId: Id | null
  redirectUri: string
  /** Of the secret part of the state. */
  stateHash: string
  nonce: string
  /** Sealed. */
  verifierSecret: string
  usedAt: Instant | null
  createdAt: Instant
}

/** Removes what nobody will end any more. */
export async function insertSignIn(
  db: Db,
  o: Omit<SignInRow, 'usedAt'> & { team: TeamId; forgetBefore: Instant },
): Promise<void> {
  await sql`delete from sign_ins where team_id = ${o.team} and created_at < ${at(o.forgetBefore)}`.execute(
    kysely(db),
  )
  await sql`
    insert into sign_ins (team_id, id, user_id, provider, mailbox_id, redirect_uri, state_hash, nonce, verifier_secret, created_at)
    values (${o.team}, ${o.id}, ${o.userId}, ${o.provider}, ${o.mailboxId}, ${o.redirectUri}, ${o.stateHash}, ${o.nonce},
      ${o.verifierSecret}, ${at(o.createdAt)})`.execute(kysely(db))
}

export async function signInById(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<SignInRow | undefined> {
  const { rows } = await sql<SignInRow>`
    select id, user_id as "userId", provider, mailbox_id as "mailboxId", redirect_uri as "redirectUri", state_hash as "stateHash",
      nonce, verifier_secret as "verifierSecret", used_at as "usedAt", created_at as "createdAt"
    from sign_ins where team_id = ${team} and id = ${id}`.execute(kysely(db))
  return rows[0]
}

/** True for the first of all who try. */
export async function useSignIn(
  db: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update sign_ins set used_at = ${at(now)} where team_id = ${team} and id = ${id} and used_at is null`.execute(
    kysely(db),
  )
  return numAffectedRows === 1n
}
