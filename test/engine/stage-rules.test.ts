/** A sequence names the stage that an event moves a contact to, or leaves it; what it does not name moves to the usual one. */
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { classifyReply } from '../../src/actions/classify-reply.ts'
import type { Id } from '../../src/core/ids.ts'
import type { StageRules } from '../../src/core/stage-rules.ts'
import { json, kysely } from '../../src/store/db.ts'
import { optOut } from '../../src/store/opt-outs.ts'
import { moveDeadAddresses, type Settlement } from '../../src/store/settlements.ts'
import {
  ann,
  answer,
  clock,
  db,
  dsn,
  enrollment,
  random,
  sequence,
  stageOf,
  suppressed,
  take,
  team,
} from '../support/inbox.ts'

/** A stage that no event moves to usually. */
let warm: Id
beforeEach(async () => {
  warm = random.hex(12)
  await run(sql`
    insert into stages (team_id, id, kind, name, position) values (${team.team}, ${warm}, 'contact', 'Warm', 20)`)
})

const run = (query: ReturnType<typeof sql>) => query.execute(kysely(db))
const rules = (stageRules: StageRules) =>
  run(sql`update sequences set stage_rules = ${json(stageRules)}::jsonb where id = ${sequence.sequenceId}`)
const stageId = async () =>
  (
    await sql<{ id: Id | null }>`select stage_id as id from contacts where id = ${ann.contactId}`.execute(
      kysely(db),
    )
  ).rows[0]!.id

test('an answer moves to the stage that the sequence names', async () => {
  await rules({ replied: warm })
  await take(answer())
  expect(await stageId()).toBe(warm)
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
})

test('null leaves the stage as it is, and what is not named moves as usual', async () => {
  await rules({ replied: null })
  const before = await stageId()
  await take(answer())
  expect(await stageId()).toBe(before)
  await take(dsn({ id: ann.rfcId }))
  expect(await stageOf()).toBe('bad_data')
})

test('a hard bounce moves to the stage named for it, and suppresses all the same', async () => {
  await rules({ hard_bounced: warm })
  await take(dsn({ id: ann.rfcId }))
  expect(await stageId()).toBe(warm)
  expect(await suppressed()).toMatchObject([{ value: ann.address, reason: 'hard_bounce' }])
})

test('an opt-out by the link of an email moves by the rules of its sequence; one of no email moves as usual', async () => {
  await rules({ unsubscribed: warm })
  const opting = { team: team.team, address: ann.address, actor: 'contact', now: clock.now(), random }
  await optOut(db, { ...opting, via: 'page', messageId: ann.messageId })
  expect(await stageId()).toBe(warm)
  await optOut(db, { ...opting, via: 'page' })
  expect(await stageOf()).toBe('do_not_contact')
})

test('what a person says of an answer moves by the rules of the sequence that was answered', async () => {
  await rules({ replied: null, not_interested: warm })
  await take(answer({}, 'Thanks for writing.'))
  const { rows } = await sql<{ id: Id }>`select id from inbound`.execute(kysely(db))
  const acting = { team: team.team, actor: 'user:rae', now: clock.now(), random }
  await classifyReply(db, acting, { inboundId: rows[0]!.id, replyClass: 'not_interested' })
  expect(await stageId()).toBe(warm)
})

test('an outcome that a person has decided is not overruled by an answer, whatever the rules', async () => {
  await rules({ replied: warm })
  await run(sql`update contacts set stage_id = (select id from stages where role = 'interested')`)
  await take(answer())
  expect(await stageOf()).toBe('interested')
})

test('an address that its server refuses while we send moves by the rules of the sequence, too', async () => {
  await rules({ hard_bounced: warm })
  const settlements = [{ messageId: ann.messageId, follows: { kind: 'hard_bounce' } }] as Settlement[]
  const settling = { team: team.team, settlements, worker: 'w', now: clock.now(), random }
  await db.transaction((tx) => moveDeadAddresses(tx, settling))
  expect(await stageId()).toBe(warm)
})
