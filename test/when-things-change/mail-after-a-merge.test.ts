/** Mail from the address that a contact had before it was merged into another: it is the same person's, wherever they are written to now. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { mergeContacts } from '../../src/actions/merge-contacts.ts'
import { reattachMail } from '../../src/actions/reattach-mail.ts'
import { applyAgain } from '../../src/engine/apply-again.ts'
import { kysely } from '../../src/store/db.ts'
import {
  ann,
  answer,
  clock,
  complaint,
  db,
  dsn,
  enrollment,
  letter,
  pools,
  random,
  sentAt,
  sequence,
  stageOf,
  suppressed,
  take,
  team,
} from '../support/inbox.ts'
import { createSequence, enrollMany, sendFirst } from '../support/sent.ts'

const removeMe = 'Please remove me from your list.'

async function merge(keptId: string, otherId: string) {
  const acting = { team: team.team, userId: team.userId, actor: 'user:rae', now: clock.now(), random }
  expect(await mergeContacts(pools.api, { ...acting, keptId, otherId })).toMatchObject({ ok: true })
}

/** Somebody of another sequence, to whom nothing was sent. */
async function newcomer(): Promise<string> {
  const chance = { now: sentAt, random }
  const elsewhere = await createSequence(db, team, chance)
  const addresses = ['ann.new@client.test']
  const [id] = await enrollMany(db, team, { ...chance, sequence: elsewhere, addresses })
  const { rows } = await sql<{
    id: string
  }>`select contact_id as id from enrollments where id = ${id}`.execute(kysely(db))
  return rows[0]!.id
}

test('who opts out from the old address gets nothing at the new one either', async () => {
  const kept = await newcomer()
  await merge(kept, ann.contactId)
  await take(answer({}, removeMe))
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'opted_out' })
  expect(await stageOf(kept)).toBe('do_not_contact')
})

test('an opt-out from the old address that is somebody else’s mail still stops whoever wrote it', async () => {
  await merge(await newcomer(), ann.contactId)
  await take(answer({}, removeMe))
  const { rows } = await sql<{ id: string }>`select id from inbound`.execute(kysely(db))
  const said = { team: team.team, actor: 'user:rae', inboundId: rows[0]!.id, to: null, apply: applyAgain }
  expect(await reattachMail(pools.api, { ...said, now: clock.now(), random })).toMatchObject({ ok: true })
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'opted_out' })
})

test('a dead old address fails nobody who is written to at the new one', async () => {
  const kept = await newcomer()
  await merge(kept, ann.contactId)
  await take(dsn({ id: ann.rfcId }))
  expect(await enrollment()).toMatchObject({ state: 'active' })
  expect(await stageOf(kept)).not.toBe('bad_data')
})

test('an answer to an email of the enrollment that the merge has hidden ends the one that stays', async () => {
  const ben = await sendFirst(db, team, { now: sentAt, random, sequence, address: 'ben@client.test' })
  await merge(ben.contactId, ann.contactId)
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'same_person' })
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'active' })
  await take(answer())
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'finished', reason: 'replied' })
})

test('a spam report about an email to an address that was corrected since stops the person at both', async () => {
  await sql`update contacts set address = 'ann.new@client.test', email = 'ann.new@client.test' where id = ${ann.contactId}`.execute(
    kysely(db),
  )
  await take(complaint(ann.rfcId))
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'complained' })
  expect((await suppressed()).map((one) => one.value)).toEqual(['ann.new@client.test', 'ann@client.test'])
})

test('who has left the firm of the old address goes on at the new one', async () => {
  const kept = await newcomer()
  await merge(kept, ann.contactId)
  await take(
    letter(
      {
        From: 'Ann <ann@client.test>',
        'In-Reply-To': ann.rfcId,
        'Auto-Submitted': 'auto-replied',
        Subject: 'Automatic reply: Hello Ann',
      },
      'Ann no longer works at Client. Please write to Ben Client, ben@client.test.',
    ),
  )
  expect(await enrollment()).toMatchObject({ state: 'active' })
})

test('an answer without thread headers from the address that was written to counts, though it was corrected since', async () => {
  await sql`update contacts set address = 'ann.new@client.test', email = 'ann.new@client.test' where id = ${ann.contactId}`.execute(
    kysely(db),
  )
  await take(letter({ From: 'Ann <ann@client.test>', Subject: 'Re: Hello Ann' }))
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
})
