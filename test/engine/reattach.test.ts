/** A mail was taken for the wrong person's: somebody says whose it is, what it had done is undone, and the numbers restate. */
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { type Belongs, reattachMail } from '../../src/actions/reattach-mail.ts'
import { DAY } from '../../src/core/clock.ts'
import { applyAgain } from '../../src/engine/apply-again.ts'
import { kysely } from '../../src/store/db.ts'
import { release } from '../../src/store/releases.ts'
import { stopAndSweep, suppress } from '../../src/store/stops.ts'
import {
  activities,
  ann,
  answer,
  claimNext,
  clock,
  complaint,
  db,
  dsn,
  enrollment,
  inbound,
  letter,
  message,
  pools,
  random,
  sendAgain,
  sentAt,
  sequence,
  stageOf,
  suppressed,
  take,
  team,
  total,
} from '../support/inbox.ts'
import { createSequence, type SentPerson, sendFirst } from '../support/sent.ts'

let ben: SentPerson
beforeEach(async () => {
  ben = await sendFirst(db, team, { now: sentAt, random, sequence, address: 'ben@client.test' })
})

const mailIds = async () =>
  (await sql<{ id: string }>`select id from inbound order by uid`.execute(kysely(db))).rows.map(
    (row) => row.id,
  )
async function say(to: Belongs, which = 0) {
  const inboundId = (await mailIds())[which]!
  return reattachMail(pools.api, {
    ...{ team: team.team, actor: 'user:rae', inboundId, to, apply: applyAgain },
    ...{ now: clock.now(), random },
  })
}
const toBen = () => say({ contactId: ben.contactId })
const dueOf = async (id: string) =>
  (await sql<{ due: number }>`select due_at as due from enrollments where id = ${id}`.execute(kysely(db)))
    .rows[0]!.due
const liftedOf = async () =>
  (
    await sql<{ value: string; reason: string }>`
      select value, lift_reason as reason from suppressions where lifted_at is not null order by value`.execute(
      kysely(db),
    )
  ).rows

test('an answer that was somebody else’s: the right person stops as if it had been matched, the wrong one goes on at the end of their wait', async () => {
  await take(answer())
  const due = sentAt + 2 * DAY
  expect(await toBen()).toMatchObject({ ok: true })
  expect(await enrollment()).toMatchObject({ state: 'active', reason: null, hold: null, replied: false })
  expect(await dueOf(ann.enrollmentId)).toBe(due)
  expect(await message()).toMatchObject({ replied: false })
  expect(await stageOf()).toBe('approaching')
  expect(await enrollment(ben.enrollmentId)).toMatchObject({
    state: 'finished',
    reason: 'replied',
    replied: true,
  })
  expect(await message(ben.messageId)).toMatchObject({ replied: true })
  expect(await stageOf(ben.contactId)).toBe('replied')
  expect(await inbound()).toMatchObject([{ contactId: ben.contactId, confidence: 100 }])
})

test('the numbers restate: one person answered, and it is the other one', async () => {
  await take(answer())
  const counted = async () => [await total('replied'), await total('finished:replied'), await total('active')]
  const before = await counted()
  await toBen()
  expect(await counted()).toEqual(before)
  await say(null)
  expect(await total('replied')).toBe(0)
  expect(await total('finished:replied')).toBe(0)
})

test('the activities say who did it, in the story of both', async () => {
  await take(answer())
  await toBen()
  const { rows } = await sql<{ contact: string; actor: string }>`
    select contact_id as contact, actor from activities where kind = 'reattached' order by contact_id = ${ann.contactId} desc`.execute(
    kysely(db),
  )
  expect(rows).toEqual([
    { contact: ann.contactId, actor: 'user:rae' },
    { contact: ben.contactId, actor: 'user:rae' },
  ])
  const whoDid = async (kind: string, enrollmentId: string) =>
    (
      await sql<{ actor: string }>`
        select actor from activities where kind = ${kind} and enrollment_id = ${enrollmentId}`.execute(
        kysely(db),
      )
    ).rows.map(({ actor }) => actor)
  expect(await whoDid('reopened', ann.enrollmentId)).toEqual(['user:rae'])
  expect(await whoDid('finished', ben.enrollmentId)).toEqual(['user:rae'])
})

test('the evidence stays, and what a person said stands beside it', async () => {
  await take(answer())
  await toBen()
  const names = (await inbound())[0]!.evidence.map((one) => one.name)
  expect(names).toContain('In-Reply-To')
  expect(names.at(-1)).toBe('a person')
})

test('an answer that is nobody’s: who was stopped by it goes on, and nobody else stops', async () => {
  await take(answer())
  await say(null)
  expect(await enrollment()).toMatchObject({ state: 'active', replied: false })
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'active' })
  expect(await inbound()).toMatchObject([{ contactId: null, confidence: 0 }])
})

test('a mail that was nobody’s is given to somebody: they stop as if it had been matched', async () => {
  await take(answer())
  await say(null)
  await toBen()
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'finished', reason: 'replied' })
  expect(await total('replied')).toBe(1)
})

