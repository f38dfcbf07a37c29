/** Reading for real: the sandbox and a Dovecot, from the mail's delivery to the state of the person who wrote it. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ServerClock } from '../../src/clock.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../src/core/clock.ts'
import type { Id } from '../../src/core/ids.ts'
import { type ReadingHandle, type ReadingOptions, startReading } from '../../src/engine/read-inbox.ts'
import { sandboxRows } from '../../src/engine/sandbox-rows.ts'
import { createLog } from '../../src/log.ts'
import { composeRaw } from '../../src/mail/compose.ts'
import { parseMail } from '../../src/mail/parse.ts'
import type { MailboxAccess, MailPort } from '../../src/mail/port.ts'
import { createMailPort } from '../../src/mail/post.ts'
import { type Sandbox, startSandbox } from '../../src/mail/sandbox.ts'
import { answerMail } from '../../src/mail/sandbox-answer.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { askServerClock } from '../../src/store/postgres.ts'
import { saveAnswer } from '../../src/store/sandbox-box.ts'
import { freshDatabase } from '../support/database.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { mail } from '../support/mails.ts'
import { outgoing } from '../support/outgoing.ts'
import { createSequence, type SentPerson, sendFirst } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, pools, drop } = await freshDatabase()
const clock = await ServerClock.open({ ask: () => askServerClock(pools.control) })
const random = seededRandom('servers')
const log = createLog('silent')
const readings: ReadingHandle[] = []
const access = new Map<Id, MailboxAccess>()
let sandbox: Sandbox
let post: MailPort
let dovecot: Dovecot
let team: TestTeam
let ann: SentPerson

beforeAll(async () => {
  sandbox = await startSandbox({ clock, random, ...sandboxRows({ db: pools.api, clock, random }) })
  post = createMailPort({ clock, sandbox })
  if (hasDovecot) dovecot = await startDovecot({ users: ['rae', 'sales'] })
})
beforeEach(async () => {
  const tables = sql`teams, users, mailboxes, folders, stages, contacts, sequences, steps, templates, variants, lanes, enrollments,
    messages, message_contents, inbound, activities, stat_deltas, suppressions, sandbox_mails`
  await sql`truncate ${tables} cascade`.execute(kysely(db))
  const now = clock.now() - HOUR
  team = await createTeam(db, { now, random })
  const sequence = await createSequence(db, team, { now, random })
  ann = await sendFirst(db, team, { now, random, sequence, address: 'ann@client.test' })
  access.set(team.mailboxId, { kind: 'sandbox', mailboxId: team.mailboxId })
})
afterEach(async () => {
  await Promise.all(readings.splice(0).map((one) => one.stop()))
})
afterAll(async () => {
  await sandbox.close()
  await dovecot?.stop()
  clock.close()
  await drop()
})

function read(more: Partial<ReadingOptions> = {}): ReadingHandle {
  const options = {
    db: pools.claim,
    mail: post,
    access: async (_: number, id: Id) => access.get(id)!,
    clock,
    random,
    log,
  }
  const reading = startReading({ ...options, ...more })
  readings.push(reading)
  return reading
}

/** Waits for something the database will say; the test's own time limit ends it. */
async function until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found) return found
    await clock.sleep(10)
  }
}

const stateOf = async (id = ann.enrollmentId) =>
  (
    await sql<{ state: string; reason: string | null; hold: string | null }>`
      select state, reason, hold_reason as hold from enrollments where id = ${id}`.execute(kysely(db))
  ).rows[0]!
const ended = () => until(async () => (await stateOf()).state !== 'active' && stateOf())

interface Row {
  readAt: Instant | null
  wanted: Instant | null
  problem: string | null
  wakeAt: Instant
  busyUntil: Instant
}
const mailboxRow = async (id: Id): Promise<Row> =>
  (
    await sql<Row>`
      select read_at as "readAt", read_wanted_at as wanted, read_problem as problem, wake_at as "wakeAt", read_busy_until as "busyUntil"
      from mailboxes where id = ${id}`.execute(kysely(db))
  ).rows[0]!
const firstRead = (id: Id) => until(async () => (await mailboxRow(id)).readAt)
const want = (id: Id) =>
  sql`update mailboxes set read_wanted_at = ${at(clock.now())} where id = ${id}`.execute(kysely(db))

/** A mailbox of the team whose inbox is a Dovecot user. */
async function realMailbox(user: string): Promise<Id> {
  const id = random.hex(12)
  await sql`
    insert into mailboxes (team_id, id, kind, user_id, address, imap_host, state, files_sent_copy, keeps_message_id, created_at, updated_at)
    values (${team.team}, ${id}, 'smtp', ${team.userId}, ${`${user}@acme.test`}, '127.0.0.1', 'connected', true, true,
      ${at(clock.now())}, ${at(clock.now())})`.execute(kysely(db))
  access.set(id, {
    kind: 'server',
    smtp: { host: '127.0.0.1', port: 1, tls: 'none' },
    imap: dovecot.imap(user),
  })
  return id
}
let letters = 0
const reply = (headers: Record<string, string> = {}) =>
  mail({
    From: 'Ann <ann@client.test>',
    Subject: 'Re: Hello Ann',
    'In-Reply-To': ann.rfcId,
    'Message-ID': `<letter${++letters}.${ann.enrollmentId}@client.test>`,
    ...headers,
  })

