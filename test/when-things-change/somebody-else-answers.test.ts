/** Somebody else than expected answers: a colleague in the thread, or the person from an address that a merged contact had. */
import { expect, test } from 'vitest'
import { mergeContacts } from '../../src/actions/merge-contacts.ts'
import {
  activities,
  ann,
  answer,
  clock,
  db,
  enrollment,
  inbound,
  letter,
  random,
  sentAt,
  suppressed,
  take,
  team,
} from '../support/inbox.ts'
import { createSequence, sendFirst } from '../support/sent.ts'

test('a colleague who answers in the thread counts as the answer, and we say who wrote', async () => {
  await take(answer({ From: 'Cid Boss <cid@client.test>' }))
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
  expect(await activities('replied')).toMatchObject([
    { detail: { from: 'cid@client.test', name: 'Cid Boss', by_colleague: true } },
  ])
})

/** Ann was merged into a contact with another address, who is in another sequence. */
async function mergeAnn() {
  const other = await createSequence(db, team, { now: sentAt, random })
  const kept = await sendFirst(db, team, { now: sentAt, random, sequence: other, address: 'ann@stays.test' })
  const ids = { keptId: kept.contactId, otherId: ann.contactId }
  const who = { team: team.team, userId: team.userId, actor: `user:${team.userId}` }
  const merged = await mergeContacts(db, { ...who, ...ids, now: clock.now(), random })
  expect(merged.ok).toBe(true)
  return kept
}

test('an answer from the address of a merged contact, in its thread or not, is that of the contact who stays', async () => {
  const kept = await mergeAnn()
  await take(answer())
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
  await take(letter({ Subject: 'Re: Hello Ann' }))
  expect(await inbound()).toMatchObject([{ contactId: kept.contactId }, { contactId: kept.contactId }])
})

test('an absence that is told from the address of a merged contact pauses all of the person', async () => {
  const kept = await mergeAnn()
  const note = { Subject: 'Automatic reply: Hello Ann', 'Auto-Submitted': 'auto-replied' }
  await take(answer(note, 'I am out of the office. I will be back on 9 March 2027.'))
  expect(await enrollment()).toMatchObject({ state: 'paused', reason: 'away' })
  expect(await enrollment(kept.enrollmentId)).toMatchObject({ state: 'paused', reason: 'away' })
})

test('whoever asks for no more mail from the address of a merged contact gets none at the one that stays', async () => {
  const kept = await mergeAnn()
  await take(answer({}, 'Please remove me from your list.'))
  expect((await suppressed()).map((one) => one.value)).toEqual(['ann@client.test', 'ann@stays.test'])
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'opted_out' })
  expect(await enrollment(kept.enrollmentId)).toMatchObject({ state: 'finished', reason: 'opted_out' })
})