test('when the next email fell due meanwhile, a person is asked before it goes', async () => {
  await take(answer())
  await sql`update enrollments set wait_ends_at = ${new Date(clock.now() - 1)} where id = ${ann.enrollmentId}`.execute(
    kysely(db),
  )
  await toBen()
  expect(await enrollment()).toMatchObject({ state: 'active', hold: 'reopened' })
  await db.transaction((tx) =>
    release(tx, {
      team: team.team,
      enrollmentIds: [ann.enrollmentId],
      actor: 'user:rae',
      now: clock.now(),
      random,
    }),
  )
  expect(await enrollment()).toMatchObject({ state: 'active', hold: null })
  expect(await dueOf(ann.enrollmentId)).toBe(clock.now())
})

test('others of the company who were held by the answer go on when it was no answer of theirs', async () => {
  await sql`update teams set same_account_reply = 'stop'`.execute(kysely(db))
  await sql`insert into contact_texts (team_id, contact_id, body) select team_id, id, address from contacts`.execute(
    kysely(db),
  )
  const address = 'eve@elsewhere.test'
  const eve = await sendFirst(db, team, { now: sentAt, random, sequence, address })
  await take(answer())
  await sql`
    update enrollments set hold_reason = 'same_account_reply', due_at = null where id = ${ben.enrollmentId}`.execute(
    kysely(db),
  )
  await sql`
    insert into stat_deltas (team_id, sequence_id, step_id, metric, n)
    values (${team.team}, ${sequence.sequenceId}, ${sequence.stepIds[1]!}, 'hold:same_account_reply', 1)`.execute(
    kysely(db),
  )
  await say({ contactId: eve.contactId })
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'active', hold: null })
  const { rows } = await sql<{ company: string }>`select company_domain as company from inbound`.execute(
    kysely(db),
  )
  expect(rows).toEqual([{ company: 'elsewhere.test' }])
})

test('an email that left while the answer was read is not sent again: they go on behind it', async () => {
  const next = await claimNext()
  await take(answer())
  await sql`update messages set state = 'accepted' where id = ${next}`.execute(kysely(db))
  await toBen()
  const { rows } = await sql<{ step: string; parent: string }>`
    select step_id as step, parent_message_id as parent from enrollments where id = ${ann.enrollmentId}`.execute(
    kysely(db),
  )
  expect(rows).toEqual([{ step: sequence.stepIds[2], parent: next }])
  expect(await enrollment()).toMatchObject({ state: 'active', hold: null })
})

test('what a person decided since stays as they decided', async () => {
  await take(answer())
  await sql`update contacts set stage_id = (select id from stages where role = 'interested') where id = ${ann.contactId}`.execute(
    kysely(db),
  )
  await stopAndSweep(db, {
    ...{ team: team.team, enrollmentIds: [ann.enrollmentId], stop: { to: 'removed' }, actor: 'user:rae' },
    ...{ now: clock.now(), random },
  })
  await toBen()
  expect(await stageOf()).toBe('interested')
  expect(await enrollment()).toMatchObject({ state: 'finished' })
})

test('of two answers one was somebody else’s: the other one still ends the sequence, and still counts', async () => {
  await take(answer())
  await take(answer({}, 'And one more thing.'))
  await toBen()
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied', replied: true })
  expect(await message()).toMatchObject({ replied: true })
  expect(await stageOf()).toBe('replied')
  expect(await total('replied')).toBe(2)
  await say(null, 1)
  expect(await enrollment()).toMatchObject({ state: 'active', replied: false })
  expect(await stageOf()).toBe('approaching')
  expect(await total('replied')).toBe(1)
})

test('what the right person’s next email had claimed is taken back', async () => {
  await take(letter({ From: 'ben@client.test', 'In-Reply-To': ben.rfcId }))
  const next = await claimNext()
  expect(await say({ contactId: ann.contactId })).toMatchObject({ ok: true, value: { transmitting: [] } })
  expect(await message(next)).toMatchObject({ state: 'cancelled' })
})

test('an opt-out that was somebody else’s is lifted for the one and stands for the other', async () => {
  await take(answer({ From: 'desk@client.test' }, 'Please remove me from your list.'))
  expect(await total('unsubscribed')).toBe(1)
  await toBen()
  expect(await message()).toMatchObject({ optedOut: false })
  expect(await message(ben.messageId)).toMatchObject({ optedOut: true })
  expect(await enrollment()).toMatchObject({ state: 'active' })
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'finished', reason: 'opted_out' })
  expect(await total('unsubscribed')).toBe(1)
  expect(await stageOf()).toBe('approaching')
})

test('a hard bounce of somebody else’s email: the address can be written to again, the other one cannot', async () => {
  await take(dsn({ id: ann.rfcId }))
  expect(await enrollment()).toMatchObject({ state: 'failed', reason: 'hard_bounced' })
  await toBen()
  expect(await enrollment()).toMatchObject({ state: 'active', reason: null })
  expect(await message()).toMatchObject({ bounce: null })
  expect(await liftedOf()).toEqual([
    { value: 'ann@client.test', reason: expect.stringContaining('somebody else') },
  ])
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'failed', reason: 'hard_bounced' })
  expect(await message(ben.messageId)).toMatchObject({ bounce: 'hard' })
  expect([await total('hard_bounced'), await total('bounced')]).toEqual([1, 1])
  expect(await stageOf()).toBe('approaching')
})

