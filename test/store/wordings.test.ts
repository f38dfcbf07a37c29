/** What a mail says and to whom, read for a person who is due: who gets a copy, and the subject when a thread begins anew. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY } from '../../src/core/clock.ts'
import type { Id } from '../../src/core/ids.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { readDue } from '../../src/store/due-enrollments.ts'
import { freshDatabase } from '../support/database.ts'
import { openSequence } from '../support/enrolled.ts'
import { type SentSequence, sendFirst } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('wordings')
const now = Date.parse('2027-03-01T10:00:00Z')
let team: TestTeam
let sequence: SentSequence

beforeEach(async () => {
  team = await createTeam(db, { now, random })
  sequence = await openSequence(db, team, { now, random })
})
afterAll(() => drop())

async function wordingFor(enrollmentId: Id) {
  const [due] = await readDue(db, { team: team.team, enrollmentIds: [enrollmentId], now: now + 2 * DAY })
  return due!.wording!
}

const copiesTo = (cc: string, bcc: string) =>
  sql`update sequences set cc = ${cc}, bcc = ${bcc} where id = ${sequence.sequenceId}`.execute(kysely(db))

const suppress = (kind: 'address' | 'domain', value: string) =>
  sql`
    insert into suppressions (team_id, kind, value, reason, source, created_at)
    values (${team.team}, ${kind}, ${value}, 'opt_out', 'test', ${at(now)})`.execute(kysely(db))

test('who must never be written to gets no copy either, by address or by domain', async () => {
  await copiesTo('boss@acme.test, ann@gone.test', 'crm@acme.test; kim@all-gone.test')
  const { enrollmentId } = await sendFirst(db, team, { now, random, sequence, address: 'ann@one.test' })
  expect(await wordingFor(enrollmentId)).toMatchObject({
    cc: ['boss@acme.test', 'ann@gone.test'],
    bcc: ['crm@acme.test', 'kim@all-gone.test'],
  })
  await suppress('address', 'ann@gone.test')
  await suppress('domain', 'all-gone.test')
  expect(await wordingFor(enrollmentId)).toMatchObject({ cc: ['boss@acme.test'], bcc: ['crm@acme.test'] })
})

test('what was saved as a copy and is no address is left out; a name before the address is no part of it', async () => {
  await copiesTo('Bob <Bob@acme.test>, bob@acme.test, kim@@acme.test', 'nobody')
  const { enrollmentId } = await sendFirst(db, team, { now, random, sequence, address: 'ann@two.test' })
  expect(await wordingFor(enrollmentId)).toMatchObject({ cc: ['bob@acme.test'], bcc: [] })
})

test('a thread that begins anew under the same subject keeps its capitals, without the marks of answers', async () => {
  const subject = 'Re: AW: Lunch at ACME in May'
  const { enrollmentId, contactId } = await sendFirst(db, team, {
    ...{ now, random, sequence, subject, address: 'ann@three.test' },
  })
  await sql`update contacts set address = 'ann@other.test', email = 'ann@other.test' where id = ${contactId}`.execute(
    kysely(db),
  )
  expect(await wordingFor(enrollmentId)).toMatchObject({
    subject: 'Lunch at ACME in May',
    inReplyTo: null,
    to: { address: 'ann@other.test' },
  })
})
