/** What an accepted email leads to: the next step, due when the sequence says. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { DAY, HOUR, type Instant } from '../../src/core/clock.ts'
import { dueTime } from '../../src/core/lateness.ts'
import { seededRandom } from '../../src/random.ts'
import { at, json, kysely } from '../../src/store/db.ts'
import { readFacts } from '../../src/store/due-enrollments.ts'
import { freshDatabase } from '../support/database.ts'
import {
  claimPeople,
  enrollPeople,
  markClaimed,
  openSequence,
  type Person,
  settleClaimed,
} from '../support/enrolled.ts'
import { enrollmentRow } from '../support/looking.ts'
import { createTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('next steps')
const now = Date.parse('2027-03-01T10:00:00Z')
afterAll(() => drop())

/** Somebody for whom `prepare` was done before their first email was accepted; their row afterwards, and the id of step two. */
async function afterFirst(prepare: (person: Person, stepIds: string[]) => Promise<unknown>) {
  const team = await createTeam(db, { now, random })
  const sequence = await openSequence(db, team, { now, random })
  const [person] = await enrollPeople(db, team, { sequence, count: 1, now, random })
  const { enrollmentId } = person!
  await prepare(person!, sequence.stepIds)
  const claimed = await claimPeople(db, team, { enrollmentIds: [enrollmentId], now, random })
  await markClaimed(db, team, { claimed, now })
  await settleClaimed(db, team, { claimed, now, random })
  return { row: await enrollmentRow(db, team.team, enrollmentId), second: sequence.stepIds[1] }
}

const exactly = (stepId: string, instant: Instant) =>
  sql`update steps set exact_at = ${at(instant)} where id = ${stepId}`.execute(kysely(db))

test('the second step of a sequence by exact time waits for its date, whatever its wait says', async () => {
  const date = now + 9 * DAY + HOUR
  const { row, second } = await afterFirst((_, stepIds) => exactly(stepIds[1]!, date))
  expect(row).toMatchObject({ step: second, due: date })
})

test('the second step waits its business days from the first: from Monday 2027-03-01, five of them end a week later', async () => {
  const { row, second } = await afterFirst(async ({ enrollmentId }, stepIds) => {
    const windows = [1, 2, 3, 4, 5].map((day) => ({ day, opensAtMinute: 540, closesAtMinute: 1020 }))
    await sql`
      update schedules c set windows = ${json(windows)}::jsonb, time_zone = 'Europe/Berlin', always = false
      from enrollments e join sequences s on s.team_id = e.team_id and s.id = e.sequence_id
      where e.id = ${enrollmentId} and c.team_id = s.team_id and c.id = s.schedule_id`.execute(kysely(db))
    await sql`update steps set wait_amount = 5, wait_unit = 'day', business_days = true where id = ${stepIds[1]!}`.execute(
      kysely(db),
    )
  })
  expect(row).toMatchObject({ step: second, due: Date.parse('2027-03-08T09:00:00+01:00') })
})

test('a date that has passed meanwhile stays: it is due at once, and stale once it is long past', async () => {
  const { row, second } = await afterFirst((_, stepIds) => exactly(stepIds[1]!, now - HOUR))
  expect(row).toMatchObject({ step: second, due: now - HOUR })
})

test('turning a sequence on later does not put off a first email that has a date', async () => {
  const team = await createTeam(db, { now, random })
  const { sequenceId, stepIds } = await openSequence(db, team, { now, random })
  await exactly(stepIds[0]!, now + DAY)
  await sql`update steps set wait_amount = 5, wait_unit = 'day' where id = ${stepIds[0]!}`.execute(kysely(db))
  const sequence = { sequenceId, stepIds, variantIds: [] }
  const [person] = await enrollPeople(db, team, { sequence, count: 1, now, random })
  const turnedOn = sql`update sequences set activated_at = ${at(now + HOUR)} where id = ${sequenceId}`
  await turnedOn.execute(kysely(db))
  const facts = await readFacts(db, { team: team.team, enrollmentIds: [person!.enrollmentId], now })
  expect(dueTime(facts.get(person!.enrollmentId)!)).toBe(now + HOUR)
})

test('a step without a date is due after its wait', async () => {
  const { row, second } = await afterFirst(() => Promise.resolve())
  expect(row).toMatchObject({ step: second, due: Date.parse('2027-03-03T00:00:00Z') })
})

test('without a schedule a wait of days runs by the clock of the contact', async () => {
  const { row, second } = await afterFirst(async ({ contactId }, stepIds) => {
    await sql`update contacts set time_zone = 'America/New_York' where id = ${contactId}`.execute(kysely(db))
    await sql`update sequences set schedule_id = null
      where id = (select sequence_id from steps where id = ${stepIds[0]!})`.execute(kysely(db))
  })
  expect(row).toMatchObject({ step: second, due: Date.parse('2027-03-03T05:00:00Z') })
})

test('a wait that ends on a public holiday of its schedule is due on the next day (Bulgaria, 3 March)', async () => {
  const { row, second } = await afterFirst(async (_, stepIds) => {
    await sql`update schedules set skip_holidays = true, holiday_region = 'BG' where id = (
      select schedule_id from sequences s join steps st on st.sequence_id = s.id where st.id = ${stepIds[0]!})`.execute(
      kysely(db),
    )
  })
  expect(row).toMatchObject({ step: second, due: Date.parse('2027-03-04T00:00:00Z') })
})
