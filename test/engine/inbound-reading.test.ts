/** Whose turn it is to be read: leases, polls, wishes, and what a finished or failed read leaves on the mailbox. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { HOUR, type Instant, MINUTE, SECOND } from '../../src/core/clock.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { type Cursor, cursorsOf, passMail } from '../../src/store/folders.ts'
import {
  failReading,
  finishReading,
  leaseForReading,
  type MailboxToRead,
  releaseLeases,
  renewLeases,
} from '../../src/store/reading.ts'
import { saveAnswer } from '../../src/store/sandbox-box.ts'
import { freshDatabase } from '../support/database.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, pools, drop } = await freshDatabase()
const random = seededRandom('reading')
// A Tuesday morning; real and team time are the same here.
const now: Instant = Date.UTC(2027, 2, 2, 9)
let team: TestTeam
beforeEach(async () => {
  await sql`truncate teams, users, mailboxes, folders cascade`.execute(kysely(db))
  team = await createTeam(db, { now, random })
})
afterAll(() => drop())

const lease = (
  more: Partial<Parameters<typeof leaseForReading>[1]> = {},
  on = db,
): Promise<MailboxToRead[]> => {
  const { real = now } = more
  return leaseForReading(on, {
    real,
    now,
    until: real + MINUTE,
    limit: 10,
    held: [],
    eager: [],
    reading: [],
    ...more,
  })
}

interface Row {
  readAt: Instant | null
  wanted: Instant | null
  problem: string | null
  since: Instant | null
  wakeAt: Instant
}

async function mailboxRow(id = team.mailboxId): Promise<Row> {
  const { rows } = await sql<Row>`
    select read_at as "readAt", read_wanted_at as wanted, read_problem as problem, read_failing_since as since, wake_at as "wakeAt"
    from mailboxes where id = ${id}`.execute(kysely(db))
  return rows[0]!
}

const want = (instant: Instant) =>
  sql`update mailboxes set read_wanted_at = ${at(instant)} where id = ${team.mailboxId}`.execute(kysely(db))

const answer = () =>
  saveAnswer(db, {
    team: team.team,
    mailboxId: team.mailboxId,
    rfcId: null,
    from: 'ann@client.test',
    to: 'rae@acme.test',
    subject: 'Hi',
    raw: Buffer.from('Subject: Hi\r\n\r\nHi'),
    now,
    random,
  })

async function finish(
  mailbox: MailboxToRead,
  more: { readAt?: Instant; busyUntil?: Instant; cursors?: Cursor[] } = {},
) {
  const { readAt = now, busyUntil = now, cursors = [] } = more
  return finishReading(db, {
    lease: mailbox,
    cursors,
    readAt,
    wantedAt: mailbox.wantedAt,
    now: now + SECOND,
    nextPoll: now + MINUTE,
    busyUntil,
  })
}

async function addMailbox(o: {
  address: string
  imap?: boolean
  readsVia?: string
  state?: string
}): Promise<string> {
  const id = random.hex(12)
  await sql`
    insert into mailboxes (team_id, id, kind, user_id, address, smtp_host, imap_host, reads_via, state, created_at, updated_at)
    values (${team.team}, ${id}, 'smtp', ${team.userId}, ${o.address}, 'mail.acme.test', ${o.imap ? 'mail.acme.test' : null},
      ${o.readsVia ?? null}, ${o.state ?? 'connected'}, ${at(now)}, ${at(now)})`.execute(kysely(db))
  return id
}

test('of two processes that look at once, one gets the mailbox', async () => {
  const both = await Promise.all([lease({}, pools.claim), lease({}, pools.api)])
  expect(both.flat().map(({ id }) => id)).toEqual([team.mailboxId])
})

test('only mailboxes with an inbox of their own are read, sending or not', async () => {
  const imap = await addMailbox({ address: 'sales@acme.test', imap: true })
  const refused = await addMailbox({ address: 'old@acme.test', imap: true, state: 'disconnected' })
  await addMailbox({ address: 'relay@acme.test', readsVia: imap })
  await addMailbox({ address: 'new@acme.test', imap: true, state: 'unchecked' })
  await addMailbox({ address: 'gone@acme.test', imap: true, state: 'removed' })
  const leased = (await lease()).map(({ id }) => id)
  expect(leased.sort()).toEqual([team.mailboxId, imap, refused].sort())
})

test('a read that a follow-up waits for begins at once, before the poll is due', async () => {
  await finish((await lease())[0]!)
  expect(await lease()).toEqual([])
  await want(now)
  expect(await lease()).toHaveLength(1)
})

test('a mailbox that cannot be read is tried at its poll, however much it is wanted', async () => {
  const [mailbox] = await lease()
  await failReading(db, { lease: mailbox!, problem: 'no route', now, nextPoll: now + MINUTE })
  await want(now)
  expect(await lease()).toEqual([])
  expect(await lease({ real: now + MINUTE })).toHaveLength(1)
})

test('the server that announced mail is read by the process whose connection it is', async () => {
  const [mailbox] = await lease()
  await finish(mailbox!, { busyUntil: now + MINUTE })
  const held = [{ team: team.team, id: team.mailboxId, busyUntil: now + MINUTE }]
  expect(await lease({ eager: [team.mailboxId] })).toEqual([])
  expect(await lease({ held })).toEqual([])
  expect(await lease({ held, eager: [team.mailboxId], until: now + 2 * MINUTE })).toHaveLength(1)
})

test('a lease is taken over when it has run out, and the old one can do nothing any more', async () => {
  const [first] = await lease()
  const [second] = await lease({ real: now + MINUTE })
  expect(second).toBeDefined()
  expect(await renewLeases(db, [first!], now + HOUR)).toEqual(new Set())
  expect(await finish(first!)).toBe(false)
  expect(await failReading(db, { lease: first!, problem: 'late', now, nextPoll: now })).toBeNull()
  expect(await mailboxRow()).toMatchObject({ readAt: null, problem: null })
  expect(await renewLeases(db, [second!], now + HOUR)).toEqual(new Set([team.mailboxId]))
})

test('what this process is reading is not begun a second time when its lease has run out', async () => {
  await lease()
  expect(await lease({ real: now + HOUR, reading: [team.mailboxId] })).toEqual([])
})

test('a lease that was given back is free at once', async () => {
  const leased = await lease()
  expect(await lease()).toEqual([])
  await releaseLeases(db, leased)
  expect(await lease()).toHaveLength(1)
})

test('a finished read wakes its mailbox and every relay whose replies arrive there', async () => {
  const relay = await addMailbox({ address: 'relay@acme.test', readsVia: team.mailboxId })
  const other = await addMailbox({ address: 'other@acme.test' })
  expect(await finish((await lease())[0]!)).toBe(true)
  expect(await mailboxRow()).toMatchObject({ readAt: now, wakeAt: now + SECOND })
  expect((await mailboxRow(relay)).wakeAt).toBe(now + SECOND)
  expect((await mailboxRow(other)).wakeAt).toBe(Number.POSITIVE_INFINITY)
})

test.each([
  ['after', now + 1],
  ['before, though it was committed later', now - 1],
])('a wish made while the inbox is read outlives the read; its instant: %s', async (_, instant) => {
  const [mailbox] = await lease()
  await want(instant)
  await finish(mailbox!, { readAt: now })
  expect((await mailboxRow()).wanted).toBe(instant)
  const [again] = await lease()
  await finish(again!, { readAt: now + 2 })
  expect((await mailboxRow()).wanted).toBeNull()
})

test('two answers of one instant are two wishes: the read that knows of the first leaves the second', async () => {
  await answer()
  const [mailbox] = await lease()
  await answer()
  await finish(mailbox!)
  expect((await mailboxRow()).wanted).not.toBeNull()
  const [again] = await lease()
  await finish(again!)
  expect((await mailboxRow()).wanted).toBeNull()
})

test('a failure keeps the day it began until a read succeeds', async () => {
  const [first] = await lease()
  const failed = { problem: 'no route', nextPoll: now }
  expect(await failReading(db, { lease: first!, now, ...failed })).toBe(now)
  const [second] = await lease()
  expect(await failReading(db, { lease: second!, now: now + HOUR, ...failed })).toBe(now)
  expect(await mailboxRow()).toMatchObject({ problem: 'no route', since: now, readAt: null })
  const [third] = await lease()
  await finish(third!)
  expect(await mailboxRow()).toMatchObject({ problem: null, since: null, readAt: now })
})

test('a cursor never goes back within one numbering, and starts again with the next', async () => {
  const mailboxId = await addMailbox({ address: 'sales@acme.test', imap: true })
  const folder = { folder: 'INBOX', role: 'inbox' as const, readAt: now }
  const pass = (uidValidity: number, lastUid: number) =>
    passMail(db, { team: team.team, mailboxId, cursor: { ...folder, uidValidity, lastUid } })
  const reached = async () => (await cursorsOf(db, { team: team.team, mailboxId }))[0]
  await pass(7, 40)
  await pass(7, 39)
  expect(await reached()).toMatchObject({ uidValidity: 7, lastUid: 40 })
  await pass(8, 3)
  expect(await reached()).toMatchObject({ uidValidity: 8, lastUid: 3 })
})
