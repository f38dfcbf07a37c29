/** The promise behind the inbox gate, over real servers: while the inbox cannot be read no follow-up leaves, and what waited there counts. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { ServerClock } from '../../src/clock.ts'
import { HOUR, MINUTE } from '../../src/core/clock.ts'
import { judgeAll } from '../../src/core/gates.ts'
import { type Engine, startEngine } from '../../src/engine/engine.ts'
import { MailFiles } from '../../src/engine/mail-files.ts'
import { startReading } from '../../src/engine/read-inbox.ts'
import { createLog } from '../../src/log.ts'
import type { MailboxAccess } from '../../src/mail/port.ts'
import { createMailPort } from '../../src/mail/post.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { readFacts } from '../../src/store/due-enrollments.ts'
import { askServerClock } from '../../src/store/postgres.ts'
import { createDefaultSchedules } from '../../src/store/schedules.ts'
import { freshDatabase } from '../support/database.ts'
import { hasDovecot, startDovecot } from '../support/dovecot.ts'
import { mail } from '../support/mails.ts'
import { createSequence, enrollMany, sendFirst } from '../support/sent.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'
import { createTeam } from '../support/team.ts'

const { db, pools, drop } = await freshDatabase()
const clock = await ServerClock.open({ ask: () => askServerClock(pools.control) })
const random = seededRandom('gate')
const log = createLog('silent')
afterAll(async () => {
  clock.close()
  await drop()
})

/** Waits for something the database will say; the test's own time limit ends it. */
async function until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found) return found
    await clock.sleep(10)
  }
}

test.runIf(hasDovecot)(
  'with IMAP cut a follow-up waits while first emails leave; with IMAP back the answer that waited stops the person',
  async () => {
    const sink = await startSmtpSink()
    const dovecot = await startDovecot({ users: ['rae'] })
    const port = createMailPort({ clock, random })
    const smtp = { host: '127.0.0.1', port: sink.port, tls: 'none' } as const
    const access = async (): Promise<MailboxAccess> => ({ kind: 'server', smtp, imap: dovecot.imap('rae') })
    let engine: Engine
    const onRead = () => engine.poke()
    const reading = startReading({ db: pools.claim, mail: port, access, clock, random, log, onRead })
    const pokeReader = () => reading.poke()
    const files = new MailFiles(pools.claim)
    const from = { db: pools, mail: port, access, clock, random, log, files }
    engine = startEngine({ ...from, publicUrl: null, worker: 'gate', pokeReader })
    try {
      const now = clock.now() - HOUR
      const sandboxed = await createTeam(db, { now, random })
      const { alwaysId: scheduleId } = await createDefaultSchedules(db, {
        ...sandboxed,
        zone: 'UTC',
        now,
        random,
      })
      const team = { ...sandboxed, mailboxId: random.hex(12) }
      await sql`
        insert into mailboxes (team_id, id, kind, user_id, address, smtp_host, imap_host, state, gap_ms, hourly_limit, created_at, updated_at)
        values (${team.team}, ${team.mailboxId}, 'smtp', ${team.userId}, 'rae@acme.test', '127.0.0.1', '127.0.0.1', 'connected', 0, 50,
          ${at(now)}, ${at(now)})`.execute(kysely(db))
      const sequence = await createSequence(db, team, { now, random, scheduleId })
      const ann = await sendFirst(db, team, { now, random, sequence, address: 'ann@client.test' })
      const row = async () =>
        (
          await sql<{ readAt: number | null; problem: string | null; state: string; reason: string | null }>`
            select m.read_at as "readAt", m.read_problem as problem, e.state, e.reason from mailboxes m, enrollments e
            where m.id = ${team.mailboxId} and e.id = ${ann.enrollmentId}`.execute(kysely(db))
        ).rows[0]!
      reading.poke()
      await until(async () => (await row()).readAt)
      await reading.idle()

      await dovecot.cut()
      const answered = { From: 'Ann <ann@client.test>', 'In-Reply-To': ann.rfcId, Subject: 'Re: Hello Ann' }
      await dovecot.deliver('rae', mail(answered))
      // Step two falls due two minutes after the inbox was last read.
      await sql`update mailboxes set read_at = ${at(clock.now() - 2 * MINUTE)} where id = ${team.mailboxId}`.execute(
        kysely(db),
      )
      const due = at(clock.now())
      await sql`update enrollments set due_at = ${due}, wait_ends_at = ${due} where id = ${ann.enrollmentId}`.execute(
        kysely(db),
      )
      await enrollMany(db, team, { now: clock.now(), random, sequence, addresses: ['new@client.test'] })
      engine.poke()
      await until(async () => (await row()).problem)
      await engine.idle()
      await reading.idle()
      expect(sink.mails.map(({ recipients }) => recipients)).toEqual([['new@client.test']])
      const facts = await readFacts(db, {
        team: team.team,
        enrollmentIds: [ann.enrollmentId],
        now: clock.now(),
      })
      const closed = judgeAll(facts.get(ann.enrollmentId)!, clock.now()).filter(
        (gate) => gate.state === 'closed',
      )
      expect(closed).toMatchObject([
        { name: 'inbox_read', value: expect.stringContaining('rae@acme.test cannot be read') },
      ])

      await dovecot.restore()
      await sql`update mailboxes set read_due_at = '-infinity' where id = ${team.mailboxId}`.execute(
        kysely(db),
      )
      reading.poke()
      await until(async () => (await row()).state === 'finished')
      await reading.idle()
      await engine.idle()
      expect(await row()).toMatchObject({ state: 'finished', reason: 'replied', problem: null })
      expect(sink.mails.filter(({ recipients }) => recipients.includes('ann@client.test'))).toEqual([])
    } finally {
      await engine.stop()
      await reading.stop()
      await sink.close()
      await dovecot.stop()
    }
  },
  60_000,
)
