/** What is not undone when a mail turns out to be somebody else's: who asked for it by themselves, who asked twice, what another mail says. */
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { classifyReply } from '../../src/actions/classify-reply.ts'
import { type Belongs, reattachMail } from '../../src/actions/reattach-mail.ts'
import { DAY } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import type { ReplyClass } from '../../src/core/reply-class.ts'
import { applyAgain } from '../../src/engine/apply-again.ts'
import { at, kysely } from '../../src/store/db.ts'
import { countForMail, effectsOf } from '../../src/store/mail-effects.ts'
import { optOutHash, recordOptOut } from '../../src/store/opt-outs.ts'
import { stopAndSweep, suppress } from '../../src/store/stops.ts'
import { verify } from '../../src/store/verify.ts'
import {
  ann,
  answer,
  claimNext,
  clock,
  db,
  dsn,
  enrollment,
  letter,
  pools,
  random,
  sendAgain,
  sentAt,
  sequence,
  stageOf,
  take,
  team,
  total,
} from '../support/inbox.ts'
import { type SentPerson, sendFirst } from '../support/sent.ts'
import { until } from '../support/until.ts'

let ben: SentPerson
beforeEach(async () => {
  ben = await sendFirst(db, team, { now: sentAt, random, sequence, address: 'ben@client.test' })
})

const mailId = async (which = 0) =>
  (await sql<{ id: string }>`select id from inbound order by uid`.execute(kysely(db))).rows[which]!.id
const say = async (to: Belongs, which = 0) =>
  reattachMail(pools.api, {
    ...{ team: team.team, actor: 'user:rae', inboundId: await mailId(which), to, apply: applyAgain },
    ...{ now: clock.now(), random },
  })
const classify = async (replyClass: ReplyClass, which = 0) =>
  classifyReply(
    pools.api,
    { team: team.team, actor: 'user:rae', now: clock.now(), random },
    { inboundId: await mailId(which), replyClass },
  )
const listed = async () =>
  (
    await sql<{ value: string }>`
      select value from suppressions where lifted_at is null order by value`.execute(kysely(db))
  ).rows.map((row) => row.value)
const byPerson = { reason: 'manual', source: 'page', actor: 'user:rae' } as const
const entries = [{ kind: 'address' as const, value: 'ann@client.test' }]
const suppressByHand = (tx: Db, reason: 'manual' | 'hard_bounce' = 'manual') =>
  suppress(tx, {
    ...{ team: team.team, entries, ...byPerson, reason, by: team.userId, now: clock.now(), random },
  })
