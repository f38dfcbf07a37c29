/** What an answer does to others of the same company: ignore, delay n days, stop. Ann has answered; Ben, of the same company, is due. */
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { classifyReply } from '../../src/actions/classify-reply.ts'
import { explain } from '../../src/actions/explain.ts'
import { releaseHold } from '../../src/actions/release-hold.ts'
import { updateContacts } from '../../src/actions/update-contacts.ts'
import { updateAccounts } from '../../src/actions/write-accounts.ts'
import { updateSequence } from '../../src/actions/write-sequence.ts'
import { DAY, HOUR } from '../../src/core/clock.ts'
import { type Id, newId } from '../../src/core/ids.ts'
import { claim } from '../../src/engine/claim.ts'
import { createLog } from '../../src/log.ts'
import { at, kysely } from '../../src/store/db.ts'
import { openAlways } from '../support/enrolled.ts'
import {
  ann,
  answer,
  clock,
  db,
  enrollment,
  pools,
  random,
  sentAt,
  sequence,
  take,
  team,
} from '../support/inbox.ts'
import { enrollmentRow } from '../support/looking.ts'
import { createSequence, enrollMany, sendFirst } from '../support/sent.ts'
import { until } from '../support/until.ts'

let ben: Id
/** When the test began: Ben was added an hour before. */
let began: number
const day = () => new Date(began).toISOString().slice(0, 10)

beforeEach(async () => {
  began = clock.now()
  await openAlways(db, team, { sequence, now: sentAt, random })
  ben = await enroll('ben@client.test')
})

/** Due on the first step since before Ann answers. */
async function enroll(address: string): Promise<Id> {
  const [id] = await enrollMany(db, team, { sequence, addresses: [address], now: began - HOUR, random })
  await run(sql`
    insert into contact_texts (team_id, contact_id, body) select team_id, id, address from contacts on conflict do nothing`)
  return id!
}

const run = (query: ReturnType<typeof sql>) => query.execute(kysely(db))
const rule = (policy: 'ignore' | 'delay' | 'stop', days = 10) =>
  run(sql`
    update sequences set same_account_reply = ${policy}, same_account_delay_days = ${days} where id = ${sequence.sequenceId}`)

const claimNow = (using = db) =>
  claim(team.team, { db: using, clock, random, log: createLog('silent'), publicUrl: null, worker: 'w' })
const claimed = async (using = db) =>
  (await claimNow(using)).batches.flatMap((batch) => batch.messages).length
const rowOf = (id: Id) => enrollmentRow(db, team.team, id)

async function gateOf(id: Id) {
  const explained = await explain(db, { team: team.team, enrollmentId: id, now: clock.now() })
  const { state, value, until: opensAt } = explained!.gates.find((one) => one.name === 'same_account_reply')!
  return state === 'open' ? 'open' : { value, until: opensAt }
}

const contactOf = async (id: Id) =>
  (await sql<{ id: Id }>`select contact_id as id from enrollments where id = ${id}`.execute(kysely(db)))
    .rows[0]!.id

async function account(contactIds: Id[], domain: string | null = null): Promise<Id> {
  const id = newId(clock.now(), random)
  await run(sql`
    insert into accounts (team_id, id, name, domain, created_at, updated_at)
    values (${team.team}, ${id}, 'North', ${domain}, ${at(sentAt)}, ${at(sentAt)})`)
  await run(sql`update contacts set account_id = ${id} where id = any(${contactIds})`)
  return id
}

test('ignore: the others of the company go on', async () => {
  await rule('ignore')
  await take(answer())
  expect(await gateOf(ben)).toBe('open')
  expect(await claimed()).toBe(1)
})

test('delay: the others wait n days from the answer, and "why not sent?" says who answered and until when', async () => {
  await rule('delay', 10)
  await take(answer())
  const opensAt = clock.now() + 10 * DAY
  expect(await gateOf(ben)).toEqual({ value: `Ann of client.test answered on ${day()}`, until: opensAt })
  expect(await claimed()).toBe(0)
  expect(await rowOf(ben)).toMatchObject({ state: 'active', hold: null, due: opensAt })
  clock.advance(10 * DAY)
  expect(await gateOf(ben)).toBe('open')
  expect(await claimed()).toBe(1)
})

