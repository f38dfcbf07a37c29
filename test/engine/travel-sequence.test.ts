/** Two weeks of a sequence in seconds: the whole engine over the sandbox, on a clock that is moved. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { ServerClock } from '../../src/clock.ts'
import { DAY, type Instant, SECOND } from '../../src/core/clock.ts'
import type { Id } from '../../src/core/ids.ts'
import { type Engine, startEngine } from '../../src/engine/engine.ts'
import { MailFiles } from '../../src/engine/mail-files.ts'
import { startReading } from '../../src/engine/read-inbox.ts'
import { sandboxRows } from '../../src/engine/sandbox-rows.ts'
import { startTravel } from '../../src/engine/travel.ts'
import { createLog } from '../../src/log.ts'
import { parseMail } from '../../src/mail/parse.ts'
import type { MailboxAccess } from '../../src/mail/port.ts'
import { createMailPort } from '../../src/mail/post.ts'
import { startSandbox } from '../../src/mail/sandbox.ts'
import { answerMail } from '../../src/mail/sandbox-answer.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { askServerClock } from '../../src/store/postgres.ts'
import { saveAnswer } from '../../src/store/sandbox-box.ts'
import { createDefaultSchedules } from '../../src/store/schedules.ts'
import { requestTravel, travelArrived } from '../../src/store/travel.ts'
import { freshDatabase } from '../support/database.ts'
import { createSequence, enrollMany, type SentSequence } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, pools, drop } = await freshDatabase()
const clock = await ServerClock.open({ ask: () => askServerClock(pools.control) })
const random = seededRandom('two weeks')
const log = createLog('silent')
const sandbox = await startSandbox({ clock, random, ...sandboxRows({ db: pools.api, clock, random }) })
const mail = createMailPort({ clock, random, sandbox })
const access = async (_: number, mailboxId: Id): Promise<MailboxAccess> => ({ kind: 'sandbox', mailboxId })
let engine: Engine
const reading = startReading({
  db: pools.claim,
  mail,
  access,
  clock,
  random,
  log,
  onRead: () => engine.poke(),
})
engine = startEngine({
  db: pools,
  mail,
  access,
  clock,
  random,
  log,
  publicUrl: null,
  files: new MailFiles(pools.claim),
  worker: 'travel',
  pokeReader: () => reading.poke(),
})
const onMove = () => {
  engine.poke()
  reading.poke()
}
const traveling = startTravel({ db: pools.control, clock, log, onMove })
let team: TestTeam
let sequence: SentSequence

beforeEach(async () => {
  const now = clock.now()
  team = await createTeam(db, { now, random })
  const { alwaysId } = await createDefaultSchedules(db, { ...team, zone: 'UTC', now, random })
  sequence = await createSequence(db, team, { now, random, scheduleId: alwaysId })
})
afterAll(async () => {
  await traveling.stop()
  await engine.stop()
  await reading.stop()
  await sandbox.close()
  clock.close()
  await drop()
})

async function travel(ms: number): Promise<Instant> {
  const until = clock.now() + ms
  expect(await requestTravel(db, { until, now: clock.now() })).toMatchObject({ kind: 'requested' })
  for (;;) {
    const { kind } = await travelArrived(db, { until, real: clock.real() })
    if (kind !== 'travelling') {
      expect(kind).toBe('arrived')
      return until
    }
    await clock.sleep(10)
  }
}

interface Received {
  to: string
  raw: Uint8Array
  at: Instant
  subject: string
}
const received = async () =>
  (
    await sql<Received>`
      select to_address as "to", raw, received_at as at, subject from sandbox_mails
      where mailbox_id = ${team.mailboxId} and direction = 'received' order by uid`.execute(kysely(db))
  ).rows
const states = async () =>
  (
    await sql<{ state: string; reason: string | null; n: number }>`
      select state, reason, count(*)::int as n from enrollments where sequence_id = ${sequence.sequenceId}
      group by 1, 2 order by 1, 2`.execute(kysely(db))
  ).rows

/** Writes as the contact with this address, in answer to the newest mail they have received. */
async function write(address: string, kind: 'answer' | 'bounce' | 'away' | 'opt_out', returnsOn?: string) {
  const newest = (await received()).filter(({ to }) => to === address).at(-1)!
  const original = await parseMail(newest.raw)
  const now = clock.now()
  const more = returnsOn ? { returnsOn } : {}
  const raw = await answerMail({ original, as: { address, name: 'Ann' }, kind, ...more, now, random })
  const about = { from: address, to: 'sandbox@segue.test', subject: original.subject, rfcId: null }
  await saveAnswer(db, { team: team.team, mailboxId: team.mailboxId, ...about, raw, now, random })
  sandbox.announce()
}

// 150 mails over real SMTP: about 6 s alone on 2 cores; the rest is room for whatever else the machine does.
test('fourteen days over three steps and fifty people pass in seconds, and every step goes out in its day', async () => {
  const addresses = Array.from({ length: 50 }, (_, index) => `p${index}@client.test`)
  const start = clock.now()
  await enrollMany(db, team, { now: start, random, sequence, addresses })
  const realStart = clock.real()
  await travel(14 * DAY)
  expect(clock.real() - realStart).toBeLessThan(30 * SECOND)
  const mails = await received()
  expect(mails).toHaveLength(150)
  for (const address of addresses) {
    const days = mails.filter(({ to }) => to === address).map(({ at }) => Math.floor((at - start) / DAY))
    expect(days).toHaveLength(3)
    expect(days[0]).toBe(0)
    expect(days[1]).toBeLessThanOrEqual(2)
    expect(days[2]).toBeLessThanOrEqual(4)
  }
  expect(await states()).toEqual([{ state: 'finished', reason: 'completed', n: 50 }])
}, 60_000)

test('those who answered, bounced or opted out on the way stop; who was away goes on; the others get everything', async () => {
  const addresses = ['answers', 'bounces', 'leaves', 'away', 'stays'].map((name) => `${name}@client.test`)
  await enrollMany(db, team, { now: clock.now(), random, sequence, addresses })
  await travel(60 * SECOND)
  expect(await received()).toHaveLength(5)
  await write('answers@client.test', 'answer')
  await write('bounces@client.test', 'bounce')
  await write('leaves@client.test', 'opt_out')
  const back = new Date(clock.now() + 6 * DAY).toISOString().slice(0, 10)
  await write('away@client.test', 'away', back)
  await travel(14 * DAY)
  const mails = await received()
  const counts = addresses.map((address) => mails.filter(({ to }) => to === address).length)
  expect(counts).toEqual([1, 1, 1, 3, 3])
  const [, second] = mails.filter(({ to }) => to === 'away@client.test')
  expect(second!.at).toBeGreaterThanOrEqual(Date.parse(back))
  const follow = await parseMail(mails.filter(({ to }) => to === 'stays@client.test')[1]!.raw)
  const first = await parseMail(mails.find(({ to }) => to === 'stays@client.test')!.raw)
  expect(follow.inReplyTo).toBe(first.messageId)
  expect(await states()).toEqual([
    { state: 'failed', reason: 'hard_bounced', n: 1 },
    { state: 'finished', reason: 'completed', n: 2 },
    { state: 'finished', reason: 'opted_out', n: 1 },
    { state: 'finished', reason: 'replied', n: 1 },
  ])
}, 60_000)
