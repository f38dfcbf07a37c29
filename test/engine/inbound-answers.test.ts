/** What an answer does to whoever wrote it, by which evidence it is known, and that it is done exactly once. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { DAY } from '../../src/core/clock.ts'
import { takeMail } from '../../src/engine/inbound.ts'
import { kysely } from '../../src/store/db.ts'
import { cursorsOf } from '../../src/store/folders.ts'
import { stopAndSweep } from '../../src/store/stops.ts'
import {
  activities,
  ann,
  answer,
  claimNext,
  clock,
  db,
  dsn,
  enrollment,
  fetched,
  inbound,
  letter,
  mailbox,
  message,
  pools,
  random,
  sentAt,
  sequence,
  stageOf,
  take,
  team,
  tools,
  total,
} from '../support/inbox.ts'
import { createSequence, sendFirst } from '../support/sent.ts'

test('an answer finishes its enrollment as replied and moves the contact to Replied', async () => {
  await take(answer())
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied', replied: true })
  expect(await message()).toMatchObject({ replied: true })
  expect(await stageOf()).toBe('replied')
  expect(await total('replied')).toBe(1)
  expect(await inbound()).toMatchObject([{ kind: 'reply', confidence: 100, contactId: ann.contactId }])
})

test('an answer leaves the same person alone in another sequence, and the activity says so', async () => {
  const other = await createSequence(db, team, { now: sentAt, random })
  const there = await sendFirst(db, team, {
    now: sentAt,
    random,
    sequence: other,
    address: ann.address,
    known: ann,
  })
  await take(answer())
  expect(await enrollment(there.enrollmentId)).toMatchObject({ state: 'active', reason: null })
  expect(await activities('replied')).toMatchObject([{ detail: { still_active: [there.enrollmentId] } }])
})

test('a sequence that does not finish on a reply only records it', async () => {
  const open = await createSequence(db, team, { now: sentAt, random, finishOnReply: false })
  const ben = await sendFirst(db, team, { now: sentAt, random, sequence: open, address: 'ben@client.test' })
  await take(letter({ From: 'ben@client.test', 'In-Reply-To': ben.rfcId }))
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'active', replied: true })
  expect(await total('replied')).toBe(1)
})

test('an answer takes back the next email that was claimed already', async () => {
  const next = await claimNext()
  await take(answer())
  expect(await message(next)).toMatchObject({ state: 'cancelled' })
})

test('a second answer is recorded and counts nothing twice', async () => {
  await take(answer())
  await take(answer({}, 'One more thing.'))
  expect(await total('replied')).toBe(1)
  expect(await inbound()).toHaveLength(2)
})

test('an answer that a person decided about keeps the stage they chose', async () => {
  await sql`update contacts set stage_id = (select id from stages where role = 'interested')`.execute(
    kysely(db),
  )
  await take(answer())
  expect(await stageOf()).toBe('interested')
})

test('an answer to an email of before they were removed and added again ends the enrollment of now, and counts one person', async () => {
  await sql`
    update enrollments set removed_at = ${new Date(clock.now())}, state = 'finished', reason = 'removed', due_at = null
    where id = ${ann.enrollmentId}`.execute(kysely(db))
  const now = await sendFirst(db, team, { now: sentAt, random, address: ann.address, known: ann, sequence })
  await take(answer())
  expect(await enrollment()).toMatchObject({ replied: true })
  expect(await enrollment(now.enrollmentId)).toMatchObject({
    state: 'finished',
    reason: 'replied',
    replied: false,
  })
  expect(await total('replied')).toBe(1)
})

test('the same mail in two mailboxes has its effect once, and both cursors move on', async () => {
  const raw = answer()
  const second = { ...mailbox(), id: 'b'.repeat(24), address: 'rae@segue.test' }
  await takeMail(tools, mailbox(), fetched(raw, { uid: 4_001 }))
  await takeMail(tools, second, fetched(raw, { uid: 77 }))
  expect(await inbound()).toHaveLength(1)
  expect(await activities('replied')).toHaveLength(1)
  const reached = async (mailboxId: string) =>
    (await cursorsOf(db, { team: team.team, mailboxId }))[0]?.lastUid
  expect([await reached(team.mailboxId), await reached(second.id)]).toEqual([4_001, 77])
})

test('two mailboxes that meet the same mail at the same moment have its effect once', async () => {
  const raw = answer()
  const second = { ...mailbox(), id: 'b'.repeat(24), address: 'rae@segue.test' }
  await Promise.all([
    takeMail(tools, mailbox(), fetched(raw)),
    takeMail({ ...tools, db: pools.api }, second, fetched(raw)),
  ])
  expect(await inbound()).toHaveLength(1)
  expect(await total('replied')).toBe(1)
})

test('when the database dies between effect and cursor, neither happened; the next read does both once', async () => {
  // 57P01 is what a server says that is being shut down.
  await sql`
    create function fail_cursor() returns trigger language plpgsql as
    $$ begin raise exception 'terminating connection' using errcode = '57P01'; end $$`.execute(kysely(db))
  await sql`create trigger fail before insert or update on folders execute function fail_cursor()`.execute(
    kysely(db),
  )
  const raw = answer()
  await expect(take(raw, { uid: 9_001 })).rejects.toThrow('terminating')
  expect(await inbound()).toEqual([])
  expect(await enrollment()).toMatchObject({ state: 'active', replied: false })
  await sql`drop trigger fail on folders`.execute(kysely(db))
  await sql`drop function fail_cursor`.execute(kysely(db))
  await take(raw, { uid: 9_001 })
  await take(raw, { uid: 9_001 })
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
  expect(await total('replied')).toBe(1)
})

test('a mail that makes us fail is kept with the fault and passed, and whom it may have answered is held', async () => {
  await sql`alter table activities add constraint fault check (kind <> 'replied')`.execute(kysely(db))
  await take(answer(), { uid: 9_101 })
  await sql`alter table activities drop constraint fault`.execute(kysely(db))
  expect(await inbound()).toMatchObject([{ kind: 'other', evidence: [{ name: 'fault' }] }])
  expect(await enrollment()).toMatchObject({ state: 'active', hold: 'internal_error' })
  expect((await cursorsOf(db, { team: team.team, mailboxId: team.mailboxId }))[0]?.lastUid).toBe(9_101)
})

test('a mail that makes everything fail is still kept and passed', async () => {
  await sql`alter table activities add constraint fault check (kind not in ('replied', 'held'))`.execute(
    kysely(db),
  )
  await take(answer(), { uid: 9_102 })
  await sql`alter table activities drop constraint fault`.execute(kysely(db))
  expect(await inbound()).toMatchObject([{ kind: 'other', evidence: [{ name: 'fault' }] }])
  expect(await enrollment()).toMatchObject({ state: 'active', hold: null })
  expect((await cursorsOf(db, { team: team.team, mailboxId: team.mailboxId }))[0]?.lastUid).toBe(9_102)
})

test('a mail without thread headers is matched by sender and subject, and shown as less certain', async () => {
  await take(letter({ Subject: 'RE: Hello Ann' }))
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
  expect(await inbound()).toMatchObject([{ kind: 'reply', confidence: 60 }])
})

test('a new mail by somebody who is being written to is their answer, at the lowest confidence', async () => {
  await take(letter({ Subject: 'Your offer' }))
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
  expect(await inbound()).toMatchObject([{ confidence: 40 }])
})

test('a newsletter of somebody we write to is no answer', async () => {
  await take(
    letter({
      Subject: 'Spring news',
      'List-Unsubscribe': '<https://client.test/u>',
      'List-Id': '<news.client.test>',
    }),
  )
  expect(await enrollment()).toMatchObject({ state: 'active', replied: false })
  expect(await inbound()).toEqual([])
})

test('a mail older than what we sent is no answer to it', async () => {
  await take(letter({ Subject: 'Hello Ann' }), { internalDate: sentAt - DAY })
  expect(await enrollment()).toMatchObject({ state: 'active' })
})

test('a mail of a stranger leaves no trace', async () => {
  await take(letter({ From: 'zoe@elsewhere.test', Subject: 'Lunch?' }))
  expect(await inbound()).toEqual([])
})

test('a colleague of ours who writes into the thread has not answered for the contact', async () => {
  await sql`update mailboxes set aliases = '{Boss@segue.test}' where id = ${team.mailboxId}`.execute(
    kysely(db),
  )
  await take(answer({ From: 'boss@segue.test' }))
  expect(await enrollment()).toMatchObject({ state: 'active', replied: false })
})

test('an answer to a trial that was sent to oneself is no answer of the contact', async () => {
  await sql`update messages set purpose = 'test', to_address = 'rae@acme.test'`.execute(kysely(db))
  await take(answer({ From: 'rae@acme.test' }))
  expect(await inbound()).toEqual([])
  expect(await stageOf()).toBe('approaching')
})

test('an answer to "send me this" says nothing of the person it was rendered for, who is written to under the same subject', async () => {
  const { rows } = await sql<{ id: string }>`
    insert into messages (team_id, id, purpose, contact_id, mailbox_id, rfc_id, state, from_address, to_address, address_hash, body_hash, created_at, updated_at)
    select team_id, 'aaaaaaaaaaaaaaaaaaaaaaaa', 'test', contact_id, mailbox_id, '<trial@segue.test>', 'accepted', from_address, to_address, address_hash,
      body_hash, created_at, updated_at from messages where team_id = ${team.team} and rfc_id = ${ann.rfcId} returning id`.execute(
    kysely(db),
  )
  expect(rows).toHaveLength(1)
  await take(answer({ 'In-Reply-To': '<trial@segue.test>' }))
  await take(answer({ 'In-Reply-To': '<trial@segue.test>' }, 'Please unsubscribe me.'))
  expect(await inbound()).toEqual([])
  expect(await enrollment()).toMatchObject({ state: 'active', replied: false })
})

test('mails about one person that are read at once, while people stop them, never wait for each other in a circle', async () => {
  const others = await Promise.all([1, 2, 3].map(() => createSequence(db, team, { now: sentAt, random })))
  const more = { now: sentAt, random, address: ann.address, known: ann }
  const there = []
  for (const one of others) there.push(await sendFirst(db, team, { ...more, sequence: one }))
  const before = pools.claim.deadlocks + pools.api.deadlocks
  const enrollmentIds = [ann, ...there].map(({ enrollmentId }) => enrollmentId).reverse()
  const stopping = {
    team: team.team,
    enrollmentIds,
    stop: { to: 'finished', reason: 'stopped' },
    actor: 'user:1',
  } as const
  await Promise.all([
    ...there.map(({ rfcId }) => take(answer({ 'In-Reply-To': rfcId }))),
    take(answer({}, 'Please unsubscribe me.')),
    take(dsn({ id: ann.rfcId })),
    stopAndSweep(pools.api, { ...stopping, now: clock.now(), random }),
  ])
  expect(pools.claim.deadlocks + pools.api.deadlocks).toBe(before)
  for (const id of enrollmentIds) expect((await enrollment(id)).state).not.toBe('active')
  expect(await inbound()).toHaveLength(5)
})
