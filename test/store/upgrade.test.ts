/** A database that was in use before numbers stood by day, and before a mail's effects were written down: upgraded, its numbers are proven. */
import { cp, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_CALL_OUTCOMES } from '../../src/core/call-outcome.ts'
import { seededRandom } from '../../src/random.ts'
import { callOutcomesOf } from '../../src/store/call-outcomes.ts'
import { kysely } from '../../src/store/db.ts'
import { migrate } from '../../src/store/migrate.ts'
import { mailOf } from '../../src/store/stored-mails.ts'
import { undoMail } from '../../src/store/undo-mail.ts'
import { verify } from '../../src/store/verify.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { freshFolder } from '../support/folders.ts'

const MIGRATIONS = join(import.meta.dirname, '../../migrations')
const NOW = Date.parse('2027-03-05T10:00:00Z')
const TEAM = 1
const random = seededRandom('upgrade')
let home: string
let database: TestDatabase

/** Emails as they were written before: their state, what came of them, and the instants that say so. */
const MESSAGES: Record<string, string> = {
  // Refused at once twice in a row, the second for good: both were counted as bounced.
  refused: `'rejected', 'hard', '2027-03-01 10:00Z', null, null`,
  bounced: `'accepted', 'hard', '2027-03-01 11:00Z', null, null`,
  soft: `'accepted', 'soft', '2027-03-01 12:00Z', null, null`,
  // Blocked on three tries: each was counted.
  blocked: `'deferred', 'blocked', '2027-03-01 13:00Z', null, null`,
  answered: `'accepted', null, null, '2027-03-02 09:00Z', null`,
  deferred: `'deferred', null, null, null, null`,
  // Nobody knows whether it arrived; its reader opted out by it.
  unknown: `'unknown', null, null, null, '2027-03-02 09:30Z'`,
}

const run = (text: string) => sql.raw(text).execute(kysely(database.db))

async function populate(): Promise<void> {
  await run(`insert into teams (id, public_id, name, time_zone, created_at)
    overriding system value values (${TEAM}, '${'a'.repeat(24)}', 'Acme', 'Europe/Berlin', '2027-01-01')`)
  await run(
    `insert into sequences (team_id, id, name, owner_id, created_at, updated_at) values (1, 'seq', 'Spring', 'rae', '2027-01-01', '2027-01-01')`,
  )
  await run(`insert into steps (team_id, id, sequence_id, position, kind, wait_amount, wait_unit, created_at)
    values (1, 'step', 'seq', 1, 'auto_email', 0, 'day', '2027-01-01'), (1, 'next', 'seq', 2, 'auto_email', 2, 'day', '2027-01-01')`)
  await run(`insert into mailboxes (team_id, id, kind, user_id, address, created_at, updated_at)
    values (1, 'box', 'sandbox', 'rae', 'rae@acme.test', '2027-01-01', '2027-01-01')`)
  for (const [name, outcome] of Object.entries(MESSAGES)) {
    const ended = name === 'answered' ? `'finished', 'replied', null` : `'active', null, 'reopened'`
    await run(`insert into contacts (team_id, id, email, address, created_at, updated_at)
      values (1, 'c-${name}', '${name}@client.test', '${name}@client.test', '2027-01-01', '2027-01-01')`)
    await run(`insert into enrollments (team_id, id, sequence_id, contact_id, mailbox_id, step_id, state, reason, hold_reason, replied_at,
        wait_ends_at, message_id, address, entered_step_at, added_at, updated_at)
      values (1, 'e-${name}', 'seq', 'c-${name}', 'box', 'step', ${ended}, ${name === 'answered' ? `'2027-03-02 09:00Z'` : 'null'},
        '2027-04-01', 'm-${name}', '${name}@client.test', '2027-03-01', '2027-03-01', '2027-03-01')`)
    await run(`insert into messages (team_id, id, enrollment_id, sequence_id, step_id, variant_id, contact_id, mailbox_id, state, bounce,
        bounced_at, replied_at, opted_out_at, rfc_id, from_address, to_address, address_hash, body_hash, marked_at, settled_at, created_at, updated_at)
      values (1, 'm-${name}', 'e-${name}', 'seq', 'step', 'a', 'c-${name}', 'box', ${outcome}, '<${name}@acme.test>', 'rae@acme.test',
        '${name}@client.test', '', '', '2027-02-28 23:30Z', '2027-02-28 23:31Z', '2027-02-28', '2027-03-02')`)
  }
  await run(`insert into stat_totals (team_id, sequence_id, step_id, variant_id, metric, n) values
    (1, 'seq', 'step', '', 'active', 6), (1, 'seq', 'step', '', 'finished', 1), (1, 'seq', 'step', '', 'finished:replied', 1),
    (1, 'seq', 'step', 'a', 'delivered', 3), (1, 'seq', 'step', 'a', 'bounced', 4), (1, 'seq', 'step', 'a', 'hard_bounced', 3),
    (1, 'seq', 'step', 'a', 'spam_blocked', 3), (1, 'seq', 'step', 'a', 'unsubscribed', 1)`)
  await run(`insert into stat_deltas (team_id, sequence_id, step_id, variant_id, metric, n) values
    (1, 'seq', 'step', 'a', 'replied', 1), (1, 'seq', 'step', '', 'hold:reopened', 6)`)
  for (const [kind, name, about] of [
    ['bounce', 'hard', 'bounced'],
    ['bounce', 'soft', 'soft'],
    ['reply', null, 'answered'],
  ] as const)
    await run(`insert into inbound (team_id, id, rfc_id, mailbox_id, folder, uid, kind, class, matched_message_id, enrollment_id, contact_id,
        received_at, read_at)
      values (1, 'i-${about}', '<i-${about}@client.test>', 'box', 'INBOX', 1, '${kind}', ${name === null ? 'null' : `'${name}'`}, 'm-${about}',
        'e-${about}', 'c-${about}', '2027-03-02 09:00Z', '2027-03-02 09:00Z')`)
}

