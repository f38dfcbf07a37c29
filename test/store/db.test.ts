/** Transactions, values and failures of the database handle, on a real server. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import type { Db } from '../../src/core/db.ts'
import { createLog } from '../../src/log.ts'
import { at, isoArray, json, kysely, stamp } from '../../src/store/db.ts'
import { DatabaseUnavailable } from '../../src/store/unavailable.ts'
import { freshDatabase, onServer } from '../support/database.ts'

const { db, pools, url, drop } = await freshDatabase({ empty: true, log: createLog('silent') })
afterAll(() => drop())

const run = <Row>(on: Db, text: string) => sql.raw<Row>(text).execute(kysely(on))
await run(
  db,
  'create table notes (id int primary key, n int not null default 0, at timestamptz, body jsonb, tags text[])',
)
await run(db, 'insert into notes (id) values (1), (2)')

test('an instant comes back as the number it was, whatever the zone of the session', async () => {
  // 2027-03-14 America/New_York: the hour that does not exist; India is half an hour off, Kiritimati 14 h ahead.
  const instant = Date.UTC(2027, 2, 14, 7, 30, 0, 123)
  for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati']) {
    const read = await db.transaction(async (tx) => {
      await run(tx, `set local timezone to '${zone}'`)
      const query = sql<{
        one: number
        many: number[]
      }>`select ${at(instant)}::timestamptz as one, array[${at(instant)}, null]::timestamptz[] as many`
      return (await query.execute(kysely(tx))).rows
    })
    expect(read).toEqual([{ one: instant, many: [instant, null] }])
  }
})

test('counts are numbers, dates are text, numeric keeps its digits, json is parsed', async () => {
  const { rows } = await run(
    db,
    `select count(*) as n, date '2027-02-28' as day, 0.10::numeric as price, '{"a":[1]}'::jsonb as body, array[1,2]::int8[] as many`,
  )
  expect(rows).toEqual([{ n: 1, day: '2027-02-28', price: '0.10', body: { a: [1] }, many: [1, 2] }])
})

test('an integer that JavaScript cannot hold is an error, not another number', async () => {
  await expect(run(db, 'select 9007199254740993::int8 as n')).rejects.toThrow(/beyond the integers/)
})

test('instants and lists go to the server in one parameter, and to the builder as expressions', async () => {
  const [early, late] = [Date.UTC(2027, 0, 1), Date.UTC(2027, 0, 2)]
  await sql`update notes set at = new.at, body = ${json(['x'])}
    from unnest(${[1, 2]}::int[], ${isoArray([early, late])}::timestamptz[]) as new (id, at) where notes.id = new.id`.execute(
    kysely(db),
  )
  const { rows } = await sql`select id, body from notes where at <= ${stamp(early)}`.execute(kysely(db))
  expect(rows).toEqual([{ id: 1, body: ['x'] }])
})

test('a transaction is READ COMMITTED whatever the database says, and one inside another joins it', async () => {
  await run(
    db,
    "do $$ begin execute format('alter database %I set default_transaction_isolation to ''serializable''', current_database()); end $$",
  )
  await pools.mark.transaction(async (tx) => {
    const { rows } = await run(tx, 'show transaction_isolation')
    expect(rows).toEqual([{ transaction_isolation: 'read committed' }])
    const own = (await run<{ id: string }>(tx, 'select pg_current_xact_id() as id')).rows
    await tx.transaction(async (inner) => {
      expect((await run<{ id: string }>(inner, 'select pg_current_xact_id() as id')).rows).toEqual(own)
    })
  })
})

test('what work throws rolls everything back and comes out as it was', async () => {
  const refusal = new Error('a bug')
  const failing = db.transaction(async (tx) => {
    await run(tx, 'update notes set n = 7 where id = 1')
    throw refusal
  })
  await expect(failing).rejects.toBe(refusal)
  expect((await run(db, 'select n from notes where id = 1')).rows).toEqual([{ n: 0 }])
})

test('work that swallows the error of a statement is not reported as committed', async () => {
  const swallowing = db.transaction(async (tx) => {
    await run(tx, 'update notes set n = 8 where id = 1')
    await run(tx, 'select 1 / 0').catch(() => undefined)
  })
  await expect(swallowing).rejects.toThrow(/aborted|rolled back/i)
  expect((await run(db, 'select n from notes where id = 1')).rows).toEqual([{ n: 0 }])
})

test('of two transactions in a deadlock, one goes on, the other runs again, and it is counted as a bug', async () => {
  let met = 0
  const both: PromiseWithResolvers<void> = Promise.withResolvers()
  const touch = (first: number, second: number) =>
    db.transaction(async (tx) => {
      await run(tx, `update notes set n = n + 1 where id = ${first}`)
      if (++met === 2) both.resolve()
      await both.promise
      await run(tx, `update notes set n = n + 1 where id = ${second}`)
    })
  await Promise.all([touch(1, 2), touch(2, 1)])
  expect((await run(db, 'select n from notes order by id')).rows).toEqual([{ n: 2 }, { n: 2 }])
  expect(pools.api.deadlocks).toBe(1)
  expect(met).toBe(3)
})

test('connections that the server ends are an unavailable database, and the next query finds another', async () => {
  await pools.claim.transaction(async () => undefined)
  const name = new URL(url).pathname.slice(1)
  const waiting = pools.claim.transaction(async (tx) => {
    await onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
    await run(tx, 'select 1')
  })
  await expect(waiting).rejects.toBeInstanceOf(DatabaseUnavailable)
  expect((await run(pools.claim, 'select 1 as n')).rows).toEqual([{ n: 1 }])
  expect((await run(pools.api, 'select 1 as n')).rows).toEqual([{ n: 1 }])
})

test('a handle that the store did not open is refused', () => {
  expect(() => kysely({ transaction: () => Promise.reject(new Error('never')) })).toThrow(/not opened by/)
})

test('text with a NUL or half of a surrogate pair is stored without it, alone, in arrays and in JSON', async () => {
  const strange = `o${'\u0000'}k \ud83d`
  const query = sql<{ alone: string; many: string[]; body: unknown }>`
    select ${strange}::text as alone, ${[strange]}::text[] as many, ${json({ words: [strange] })}::jsonb as body`
  const { rows } = await query.execute(kysely(db))
  expect(rows).toEqual([{ alone: 'ok \ufffd', many: ['ok \ufffd'], body: { words: ['ok \ufffd'] } }])
})
