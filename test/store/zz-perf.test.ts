import { sql } from 'kysely'
import { test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { PROMISES } from '../../src/store/verify.ts'
import { ann, db, later, run, team } from '../support/proving.ts'

test('perf', { timeout: 300_000 }, async () => {
  await run(sql`
    insert into messages select (jsonb_populate_record(m, jsonb_build_object('id', lpad(to_hex(i), 24, '0'), 'enrollment_id', null, 'counted_at', m.counted_at - i * interval '1 minute'))).*
    from messages m, generate_series(1, 100000) i where m.team_id = ${team.team} and m.id = ${ann.messageId}`)
  await run(sql`
    insert into message_contents select c.team_id, lpad(to_hex(i), 24, '0'), c.salt, c.subject, c.html, c.body, c.opt_out_token
    from message_contents c, generate_series(1, 100000) i where c.team_id = ${team.team} and c.message_id = ${ann.messageId}`)
  await run(sql`
    insert into ledger_links select k.team_id, k.mailbox_id, 10 + i, k.kind, lpad(to_hex(i), 24, '0'), k.attempt, k.state, k.at, k.address_hash, k.body_hash, k.link
    from ledger_links k, generate_series(1, 100000) i where k.team_id = ${team.team} and k.seq = 1`)
  await run(sql`analyze`)
  void kysely
  for (const one of PROMISES) {
    const began = performance.now()
    const found = await db.transaction((tx) => one.breaches(tx, { team: team.team, now: later }))
    console.log(one.name, Math.round(performance.now() - began), 'ms', found.length)
  }
})