beforeAll(async () => {
  home = await freshFolder('upgrade')
  database = await freshDatabase({ empty: true })
  const before = join(home, 'before')
  await mkdir(before)
  for (const name of await readdir(MIGRATIONS))
    if (/^00(0\d|1[0-2])_/.test(name)) await cp(join(MIGRATIONS, name), join(before, name))
  await migrate(database.db, { dir: before, now: NOW, version: '1.0.0' })
  await populate()
  await migrate(database.db, { dir: MIGRATIONS, now: NOW, version: '1.1.0' })
})
afterAll(async () => {
  await database.drop()
  await rm(home, { recursive: true, force: true })
})

/** The rows are no ledger: their hashes and attempts are not asked here. */
const NUMBERS = /counted$|^days_add_up$/
const wrongNumbers = async () =>
  (await verify(database.db, { now: NOW, team: TEAM })).filter((one) => NUMBERS.test(one.promise))

const totals = async () => {
  const { rows } = await sql<{ metric: string; n: number }>`
    select metric, sum(n)::int as n from (select metric, n from stat_totals union all select metric, n from stat_deltas) as parts
    group by 1 having sum(n) <> 0`.execute(kysely(database.db))
  return Object.fromEntries(rows.map(({ metric, n }) => [metric, n]))
}

test('after the upgrade an email counts once however often it was tried, the days add up to it, and people are as many as before', async () => {
  expect(await wrongNumbers()).toEqual([])
  expect(await totals()).toEqual({
    ...{ active: 6, finished: 1, 'finished:replied': 1, 'hold:reopened': 6 },
    ...{ delivered: 3, bounced: 3, hard_bounced: 2, spam_blocked: 1, replied: 1, unsubscribed: 1 },
  })
})

test('a day of sending stands on emails that a server took or refused, and on no others', async () => {
  const { rows } = await sql<{ id: string; day: string | null }>`
    select id, sent_on::text as day from messages order by id`.execute(kysely(database.db))
  const none = rows.filter((row) => row.day === null).map((row) => row.id)
  expect(none).toEqual(['m-deferred', 'm-unknown'])
  // Half past midnight in Berlin.
  expect(new Set(rows.map((row) => row.day).filter((day) => day !== null))).toEqual(new Set(['2027-03-01']))
})

test('a mail of before the upgrade that was somebody else’s is undone: whom it ended waits for a person, and the numbers stay proven', async () => {
  for (const id of ['i-answered', 'i-bounced', 'i-soft'])
    await database.db.transaction(async (tx) => {
      const mail = (await mailOf(tx, { team: TEAM, id }))!
      await undoMail(tx, { team: TEAM, mail, actor: 'user:rae', now: NOW, random })
    })
  const { rows } = await sql`
    select state, hold_reason as hold, replied_at from enrollments where id = 'e-answered'`.execute(
    kysely(database.db),
  )
  expect(rows).toMatchObject([{ state: 'active', hold: 'reopened', replied_at: null }])
  expect(await wrongNumbers()).toEqual([])
  expect(await totals()).toMatchObject({ active: 7, bounced: 1, hard_bounced: 1, delivered: 3 })
  expect((await totals())['replied']).toBeUndefined()
})

test('a team of before the upgrade has the call outcomes that a new one begins with', async () => {
  const had = (await callOutcomesOf(database.db, TEAM)).map(({ name, effect, answered }) => ({
    ...{ name, effect, answered },
  }))
  expect(had).toEqual(DEFAULT_CALL_OUTCOMES)
})