/** What is asked meanwhile waits for what the transaction has locked. */
async function meanwhile<T>(locking: (tx: Db) => Promise<unknown>, ask: () => Promise<T>): Promise<T> {
  let asked: Promise<T> | undefined
  await db.transaction(async (tx) => {
    await locking(tx)
    asked = ask()
    const waiting = async () =>
      (
        await sql<{ n: number }>`
          select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
          kysely(db),
        )
      ).rows[0]!.n
    await until(waiting, (n) => n > 0)
  })
  return asked!
}
const removeMe = 'Please remove me from your list.'

test('who asks to be left alone stays left alone when the mail was taken for somebody else’s', async () => {
  await take(answer({ From: 'ben@client.test' }, removeMe))
  expect(await listed()).toEqual(['ann@client.test', 'ben@client.test'])
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'finished', reason: 'opted_out' })
  expect(await say(null)).toMatchObject({ ok: true })
  expect(await listed()).toEqual(['ben@client.test'])
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'finished', reason: 'opted_out' })
  expect(await stageOf(ben.contactId)).toBe('do_not_contact')
  expect(await enrollment()).toMatchObject({ state: 'active' })
  expect(await stageOf()).toBe('approaching')
})

test('an answer that a person took for an opt-out of its sender keeps its sender on the list', async () => {
  await take(answer())
  await classify('unsubscribe')
  await say({ contactId: ben.contactId })
  expect(await listed()).toEqual(['ann@client.test', 'ben@client.test'])
  expect(await stageOf()).toBe('do_not_contact')
})

test('a mail with the opt-out token of an email is whose that email was, and the refusal says the way out', async () => {
  const token = random.hex(16)
  await sql`update messages set opt_out_hash = ${optOutHash(token)} where id = ${ann.messageId}`.execute(
    kysely(db),
  )
  await take(letter({ Subject: `unsubscribe ${token}` }, ''))
  expect(await listed()).toEqual(['ann@client.test'])
  for (const to of [null, { contactId: ben.contactId }])
    expect(await say(to)).toMatchObject({
      ok: false,
      refusal: {
        sentence: expect.stringContaining('do-not-contact list'),
        more: { code: 'proved_by_token' },
      },
    })
  expect(await listed()).toEqual(['ann@client.test'])
})

test('who is put on the list while a bounce is said to be somebody else’s stays on it', async () => {
  await take(dsn({ id: ann.rfcId }))
  const said = await meanwhile(suppressByHand, () => say({ contactId: ben.contactId }))
  expect(said).toMatchObject({ ok: true })
  expect(await enrollment()).toMatchObject({ state: 'active' })
  expect(await listed()).toContain('ann@client.test')
})

test('an address that a person lifted and put on the list again stays there', async () => {
  await take(dsn({ id: ann.rfcId }))
  await sql`update suppressions set lifted_at = ${at(clock.now())}, lifted_by = 'user:rae'`.execute(
    kysely(db),
  )
  await db.transaction((tx) => suppressByHand(tx, 'hard_bounce'))
  await say({ contactId: ben.contactId })
  expect(await listed()).toContain('ann@client.test')
})

test('an address that opted out by another email stays on the list when its bounce was somebody else’s', async () => {
  const second = await sendAgain(1)
  await sql`update messages set opted_out_at = ${at(clock.now())} where rfc_id = ${second}`.execute(
    kysely(db),
  )
  await take(dsn({ id: ann.rfcId }))
  await say({ contactId: ben.contactId })
  expect(await listed()).toContain('ann@client.test')
})

test('of two people who say at once whose a mail is, or what it means, the second one is told', async () => {
  await take(answer())
  const moved = (tx: Db) =>
    sql`with locked as (select from contacts where id = ${ann.contactId} for update)
      update inbound set contact_id = ${ben.contactId}, matched_message_id = ${ben.messageId} where (select count(*) from locked) = 1`.execute(
      kysely(tx),
    )
  const told = {
    ok: false,
    refusal: { sentence: expect.stringContaining('Look at it again'), more: { code: 'moved_meanwhile' } },
  }
  expect(await meanwhile(moved, () => classify('not_interested'))).toMatchObject(told)
  await sql`update inbound set contact_id = ${ann.contactId}, matched_message_id = ${ann.messageId}`.execute(
    kysely(db),
  )
  expect(await meanwhile(moved, () => say(null))).toMatchObject(told)
  expect([await stageOf(), await stageOf(ben.contactId)]).toEqual(['replied', 'approaching'])
})

test('a number that a mail raises twice is taken back whole', async () => {
  await take(answer())
  const inboundId = await mailId()
  const where = { sequenceId: sequence.sequenceId, stepId: sequence.stepIds[0]!, variantId: null }
  const deltas = [{ ...where, messageId: ann.messageId, metric: 'unsubscribed' as const, n: 1 }]
  for (const _ of [1, 2])
    await db.transaction((tx) => countForMail(tx, { team: team.team, inboundId, deltas }))
  const noted = await effectsOf(db, { team: team.team, inboundId })
  expect(noted.find((one) => one.subject === 'unsubscribed')?.detail).toMatchObject({ n: 2 })
  await say(null)
  expect(await total('unsubscribed')).toBe(0)
})

test('a bounce that was somebody else’s is undone whatever a lesser bounce says', async () => {
  const second = await sendAgain(1)
  await take(dsn({ id: ann.rfcId, status: '4.2.2', said: '452 4.2.2 Mailbox full' }))
  await take(dsn({ id: second }))
  expect(await listed()).toEqual(['ann@client.test'])
  await say({ contactId: ben.contactId }, 1)
  expect(await listed()).toEqual(['ben@client.test'])
  expect(await enrollment()).toMatchObject({ state: 'active', reason: null, softBounces: 1 })
  expect(await stageOf()).toBe('approaching')
})

test('what a person took a mail for is undone with it, back to before the mail came', async () => {
  await take(answer())
  await classify('willing_to_meet')
  expect(await stageOf()).toBe('interested')
  await say(null)
  expect(await stageOf()).toBe('approaching')
  expect(await enrollment()).toMatchObject({ state: 'active', replied: false })
})

test('where a person put somebody between two effects of a mail is where they go back to', async () => {
  await take(answer())
  await sql`update contacts set stage_id = (select id from stages where role = 'unresponsive') where id = ${ann.contactId}`.execute(
    kysely(db),
  )
  await classify('willing_to_meet')
  await say(null)
  expect(await stageOf()).toBe('unresponsive')
})

test('of two answers the one that meant interest was somebody else’s: the other one is an answer all the same', async () => {
  await take(answer())
  await take(answer({}, 'And one more thing.'))
  await classify('willing_to_meet')
  await say({ contactId: ben.contactId })
  expect([await stageOf(), await stageOf(ben.contactId)]).toEqual(['replied', 'interested'])
  await say(null, 1)
  expect(await stageOf()).toBe('approaching')
  expect(await total('replied')).toBe(1)
})

test('whoever goes on behind an email that had left waits for a person when the next one is due at once', async () => {
  await sql`update steps set wait_amount = 0 where id = ${sequence.stepIds[2]!}`.execute(kysely(db))
  const next = await claimNext()
  await take(answer())
  await sql`update messages set state = 'accepted' where id = ${next}`.execute(kysely(db))
  await say({ contactId: ben.contactId })
  expect(await enrollment()).toMatchObject({ state: 'active', hold: 'reopened' })
})

test('whoever followed a link meanwhile is ended by that, where the sequence says so', async () => {
  await sql`update sequences set finish_on_click = true`.execute(kysely(db))
  await take(answer())
  await sql`update messages set clicked_at = ${at(clock.now())} where id = ${ann.messageId}`.execute(
    kysely(db),
  )
  await say(null)
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'clicked', replied: false })
})

test('who was paused until a day is paused until that day again', async () => {
  const until = clock.now() + 20 * DAY
  const pause = { to: 'paused', reason: 'away', until } as const
  await stopAndSweep(db, {
    ...{ team: team.team, enrollmentIds: [ann.enrollmentId], stop: pause, actor: 'user:rae' },
    ...{ now: clock.now(), random },
  })
  await take(answer())
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
  await say(null)
  expect(await enrollment()).toMatchObject({ state: 'paused', reason: 'away', until })
})

test('an email by which somebody opted out by themselves as well stays counted as one', async () => {
  await take(answer({ From: 'desk@client.test' }, removeMe))
  const { messageId } = ann
  const again = { address: 'ann@client.test', via: 'page', messageId, actor: 'contact' } as const
  await db.transaction((tx) => recordOptOut(tx, { team: team.team, ...again, now: clock.now(), random }))
  await say(null)
  expect(await total('unsubscribed')).toBe(1)
  expect(await listed()).toContain('ann@client.test')
  expect((await verify(db, { now: clock.now() })).map((one) => one.promise)).not.toContain(
    'unsubscribed_counted',
  )
})
