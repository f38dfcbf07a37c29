/** Rows of browser sessions. The token itself is only in the browser's cookie; here stands its SHA-256. */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { DAY, type Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { at, kysely } from './db.ts'

/** After this long without a visit one signs in again. */
export const SESSION_MS = 30 * DAY
/** A visit extends the session, but writes its row at most once a day. */
const EXTEND_AFTER_MS = DAY

/** No salt and no slow hash: the token has 256 bits of chance, so there is nothing to guess. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

export interface NewSession {
  userId: Id
  ipAddress: string
  userAgent: string | null
  /** Real time: moving the team's clock signs nobody out. */
  now: Instant
  random: Random
}

/** The token for the cookie, shown to nobody else. Removes what has expired. */
export async function createSession(db: Db, session: NewSession): Promise<string> {
  const { now, random } = session
  const token = random.hex(32)
  await sql`delete from sessions where expires_at <= ${at(now)}`.execute(kysely(db))
  await sql`
    insert into sessions (id, user_id, token, ip_address, user_agent, expires_at, created_at, updated_at)
    values (${newId(now, random)}, ${session.userId}, ${hashOf(token)}, ${session.ipAddress},
      ${session.userAgent?.slice(0, 500) ?? null}, ${at(now + SESSION_MS)}, ${at(now)}, ${at(now)})`.execute(
    kysely(db),
  )
  return token
}

export interface SessionCaller {
  teamId: TeamId
  teamPublicId: string
  userId: Id
}

export async function findSession(
  db: Db,
  { token, now }: { token: string; now: Instant },
): Promise<SessionCaller | undefined> {
  const { rows } = await sql<SessionCaller & { id: Id; expiresAt: Instant }>`
    select s.id, s.expires_at as "expiresAt", u.id as "userId", t.id as "teamId", t.public_id as "teamPublicId"
    from sessions s join users u on u.id = s.user_id join teams t on t.id = u.team_id
    where s.token = ${hashOf(token)} and s.expires_at > ${at(now)} and u.deleted_at is null`.execute(
    kysely(db),
  )
  const found = rows[0]
  if (!found) return undefined
  if (found.expiresAt < now + SESSION_MS - EXTEND_AFTER_MS)
    await sql`update sessions set expires_at = ${at(now + SESSION_MS)}, updated_at = ${at(now)}
      where id = ${found.id}`.execute(kysely(db))
  return { teamId: found.teamId, teamPublicId: found.teamPublicId, userId: found.userId }
}

export async function endSession(db: Db, token: string): Promise<void> {
  await sql`delete from sessions where token = ${hashOf(token)}`.execute(kysely(db))
}
