/** People who were there before zones were inferred get theirs by and by. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { DAY } from '../../src/core/clock.ts'
import { askZones } from '../../src/engine/unasked-zones.ts'
import { seededRandom } from '../../src/random.ts'
import { json, kysely } from '../../src/store/db.ts'
import { freshDatabase } from '../support/database.ts'
import { enrollPeople, openSequence } from '../support/enrolled.ts'
import { enrollmentRow } from '../support/looking.ts'
import { createTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('unasked zones')
const now = Date.parse('2027-03-01T10:00:00Z')
afterAll(() => drop())

const run = (query: ReturnType<typeof sql>) => query.execute(kysely(db))

async function people(count: number) {
  const team = await createTeam(db, { now, random })
  const sequence = await openSequence(db, team, { now, random })
  const found = await enrollPeople(db, team, { sequence, count, now, random })
  await run(sql`update contacts set zone_unasked = true where team_id = ${team.team}`)
  return { team: team.team, sequence, people: found }
}

async function zones(team: number) {
  const { rows } = await sql<{ zone: string | null; source: string | null; unasked: boolean }>`
    select time_zone as zone, time_zone_source as source, zone_unasked as unasked from contacts where team_id = ${team} order by id`.execute(
    kysely(db),
  )
  return rows
}

test('their zone is inferred from place or phone, never over a stated one, and who stays unknown is asked once', async () => {
  const { team, people: four } = await people(4)
  const [ann, ben, cyd] = four.map((one) => one.contactId).sort()
  await run(sql`update contacts set country = 'Japan' where id = ${ann!}`)
  const phones = [{ kind: 'mobile', raw: '+49 151 23456789', sanitized: '+4915123456789' }]
  await run(sql`update contacts set phones = ${json(phones)}::jsonb where id = ${ben!}`)
  await run(
    sql`update contacts set country = 'Japan', time_zone = 'Europe/Paris', time_zone_source = 'stated' where id = ${cyd!}`,
  )
  expect(await askZones(db, { now })).toBe(4)
  expect(await zones(team)).toEqual([
    { zone: 'Asia/Tokyo', source: 'inferred', unasked: false },
    { zone: 'Europe/Berlin', source: 'inferred', unasked: false },
    { zone: 'Europe/Paris', source: 'stated', unasked: false },
    { zone: null, source: null, unasked: false },
  ])
  expect(await askZones(db, { now })).toBe(0)
})

test('they are asked in small batches, until nobody is left', async () => {
  const { team } = await people(1_100)
  await run(sql`update contacts set country = 'Japan' where team_id = ${team}`)
  const rounds: number[] = []
  for (let asked = -1; asked !== 0; rounds.push(asked)) asked = await askZones(db, { now })
  expect(rounds).toEqual([500, 500, 100, 0])
  expect((await zones(team)).every((one) => one.zone === 'Asia/Tokyo')).toBe(true)
})

test('a wait of days that runs already ends in the morning of the inferred zone', async () => {
  const { team, sequence, people: one } = await people(1)
  const { contactId, enrollmentId } = one[0]!
  await run(sql`update contacts set country = 'Japan' where id = ${contactId}`)
  await run(sql`
    update schedules set use_contact_zone = true where team_id = ${team} and id =
      (select schedule_id from sequences where team_id = ${team} and id = ${sequence.sequenceId})`)
  await run(sql`
    update steps set wait_amount = 2, wait_unit = 'day' where team_id = ${team} and id = ${sequence.stepIds[0]!}`)
  await askZones(db, { now })
  // It began on Monday 2027-03-01 at 19:00 in Tokyo; "Always" opens at midnight of Wednesday.
  const due = Date.parse('2027-03-03T00:00:00+09:00')
  expect(await enrollmentRow(db, team, enrollmentId)).toMatchObject({ due })
  expect(due).toBeLessThan(now + 2 * DAY)
})
