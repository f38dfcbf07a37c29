import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EnrollRequest, enroll } from '../../src/actions/enroll.ts'
import { createSequence } from '../../src/actions/write-sequence.ts'
import type { Db } from '../../src/core/db.ts'
import { everyFlag } from '../../src/core/guard.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { guardedContacts, memberships } from '../../src/store/enrollment-guards.ts'
import { mailboxById } from '../../src/store/mailboxes.ts'
import { sequenceById } from '../../src/store/sequences.ts'
import { readTotals, totalOf } from '../../src/store/stats.ts'
import { startApi } from '../support/api.ts'
import { sandboxId } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

const TEAM = 1
/** More than one chunk of 5,000. */
const PEOPLE = 6_000
const random = seededRandom('bulk')
const actor = 'user:test'
let ids: string[] = []
let request: EnrollRequest

const enrolling = (requestId: string) => ({
  team: TEAM,
  userId: api.userId,
  actor,
  requestId,
  now: api.clock.now(),
  random,
})

async function newRequest(): Promise<EnrollRequest> {
  const step = {
    waitAmount: 1,
    waitUnit: 'day' as const,
    variants: [{ approved: true, template: { subject: 'Hi', bodyHtml: 'Hi' } }],
  }
  const made = await createSequence(api.db, enrolling('make'), { name: 'Bulk', steps: [step] })
  if (!made.ok) throw new Error(made.refusal.sentence)
  const sequence = await sequenceById(api.db, { team: TEAM, id: made.value })
  const mailbox = await mailboxById(api.db, { team: TEAM, id: await sandboxId(api) })
  const flags = { ...everyFlag(false), unverifiedEmail: true, activeElsewhere: true }
  return {
    sequence: sequence!,
    contactIds: ids,
    mailboxes: [mailbox!],
    fromAddress: null,
    flags,
    paused: null,
    afterReceived: false,
  }
}

beforeAll(async () => {
  await sql`
    insert into contacts (team_id, id, email, address, time_zone, created_at, updated_at)
    select ${TEAM}, '0000' || lpad(to_hex(n), 20, '0'), 'p' || n || '@bulk.test', 'p' || n || '@bulk.test',
      case n % 3 when 0 then 'Europe/Berlin' when 1 then 'Asia/Tokyo' end, '2027-01-01', '2027-01-01'
    from generate_series(1, ${PEOPLE}) as n`.execute(kysely(api.db))
  await sql`analyze contacts`.execute(kysely(api.db))
  const { rows } = await sql<{ id: string }>`select id from contacts order by id`.execute(kysely(api.db))
  ids = rows.map((row) => row.id)
  request = await newRequest()
})

test('thousands are enrolled in chunks; the same request again adds nobody and reports the same', async () => {
  const first = await enroll(api.db, enrolling('one'), request)
  const again = await enroll(api.db, enrolling('one'), request)
  expect(first).toMatchObject({ ok: true, value: { skipped: [] } })
  expect(again).toEqual(first)
  const totals = await readTotals(api.db, { team: TEAM, sequenceIds: [request.sequence.id] })
  expect(totalOf(totals.get(request.sequence.id)!, 'active')).toBe(PEOPLE)
})

test('two requests at once, over several chunks, add each person once between them', async () => {
  const both = await newRequest()
  const [one, two] = await Promise.all([
    enroll(api.db, enrolling('two'), both),
    enroll(api.db, enrolling('three'), both),
  ])
  if (!one.ok || !two.ok) throw new Error('refused')
  expect(one.value.addedIds.length + two.value.addedIds.length).toBe(PEOPLE)
  expect(one.value.skipped.length + two.value.skipped.length).toBe(PEOPLE)
  expect(api.db.deadlocks).toBe(0)
})

test('the guards of ten people among thousands read by index, and scan no table', async () => {
  // The planner goes by statistics, which the server gathers whenever it likes.
  await sql`analyze contacts, enrollments, sequences`.execute(kysely(api.db))
  const [before, after] = await api.db.transaction(async (tx) => {
    // A connection's numbers also hold what it has not reported yet of earlier transactions.
    const started = await tableScans(tx)
    const some = ids.slice(0, 10)
    const contacts = await guardedContacts(tx, { team: TEAM, ids: some })
    const addresses = contacts.flatMap((one) => one.address ?? [])
    const rows = await memberships(tx, { team: TEAM, contactIds: some, addresses })
    expect(rows).toHaveLength(20)
    return [started, await tableScans(tx)]
  })
  expect(after).toEqual(before)
})

async function tableScans(tx: Db) {
  const { rows } = await sql<{ enrollments: number; contacts: number }>`
    select pg_stat_get_xact_numscans('enrollments'::regclass) as enrollments,
      pg_stat_get_xact_numscans('contacts'::regclass) as contacts`.execute(kysely(tx))
  return rows[0]
}
