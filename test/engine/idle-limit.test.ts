/** A bounded number of connections waits for mail, those of the busiest mailboxes; the others are polled, and read before a follow-up. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { ServerClock } from '../../src/clock.ts'
import { HOUR, MINUTE } from '../../src/core/clock.ts'
import type { Id } from '../../src/core/ids.ts'
import { startReading } from '../../src/engine/read-inbox.ts'
import { createLog } from '../../src/log.ts'
import type { MailboxAccess, Reader } from '../../src/mail/port.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { askServerClock } from '../../src/store/postgres.ts'
import { freshDatabase } from '../support/database.ts'
import { createTeam } from '../support/team.ts'
import { until } from '../support/until.ts'

const { db, pools, drop } = await freshDatabase()
const clock = await ServerClock.open({ ask: () => askServerClock(pools.control) })
const random = seededRandom('idle limit')
afterAll(async () => {
  clock.close()
  await drop()
})

/** Named by how many emails left them in the last 24 hours. */
const SENDS = [1, 5, 0, 9, 3]
const idOf = (sends: number): Id => `${sends}`.padStart(24, '0')

const waiting = new Set<Id>()
const reads: Id[] = []

function readerOf(id: Id): Reader {
  return {
    async readAll(cursors) {
      reads.push(id)
      return { kind: 'read', cursors: [...cursors], mails: 0, renumbered: [] }
    },
    async waitForMail(signal) {
      waiting.add(id)
      if (!signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      waiting.delete(id)
      return { kind: 'aborted' }
    },
    close: () => Promise.resolve(),
  } as Partial<Reader> as Reader
}

test('of five mailboxes the two that send most keep a connection open, the others are polled and read when a follow-up waits', async () => {
  const now = clock.now()
  const { team, userId } = await createTeam(db, { now, random })
  await sql`update mailboxes set state = 'removed' where team_id = ${team}`.execute(kysely(db))
  for (const sends of SENDS) {
    await sql`
      insert into mailboxes (team_id, id, kind, user_id, address, imap_host, state, read_due_at, created_at, updated_at)
      values (${team}, ${idOf(sends)}, 'smtp', ${userId}, ${`${sends}@acme.test`}, 'mail.acme.test', 'connected', ${at(now)}, ${at(now)}, ${at(now)})`.execute(
      kysely(db),
    )
    // The last of them is older than a day, and counts no more.
    for (let n = 0; n <= sends; n++)
      await sql`
        insert into messages (team_id, id, purpose, mailbox_id, state, rfc_id, from_address, address_hash, body_hash, counted_at, created_at, updated_at)
        values (${team}, ${random.hex(12)}, 'one_off', ${idOf(sends)}, 'accepted', ${random.hex(8)}, 'x@acme.test', '', '',
          ${at(n === sends ? now - 30 * HOUR : now - n * MINUTE)}, ${at(now)}, ${at(now)})`.execute(
        kysely(db),
      )
  }
  const reading = startReading({
    ...{ db: pools.claim, clock, random, log: createLog('silent'), connectionsMax: 2 },
    access: async (_team, id) => ({ kind: 'sandbox', mailboxId: id }) satisfies MailboxAccess,
    mail: { openReader: (access) => readerOf((access as { mailboxId: Id }).mailboxId) },
  })
  try {
    const busiest = [idOf(5), idOf(9)]
    await until(
      async () => [new Set(reads).size, waiting.size],
      ([read, open]) => read === SENDS.length && open === 2,
    )
    // Whoever came first waits; at their next read the busiest take the places.
    await sql`update mailboxes set read_wanted_at = ${at(clock.now())} where id = any(${busiest})`.execute(
      kysely(db),
    )
    await reading.idle()
    await until(
      async () => [...waiting].sort(),
      (open) => busiest.every((id) => open.includes(id)),
    )
    expect([...waiting].sort()).toEqual(busiest)
    await sql`update mailboxes set read_wanted_at = ${at(clock.now())} where id = ${idOf(1)}`.execute(
      kysely(db),
    )
    const before = reads.filter((id) => id === idOf(1)).length
    await reading.idle()
    expect(reads.filter((id) => id === idOf(1)).length).toBe(before + 1)
    expect([...waiting].sort()).toEqual(busiest)
  } finally {
    await reading.stop()
  }
  expect(waiting.size).toBe(0)
})