test('stop: the others are held until a person decides; after that only a later answer holds them', async () => {
  await rule('stop')
  await take(answer())
  expect(await claimed()).toBe(0)
  expect(await rowOf(ben)).toMatchObject({ state: 'active', hold: 'same_account_reply', due: null })
  clock.advance(HOUR)
  const acting = { team: team.team, actor: 'user:rae', now: clock.now(), random }
  expect(await releaseHold(db, { ...acting, enrollmentId: ben })).toMatchObject({ ok: true })
  expect(await gateOf(ben)).toBe('open')
  clock.advance(HOUR)
  await take(answer({}, 'One more thing.'))
  expect(await gateOf(ben)).toMatchObject({ value: `Ann of client.test answered on ${day()}` })
})

test('stop: an answer that was written before the decision and read after it holds them again', async () => {
  await rule('stop')
  clock.advance(HOUR)
  await run(sql`update enrollments set company_cleared_at = ${at(clock.now())} where id = ${ben}`)
  clock.advance(HOUR)
  await take(answer())
  await run(sql`update inbound set received_at = ${at(began)}`)
  expect(await gateOf(ben)).toMatchObject({ value: `Ann of client.test answered on ${day()}` })
  expect(await claimed()).toBe(0)
})

test('stop stops nobody who was added after the answer; a delay delays them', async () => {
  await take(answer())
  clock.advance(HOUR)
  const [cyd] = await enrollMany(db, team, {
    ...{ sequence, addresses: ['cyd@client.test'], now: clock.now(), random },
  })
  await rule('stop')
  expect(await gateOf(cyd!)).toBe('open')
  await rule('delay', 3)
  expect(await gateOf(cyd!)).toMatchObject({ until: began + 3 * DAY })
})

test('the company is the registrable domain, never one of free mailboxes', async () => {
  await rule('stop')
  const [sub, other, free] = [
    await enroll('cyd@sales.client.test'),
    await enroll('dan@another.test'),
    await enroll('eve@gmail.com'),
  ]
  const now = sentAt
  const fay = await sendFirst(db, team, { now, random, sequence, address: 'fay@gmail.com' })
  await take(answer())
  await take(answer({ From: 'fay@gmail.com', 'In-Reply-To': fay.rfcId }))
  expect(await gateOf(sub)).toMatchObject({ value: `Ann of client.test answered on ${day()}` })
  expect(await gateOf(other)).toBe('open')
  expect(await gateOf(free)).toBe('open')
})

test('the company is the account where there is one, whatever the domains; its own domain counts for whom nobody linked', async () => {
  await rule('stop')
  const [cyd, dan] = [await enroll('cyd@north.test'), await enroll('dan@north-group.test')]
  await account([ann.contactId, await contactOf(cyd)], 'north-group.test')
  await take(answer())
  expect(await gateOf(cyd)).toMatchObject({ value: `Ann of North answered on ${day()}` })
  expect(await gateOf(dan)).toMatchObject({ value: `Ann of North answered on ${day()}` })
  // Of her domain, but not of her account.
  expect(await gateOf(ben)).toBe('open')
})

test('an automatic reply of a colleague delays nobody, and neither does their own answer in another sequence', async () => {
  await rule('stop')
  await take(answer({ 'Auto-Submitted': 'auto-replied' }, 'Your ticket is 4711.'))
  expect(await gateOf(ben)).toBe('open')
  const other = await createSequence(db, team, { now: sentAt, random })
  await run(sql`update sequences set same_account_reply = 'stop' where id = ${other.sequenceId}`)
  const there = await sendFirst(db, team, {
    ...{ now: sentAt, random, sequence: other, address: ann.address, known: ann },
  })
  await take(answer())
  expect(await gateOf(there.enrollmentId)).toBe('open')
  expect(await gateOf(ben)).not.toBe('open')
})