async function answerInSandbox(
  kind: 'answer' | 'bounce' | 'away' | 'opt_out' | 'complaint',
  returnsOn?: string,
) {
  const sent = outgoing({
    messageId: ann.rfcId,
    to: [{ address: ann.address, name: 'Ann' }],
    subject: 'Hello Ann',
  })
  const original = await parseMail(await composeRaw(sent))
  const as = { address: ann.address, name: 'Ann' }
  const now = clock.now()
  const raw = await answerMail({ original, as, kind, ...(returnsOn ? { returnsOn } : {}), now, random })
  const about = { from: ann.address, to: 'sandbox@segue.test', subject: original.subject, rfcId: null }
  await saveAnswer(db, { team: team.team, mailboxId: team.mailboxId, ...about, raw, now, random })
}

const EFFECTS = {
  answer: { state: 'finished', reason: 'replied' },
  bounce: { state: 'failed', reason: 'hard_bounced' },
  away: { state: 'paused', reason: 'away' },
  opt_out: { state: 'finished', reason: 'opted_out' },
  complaint: { state: 'finished', reason: 'complained' },
} as const
for (const [kind, effect] of Object.entries(EFFECTS) as [keyof typeof EFFECTS, { state: string }][]) {
  test(`in the sandbox, what a contact does takes effect: ${kind}`, async () => {
    const reading = read()
    await answerInSandbox(kind, new Date(clock.now() + 20 * DAY).toISOString().slice(0, 10))
    await reading.idle()
    expect(await stateOf()).toMatchObject(effect)
  })
}

test('an answer written in another process is noticed without a wish, while the connection waits', async () => {
  const reading = read()
  await firstRead(team.mailboxId)
  await reading.idle()
  await answerInSandbox('answer')
  await sql`update mailboxes set read_wanted_at = null`.execute(kysely(db))
  sandbox.announce()
  expect(await ended()).toMatchObject(EFFECTS.answer)
})

test('a wanted read is fulfilled at once and wakes the mailbox', async () => {
  const reading = read()
  await firstRead(team.mailboxId)
  await reading.idle()
  await sql`update mailboxes set wake_at = 'infinity'`.execute(kysely(db))
  const wantedAt = clock.now()
  await want(team.mailboxId)
  reading.poke()
  await reading.idle()
  const row = await mailboxRow(team.mailboxId)
  expect(row).toMatchObject({ wanted: null, problem: null })
  expect(row.readAt).toBeGreaterThanOrEqual(wantedAt)
  expect(row.wakeAt).toBeLessThanOrEqual(clock.now())
})

test('two processes read one mailbox by turns, and each answer has its effect once', async () => {
  const first = read()
  const second = read({ db: pools.api })
  await answerInSandbox('answer')
  await Promise.all([first.idle(), second.idle()])
  await first.stop()
  await answerInSandbox('opt_out')
  await second.idle()
  const { rows } = await sql<{ kind: string; n: number }>`
    select kind, count(*)::int as n from activities where kind in ('replied', 'opted_out') group by kind order by kind`.execute(
    kysely(db),
  )
  expect(rows).toEqual([
    { kind: 'opted_out', n: 1 },
    { kind: 'replied', n: 1 },
  ])
})

test('a reader that stops gives its mailboxes back', async () => {
  const reading = read()
  await firstRead(team.mailboxId)
  await reading.stop()
  expect((await mailboxRow(team.mailboxId)).busyUntil).toBeLessThanOrEqual(clock.real())
})

test('secrets that cannot be opened are a problem of that mailbox, in words', async () => {
  const reading = read({
    access: () => Promise.reject(new Error('the key of this data folder is another one')),
  })
  const problem = await until(async () => (await mailboxRow(team.mailboxId)).problem)
  expect(problem).toContain('another one')
  await reading.stop()
})

test.runIf(hasDovecot)(
  'an answer delivered to a real server stops the person, announced by the server',
  async () => {
    const id = await realMailbox('rae')
    read()
    await firstRead(id)
    await dovecot.deliver('rae', reply())
    expect(await ended()).toMatchObject(EFFECTS.answer)
  },
)

