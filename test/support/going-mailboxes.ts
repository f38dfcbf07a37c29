/** Mailboxes of the team that reach the world as far as the rows say, and a round of the engine without servers: what is due is accepted. */
import { sql } from 'kysely'
import type { Id } from '../../src/core/ids.ts'
import { type Claim, claim } from '../../src/engine/claim.ts'
import { claimTasks } from '../../src/engine/claim-tasks.ts'
import { createLog } from '../../src/log.ts'
import type { Outgoing } from '../../src/store/claimed-messages.ts'
import { at, kysely } from '../../src/store/db.ts'
import type { Api } from './api.ts'
import { endBatch, markClaimed, settleClaimed } from './enrolled.ts'

const LOGIN = { host: '127.0.0.1', tls: 'none', user: 'sales', password: 'hunter2 secret' }

/** Connected, with wide limits, and read just now. */
export async function connected(api: Api, email: string, more: Record<string, unknown> = {}): Promise<Id> {
  const { status, body, text } = await api.post('/email_accounts', {
    email,
    from_name: email.split('@')[0],
    smtp: { ...LOGIN, port: 2525 },
    imap: { ...LOGIN, port: 1143 },
    seconds_delay_between_emails: 0,
    max_outbound_emails_per_hour: 50,
    ...more,
  })
  if (status !== 200) throw new Error(`POST /email_accounts answered ${status}: ${text}`)
  const { id } = body.email_account
  await set(api, id, sql`state = 'connected', read_at = ${at(api.clock.now())}`)
  return id
}

/** Of a team that may send: sales@acme.test and news@acme.test. */
export async function connectTwo(api: Api): Promise<[Id, Id]> {
  const body = { legal_name: 'Acme Ltd', postal_address: '1 Road' }
  await api.call({ method: 'PATCH', path: '/team', body })
  return [await connected(api, 'sales@acme.test'), await connected(api, 'news@acme.test')]
}

export const set = (api: Api, id: Id, what: ReturnType<typeof sql>) =>
  sql`update mailboxes set ${what} where id = ${id}`.execute(kysely(api.db))

/** The inbox of every mailbox was read to its end just now. */
export const readAll = (api: Api) =>
  sql`update mailboxes set read_at = ${at(api.clock.now())}, wake_at = least(wake_at, ${at(api.clock.now())}) where state <> 'removed' or reads_until is not null`.execute(
    kysely(api.db),
  )

export async function teamOf(api: Api): Promise<number> {
  const { rows } = await sql<{ id: number }>`select id from teams where public_id = ${api.teamId}`.execute(
    kysely(api.db),
  )
  return rows[0]!.id
}

const tools = ({ clock, context, database }: Api) => ({
  ...{ db: database.pools.claim, clock, random: context.random, log: createLog('silent') },
  ...{ publicUrl: null, worker: 'one' },
})

export async function claimDue(api: Api): Promise<Claim> {
  return claim(await teamOf(api), tools(api))
}

export async function giveTasksDue(api: Api): Promise<void> {
  await claimTasks(await teamOf(api), tools(api))
}

/** What is due leaves, and every server takes it. */
export async function sendDue(api: Api): Promise<Outgoing[]> {
  const team = await teamOf(api)
  const { batches } = await claim(team, tools(api))
  const now = api.clock.now()
  for (const { mailboxId, fence, messages } of batches) {
    const from = { team, userId: api.userId, mailboxId }
    const claimed = { fence, messageIds: messages.map((one) => one.id) }
    await markClaimed(api.db, from, { claimed, now })
    await settleClaimed(api.db, from, { claimed, now, random: api.context.random })
    await endBatch(api.db, from, now)
  }
  return batches.flatMap(({ messages }) => messages)
}