test('a claim that was under way when the answer was read leaves nothing behind: its email is refused the mark', async () => {
  await rule('stop')
  const pool = pools.mark
  const begun = Promise.withResolvers<void>()
  const told = Promise.withResolvers<void>()
  const original = pool.transaction.bind(pool)
  pool.transaction = (work) => {
    pool.transaction = original
    return original(async (tx) => {
      const done = await work(tx)
      begun.resolve()
      await told.promise
      return done
    })
  }
  const claiming = claimed(pool)
  await begun.promise
  const answering = take(answer())
  const waits = sql<{ n: number }>`
    select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await until(
    async () => (await waits.execute(kysely(db))).rows[0]!.n,
    (n) => n > 0,
  )
  told.resolve()
  expect(await claiming).toBe(1)
  await answering
  const { rows } = await sql<{ state: string; expired: boolean }>`
    select state, window_closes_at <= ${at(clock.now())}::timestamptz as expired from messages where enrollment_id = ${ben}`.execute(
    kysely(db),
  )
  // The mark asks for a window that is still open: it is refused, and the email goes back unsent.
  expect(rows).toEqual([{ state: 'claimed', expired: true }])
})

test('an answer that a person calls out of office is none: whom it held or put off goes on', async () => {
  await rule('delay')
  await take(answer())
  expect(await claimed()).toBe(0)
  const held = await enroll('cyd@client.test')
  await rule('stop')
  expect(await claimed()).toBe(0)
  expect(await rowOf(held)).toMatchObject({ hold: 'same_account_reply' })
  clock.advance(HOUR)
  const inbound = await sql<{ id: Id }>`select id from inbound`.execute(kysely(db))
  const acting = { team: team.team, actor: 'user:rae', now: clock.now(), random }
  await classifyReply(db, acting, { inboundId: inbound.rows[0]!.id, replyClass: 'out_of_office' })
  expect(await rowOf(ben)).toMatchObject({ hold: null, due: clock.now() })
  expect(await rowOf(held)).toMatchObject({ hold: null, due: clock.now() })
  expect(await claimed()).toBe(2)
})

test('when whoever answered belongs to another account now, the others of the old one go on, and those of the new one wait', async () => {
  await rule('stop')
  await account([ann.contactId, await contactOf(ben)])
  const cyd = await enroll('cyd@south.test')
  const south = await account([await contactOf(cyd)])
  await take(answer())
  expect(await claimed()).toBe(1)
  expect(await rowOf(ben)).toMatchObject({ hold: 'same_account_reply' })
  clock.advance(HOUR)
  const writer = { team: team.team, userId: team.userId, now: clock.now(), random, source: 'api' as const }
  const moved = await updateContacts(db, writer, [{ id: ann.contactId, fields: { accountId: south } }])
  expect(moved.kind).toBe('updated')
  expect(await rowOf(ben)).toMatchObject({ hold: null, due: clock.now() })
  expect(await gateOf(ben)).toBe('open')
  expect(await gateOf(cyd)).toMatchObject({ value: `Ann of North answered on ${day()}` })
})

test('somebody held who belongs to another account now goes on', async () => {
  await rule('stop')
  await take(answer())
  expect(await claimed()).toBe(0)
  const elsewhere = await account([])
  const writer = { team: team.team, userId: team.userId, now: clock.now(), random, source: 'api' as const }
  await updateContacts(db, writer, [{ id: await contactOf(ben), fields: { accountId: elsewhere } }])
  expect(await rowOf(ben)).toMatchObject({ hold: null, due: clock.now() })
  expect(await gateOf(ben)).toBe('open')
})

test('when an account gets or loses the domain of people whom nobody linked, they wait for its answers, and go on', async () => {
  await rule('stop')
  const north = await account([ann.contactId])
  const cyd = await enroll('cyd@north.test')
  await take(answer())
  const writer = { team: team.team, userId: team.userId, source: 'api', now: clock.now(), random }
  const domainIs = (domain: string | null) => updateAccounts(db, writer, [{ id: north, fields: { domain } }])
  expect(await gateOf(cyd)).toBe('open')
  await domainIs('north.test')
  expect(await gateOf(cyd)).toMatchObject({ value: `Ann of North answered on ${day()}` })
  await claimNow()
  expect(await rowOf(cyd)).toMatchObject({ hold: 'same_account_reply' })
  await domainIs(null)
  expect(await rowOf(cyd)).toMatchObject({ hold: null })
  expect(await gateOf(cyd)).toBe('open')
})

test('another rule of the sequence judges again whom the old one put off', async () => {
  await rule('delay', 30)
  await take(answer())
  expect(await claimed()).toBe(0)
  clock.advance(2 * DAY)
  const writing = { team: team.team, userId: team.userId, actor: 'user:rae', now: clock.now(), random }
  await updateSequence(db, writing, { id: sequence.sequenceId, draft: { sameAccountDelayDays: 1 } })
  expect(await rowOf(ben)).toMatchObject({ due: clock.now() })
  expect(await gateOf(ben)).toBe('open')
  expect((await enrollment()).state).toBe('finished')
})
