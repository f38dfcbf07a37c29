/**
 * The access token of a mailbox, fresh enough to log in with. Of all processes one refreshes at a time, outside of any transaction; the others wait
 * for what it brings. A permission that was taken back disconnects the mailbox, with the way out; a provider that is away does not.
 */
import { type Clock, MINUTE, SECOND } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { shutOutSentence } from '../core/oauth.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import type { OAuthPort, TokenSource, Tokens, TokenTrouble } from '../mail/port.ts'
import { type Keys, openSecret, SealBroken, sealSecret } from '../seal.ts'
import { writeActivities } from '../store/activities.ts'
import {
  type Grant,
  grantOf,
  leaseGrant,
  releaseGrant,
  revokeGrant,
  saveTokens,
} from '../store/mailbox-grants.ts'
import { mailboxById } from '../store/mailboxes.ts'

/** So long before its end a token is refreshed, so that no login begins with one that ends on the way. */
const MARGIN_MS = 2 * MINUTE
/** Longer than a provider may take to answer; after it, whoever refreshed has died. */
const LEASE_MS = 45 * SECOND
/** How often those who wait look for the token that another fetches. */
const LOOK_EVERY_MS = 100

export interface TokenTools {
  db: Db
  keys: Keys
  clock: Clock
  random: Random
  log: Log
  oauth: Pick<OAuthPort, 'refresh'>
}

export type MailboxTokens = (team: TeamId, mailboxId: Id) => TokenSource

/** Sealed for one mailbox and one use, like its passwords. */
export const sealToken = (
  keys: Keys,
  at: { mailboxId: Id; use: 'refresh' | 'access' },
  token: string,
): string => sealSecret(keys, purpose(at), token)

const purpose = ({ mailboxId, use }: { mailboxId: Id; use: 'refresh' | 'access' }) =>
  `mailbox ${mailboxId} ${use} token`

export function mailboxTokens(tools: TokenTools): MailboxTokens {
  return (team, mailboxId) => (refused) =>
    token(tools, { team, mailboxId }, refused).catch((error: unknown) => noToken(tools, mailboxId, error))
}

/** Neither a key that was changed nor a database that is away may look like a fault of the mail that was to be sent. */
function noToken({ log }: TokenTools, mailboxId: Id, error: unknown): TokenTrouble {
  if (error instanceof SealBroken) return { kind: 'revoked', detail: error.message }
  log.warn({ mailbox: mailboxId, err: error }, 'the token of a mailbox could not be read')
  return { kind: 'unreachable', detail: 'the token could not be read; trying again by itself' }
}

interface Of {
  team: TeamId
  mailboxId: Id
}

const NOT_GRANTED: TokenTrouble = { kind: 'revoked', detail: 'nobody has connected it' }

async function token(
  tools: TokenTools,
  of: Of,
  refused: string | undefined,
): Promise<Awaited<ReturnType<TokenSource>>> {
  const { db, keys, clock } = tools
  const giveUpAt = clock.real() + LEASE_MS
  for (;;) {
    const grant = await grantOf(db, of)
    if (!grant) return NOT_GRANTED
    if (grant.revokedWords !== null) return { kind: 'revoked', detail: grant.revokedWords }
    const accessToken = openSecret(
      keys,
      purpose({ mailboxId: of.mailboxId, use: 'access' }),
      grant.accessSecret,
    )
    const now = clock.real()
    if (accessToken !== refused && grant.accessEndsAt - MARGIN_MS > now) return { kind: 'token', accessToken }
    if (await leaseGrant(db, { ...of, rev: grant.rev, now, until: now + LEASE_MS })) {
      const fetched = await refresh(tools, of, grant)
      if (fetched) return fetched
    } else if (now > giveUpAt) return { kind: 'unreachable', detail: 'another process waits for its token' }
    else await clock.sleep(LOOK_EVERY_MS)
  }
}

/** Null: a person has connected the mailbox anew meanwhile, so look again. */
async function refresh(
  tools: TokenTools,
  of: Of,
  grant: Grant,
): Promise<Awaited<ReturnType<TokenSource>> | null> {
  const { db, keys, oauth } = tools
  const refreshToken = openSecret(
    keys,
    purpose({ mailboxId: of.mailboxId, use: 'refresh' }),
    grant.refreshSecret,
  )
  const outcome = await oauth.refresh(grant.provider, refreshToken)
  if (outcome.kind === 'fresh') {
    const saved = await keep(tools, { ...of, rev: grant.rev }, outcome)
    return saved ? { kind: 'token', accessToken: outcome.accessToken } : null
  }
  if (outcome.kind === 'revoked') return disconnect(tools, { ...of, grant }, outcome)
  await releaseGrant(db, { ...of, rev: grant.rev })
  return outcome
}

/** At once and whole: a refresh token that rotates is worthless from now on, and its successor is in no other place. */
function keep({ db, keys, clock }: TokenTools, of: Of & { rev: number }, tokens: Tokens): Promise<boolean> {
  const { mailboxId } = of
  const { accessToken, refreshToken, expiresInMs } = tokens
  const now = clock.real()
  return saveTokens(db, {
    ...of,
    refreshSecret:
      refreshToken === null ? null : sealToken(keys, { mailboxId, use: 'refresh' }, refreshToken),
    accessSecret: sealToken(keys, { mailboxId, use: 'access' }, accessToken),
    accessEndsAt: now + expiresInMs,
    now,
  })
}

async function disconnect(
  { db, clock, random, log }: TokenTools,
  { grant, ...of }: Of & { grant: Grant },
  trouble: TokenTrouble,
): Promise<TokenTrouble | null> {
  const { team, mailboxId } = of
  const mailbox = await mailboxById(db, { team, id: mailboxId })
  const problem = shutOutSentence(grant.provider, mailbox?.address ?? 'a removed mailbox', trouble.detail)
  const now = clock.now()
  const became = await db.transaction(async (tx) => {
    const { rev } = grant
    const done = await revokeGrant(tx, {
      ...of,
      rev,
      words: trouble.detail,
      problem,
      now,
      real: clock.real(),
    })
    if (done === 'disconnected')
      await writeActivities(tx, {
        team,
        now,
        random,
        activities: [
          { kind: 'mailbox_disconnected', actor: 'engine', mailboxId, detail: { words: problem } },
        ],
      })
    return done
  })
  if (became === 'superseded') return null
  log.warn({ mailbox: mailboxId }, problem)
  return trouble
}