test('soft bounces are counted anew, and the hold after three ends with the one that was somebody else’s', async () => {
  const ids = [ann.rfcId, await sendAgain(1), await sendAgain(2)]
  for (const id of ids) await take(dsn({ id, status: '4.2.2', said: '452 4.2.2 Mailbox full' }))
  expect(await enrollment()).toMatchObject({ hold: 'soft_bounces', softBounces: 3 })
  await say({ contactId: ben.contactId }, 2)
  expect(await enrollment()).toMatchObject({ hold: null, softBounces: 2 })
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ softBounces: 1 })
  expect(await total('bounced')).toBe(2)
})

test.each([
  ['the soft bounce', 0, 'hard', 1],
  ['the one for good', 1, 'soft', 1],
])(
  'of two bounces of one email %s was somebody else’s: two people came back',
  async (_what, which, left, hard) => {
    await take(dsn({ id: ann.rfcId, status: '4.2.2', said: '452 4.2.2 Mailbox full' }))
    await take(dsn({ id: ann.rfcId, messageId: '<later@mx.test>' }))
    expect([await total('hard_bounced'), await total('bounced')]).toEqual([1, 1])
    await say({ contactId: ben.contactId }, which)
    expect(await message()).toMatchObject({ bounce: left })
    expect([await total('hard_bounced'), await total('bounced')]).toEqual([hard, 2])
  },
)

test('an address that a person had put on the list as well stays there', async () => {
  await take(dsn({ id: ann.rfcId }))
  const entries = [{ kind: 'address' as const, value: 'ann@client.test' }]
  const by = { reason: 'manual', source: 'page', by: team.userId, actor: 'user:rae' } as const
  await db.transaction((tx) => suppress(tx, { team: team.team, entries, ...by, now: clock.now(), random }))
  await toBen()
  expect(await liftedOf()).toEqual([])
})

test('a complaint about somebody else’s email', async () => {
  await take(complaint(ann.rfcId))
  await toBen()
  expect(await enrollment()).toMatchObject({ state: 'active' })
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'finished', reason: 'complained' })
  expect((await suppressed()).map((one) => one.value)).toContain('ben@client.test')
  expect((await liftedOf()).map((one) => one.value)).toEqual(['ann@client.test'])
})

test('an absence of somebody else: the one goes on, the other one is paused until the same day', async () => {
  await take(
    answer(
      { Subject: 'Automatic reply: Hello Ann', 'Auto-Submitted': 'auto-replied' },
      'I am out of the office and back on 15 March 2027.',
    ),
  )
  const paused = await enrollment()
  expect(paused).toMatchObject({ state: 'paused', reason: 'away' })
  await toBen()
  expect(await enrollment()).toMatchObject({ state: 'active', reason: null })
  expect(await enrollment(ben.enrollmentId)).toMatchObject({
    state: 'paused',
    reason: 'away',
    until: paused.until,
  })
})

test('whom a departure had ended goes on everywhere, and whose it was ends everywhere', async () => {
  const other = await createSequence(db, team, { now: sentAt, random })
  const too = await sendFirst(db, team, {
    now: sentAt,
    random,
    sequence: other,
    address: ann.address,
    known: ann,
  })
  await take(
    answer(
      { Subject: 'Automatic reply: Hello Ann', 'Auto-Submitted': 'auto-replied' },
      'Ann no longer works for the company. Please contact Cid Boss at cid@client.test.',
    ),
  )
  const ended = { state: 'finished', reason: 'left_company' }
  expect([await enrollment(), await enrollment(too.enrollmentId)]).toMatchObject([ended, ended])
  await toBen()
  const on = { state: 'active', reason: null }
  expect([await enrollment(), await enrollment(too.enrollmentId)]).toMatchObject([on, on])
  expect(await enrollment(ben.enrollmentId)).toMatchObject(ended)
  expect([await stageOf(), await stageOf(ben.contactId)]).toEqual(['approaching', 'changed_job'])
})

test('a mail can belong to one email of a person, and to what was sent only', async () => {
  await take(answer())
  expect(await say({ messageId: ben.messageId })).toMatchObject({ ok: true })
  expect(await say({ enrollmentId: ben.enrollmentId })).toMatchObject({
    ok: false,
    refusal: { more: { code: 'already_there' } },
  })
  const nobody = await sql<{ id: string }>`
    insert into contacts (team_id, id, created_at, updated_at) values (${team.team}, ${'f'.repeat(24)}, now(), now()) returning id`.execute(
    kysely(db),
  )
  expect(await say({ contactId: nobody.rows[0]!.id })).toMatchObject({
    ok: false,
    refusal: { more: { code: 'nothing_sent' } },
  })
  expect(await activities('reattached')).toHaveLength(2)
})