test.runIf(hasDovecot)('an answer to one mailbox that arrives at another stops the person once', async () => {
  const [rae, sales] = [await realMailbox('rae'), await realMailbox('sales')]
  const reading = read()
  await Promise.all([firstRead(rae), firstRead(sales)])
  const raw = reply({ To: 'rae@acme.test, sales@acme.test' })
  await Promise.all([dovecot.deliver('rae', raw), dovecot.deliver('sales', raw)])
  expect(await ended()).toMatchObject(EFFECTS.answer)
  await Promise.all([want(rae), want(sales)])
  await reading.idle()
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from inbound`.execute(kysely(db))
  expect(rows[0]!.n).toBe(1)
})

test.runIf(hasDovecot)(
  'while IMAP is cut the inbox counts as unread; when it is back the answer stops the person',
  async () => {
    const id = await realMailbox('rae')
    const reading = read()
    const readAt = await firstRead(id)
    await reading.idle()
    await dovecot.cut()
    try {
      await dovecot.deliver('rae', reply())
      await want(id)
      const problem = await until(async () => (await mailboxRow(id)).problem)
      expect(problem).toContain('rae@acme.test cannot be reached')
      expect((await mailboxRow(id)).readAt).toBe(readAt)
      expect(await stateOf()).toMatchObject({ state: 'active' })
    } finally {
      await dovecot.restore()
    }
    await sql`update mailboxes set read_due_at = '-infinity' where id = ${id}`.execute(kysely(db))
    reading.poke()
    expect(await ended()).toMatchObject(EFFECTS.answer)
    await reading.idle()
    const row = await mailboxRow(id)
    expect(row.problem).toBeNull()
    expect(row.readAt).toBeGreaterThan(readAt)
  },
)

test.runIf(hasDovecot)(
  'a refused login is a reading problem that names the way out; sending stays as it is',
  async () => {
    const id = await realMailbox('rae')
    const refused = { ...dovecot.imap('rae'), password: 'wrong' }
    access.set(id, { kind: 'server', smtp: { host: '127.0.0.1', port: 1, tls: 'none' }, imap: refused })
    read()
    const problem = await until(async () => (await mailboxRow(id)).problem)
    expect(problem).toContain('refused the login of rae@acme.test')
    expect(problem).toContain('Enter its password again')
    const { rows } = await sql<{ state: string }>`select state from mailboxes where id = ${id}`.execute(
      kysely(db),
    )
    expect(rows[0]!.state).toBe('connected')
  },
)

test.runIf(hasDovecot)(
  'people are told once when a mailbox has not been read for a quarter of an hour',
  async () => {
    const id = await realMailbox('rae')
    const failing = { read_failing_since: at(clock.now() - 16 * MINUTE), read_problem: 'cut' }
    await sql`update mailboxes set read_failing_since = ${failing.read_failing_since}, read_problem = 'cut' where id = ${id}`.execute(
      kysely(db),
    )
    const refused = { ...dovecot.imap('rae'), password: 'wrong' }
    access.set(id, { kind: 'server', smtp: { host: '127.0.0.1', port: 1, tls: 'none' }, imap: refused })
    const reading = read()
    const alerts = async () =>
      (
        await sql<{
          reason: string
        }>`select reason from activities where kind = 'alert' and mailbox_id = ${id}`.execute(kysely(db))
      ).rows
    await until(async () => (await alerts()).length > 0)
    const tries = async () =>
      (
        await sql<{ due: Instant }>`select read_due_at as due from mailboxes where id = ${id}`.execute(
          kysely(db),
        )
      ).rows[0]!.due
    await sql`update mailboxes set read_due_at = '-infinity' where id = ${id}`.execute(kysely(db))
    reading.poke()
    await until(async () => (await tries()) > clock.real())
    expect(await alerts()).toEqual([{ reason: 'inbox_unreadable' }])
  },
)

test.runIf(hasDovecot)('a mail written by hand and filed in Sent holds the next email', async () => {
  const id = await realMailbox('rae')
  await sql`update enrollments set mailbox_id = ${id}`.execute(kysely(db))
  const reading = read()
  await firstRead(id)
  const byHand = mail({
    From: 'Rae <rae@acme.test>',
    To: 'ann@client.test',
    Subject: 'Coffee?',
    'Message-ID': `<hand.${id}@acme.test>`,
  })
  const reader = post.openReader(access.get(id)!)!
  expect(await reader.appendSent(Buffer.from(byHand), `<hand.${id}@acme.test>`)).toEqual({ kind: 'filed' })
  await reader.close()
  await want(id)
  reading.poke()
  await reading.idle()
  expect(await stateOf()).toMatchObject({ state: 'active', hold: 'human_outbound' })
})

test.runIf(hasDovecot)(
  'a folder that the server has renumbered is read again without a second effect',
  async () => {
    const id = await realMailbox('rae')
    const reading = read()
    await firstRead(id)
    await dovecot.deliver('rae', reply())
    await ended()
    await reading.idle()
    await dovecot.renumber('rae')
    await want(id)
    reading.poke()
    await reading.idle()
    const { rows } = await sql<{
      n: number
    }>`select count(*)::int as n from activities where kind = 'replied'`.execute(kysely(db))
    expect(rows[0]!.n).toBe(1)
  },
)
