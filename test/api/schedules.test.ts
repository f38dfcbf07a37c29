import { afterAll, expect, test } from 'vitest'
import { startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { newSequence } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

const create = (more: object) => api.post('/emailer_schedules', { name: 'Mine', ...more })

test('a new team has Always, the default, and Mon-Fri 9-17, both in its zone', async () => {
  const { body } = await api.get('/emailer_schedules')
  expect(body.emailer_schedules).toEqual([
    expect.objectContaining({ name: 'Always', always: true, default: true, time_zone: 'America/New_York' }),
    expect.objectContaining({ name: 'Mon-Fri 9-17', always: false, default: false }),
  ])
  expect(body.emailer_schedules[1].schedule_hash).toEqual({
    monday: [[9, 17]],
    tuesday: [[9, 17]],
    wednesday: [[9, 17]],
    thursday: [[9, 17]],
    friday: [[9, 17]],
  })
})

const weekdays = {
  schedule_hash: Object.fromEntries(
    ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => [day, [[9, 17]]]),
  ),
}

test('public holidays are those of a country and its region, with the own days among them', async () => {
  const { body } = await create({
    ...weekdays,
    skip_holidays: true,
    holiday_country: 'de',
    holiday_region: 'by',
    extra_holidays: ['2027-12-24'],
  })
  expect(body.warnings).toBeUndefined()
  expect(body.emailer_schedule).toMatchObject({ holiday_country: 'DE', holiday_region: 'BY' })
  const dates = body.emailer_schedule.upcoming_holidays.map((one: { date: string }) => one.date)
  expect(dates).toEqual([...dates].sort())
  expect(body.emailer_schedule.upcoming_holidays).toContainEqual({
    date: '2027-05-27',
    name: 'Corpus Christi',
  })
  expect(body.emailer_schedule.upcoming_holidays).toContainEqual({ date: '2027-12-24', name: 'Own day off' })
})

test('another country forgets the region of the one before; null forgets both', async () => {
  const { body } = await create({
    ...weekdays,
    skip_holidays: true,
    holiday_country: 'DE',
    holiday_region: 'BY',
  })
  const path = `/emailer_schedules/${body.emailer_schedule.id}`
  const french = await api.put(path, { holiday_country: 'FR' })
  expect(french.body.emailer_schedule).toMatchObject({ holiday_country: 'FR', holiday_region: null })
  const none = await api.put(path, { holiday_country: null })
  expect(none.body.emailer_schedule).toMatchObject({ holiday_country: null, upcoming_holidays: [] })
})

test('half of a setting is answered with a warning: skipping without a country, a country without skipping', async () => {
  const made = await create({ skip_holidays: true, extra_holidays: ['2027-12-24'] })
  expect(made.body.warnings).toEqual([expect.stringMatching(/extra_holidays alone until holiday_country/)])
  const path = `/emailer_schedules/${made.body.emailer_schedule.id}`
  expect((await api.put(path, { holiday_country: 'US' })).body.warnings).toBeUndefined()
  expect((await api.put(path, { skip_holidays: false })).body.warnings).toEqual([
    expect.stringMatching(/skip_holidays is off/),
  ])
  expect((await create({ name: 'Without' })).body.warnings).toBeUndefined()
})

test('the countries and their regions are listed, and the coming holidays of each', async () => {
  const { body } = await api.get('/holidays/countries')
  const germany = body.countries.find((one: { code: string }) => one.code === 'DE')
  expect(germany).toMatchObject({
    name: 'Germany',
    regions: expect.arrayContaining([{ code: 'BY', name: 'Bayern' }]),
  })
  const coming = (await api.get('/holidays?country=DE&region=BY')).body.holidays
  expect(coming).toContainEqual({ date: '2027-05-27', name: 'Corpus Christi' })
  expect((await api.get('/holidays?country=DE')).body.holidays).not.toContainEqual(
    expect.objectContaining({ date: '2027-05-27' }),
  )
})

test('hours of the wire and windows in minutes are the same thing', async () => {
  const { body } = await create({
    time_zone: 'europe/berlin',
    schedule_hash: {
      monday: [
        [8.5, 12],
        [13, 17],
      ],
    },
    use_contacts_time_zone: 'true',
  })
  expect(body.emailer_schedule).toMatchObject({
    time_zone: 'Europe/Berlin',
    use_contacts_time_zone: true,
    windows: [
      { day: 1, opens_at_minute: 510, closes_at_minute: 720 },
      { day: 1, opens_at_minute: 780, closes_at_minute: 1020 },
    ],
  })
  const again = await api.put(`/emailer_schedules/${body.emailer_schedule.id}`, {
    windows: [{ day: 2, opens_at_minute: 540, closes_at_minute: 600 }],
  })
  expect(again.body.emailer_schedule.schedule_hash).toEqual({ tuesday: [[9, 10]] })
})

test.each([
  ['a zone that does not exist', { time_zone: 'Europe/Berlim' }, /"Europe\/Berlim".*Europe\/Berlin/],
  ['a window that closes before it opens', { schedule_hash: { monday: [[17, 9]] } }, /Monday.*17:00.*9:00/],
  ['a window without length', { schedule_hash: { monday: [[9, 9]] } }, /never opens/],
  ['no window where windows are given', { schedule_hash: {} }, /never open/],
  [
    'windows that overlap',
    {
      schedule_hash: {
        monday: [
          [9, 12],
          [11, 13],
        ],
      },
    },
    /overlap/,
  ],
  ['a day that does not exist', { schedule_hash: { moonday: [[9, 12]] } }, /moonday/],
  ['hours that are words', { schedule_hash: { monday: 'nine to five' } }, /monday/],
  ['a pair of three', { schedule_hash: { monday: [[9, 12, 13]] } }, /\[9,12,13\]/],
  ['a country without known holidays', { holiday_country: 'XX' }, /"XX".*GET \/holidays\/countries/],
  [
    'a region that the country does not have',
    { holiday_country: 'DE', holiday_region: 'ZZ' },
    /Germany.*"ZZ".*BY/,
  ],
  ['a region without a country', { holiday_region: 'BY' }, /"BY".*holiday_country/],
  [
    'a holiday that is no date',
    { schedule_hash: { monday: [[9, 12]] }, extra_holidays: ['2027-02-30'] },
    /2027-02-30/,
  ],
])('%s is refused in a sentence', async (_name, more, sentence) => {
  const { status, body } = await create({ time_zone: 'Europe/Berlin', ...more })
  expect(status).toBe(422)
  expect(body.error).toMatch(sentence)
})

test('one that is used, or the default, is not deleted; another one is', async () => {
  const { body } = await create({ time_zone: 'UTC', schedule_hash: { monday: [[9, 12]] } })
  const { id } = body.emailer_schedule
  const sequence = await newSequence(api, { emailer_schedule_id: id })
  const used = await api.delete(`/emailer_schedules/${id}`)
  expect(used).toMatchObject({ status: 422, body: { error: expect.stringContaining('Outreach') } })
  const { emailer_schedules: all } = (await api.get('/emailer_schedules')).body
  const always = all.find((each: { default: boolean }) => each.default)
  expect((await api.delete(`/emailer_schedules/${always.id}`)).status).toBe(422)
  await api.put(`/sequences/${sequence.id}`, { emailer_schedule_id: always.id })
  const gone = await api.delete(`/emailer_schedules/${id}`)
  expect(gone.body).toEqual({ emailer_schedule: { id, deleted: true } })
  expect((await api.get(`/emailer_schedules/${id}`)).status).toBe(404)
})

test('making another one the default leaves exactly one', async () => {
  const { body } = await create({ time_zone: 'UTC', schedule_hash: { monday: [[9, 12]] }, default: true })
  const { emailer_schedules: all } = (await api.get('/emailer_schedules')).body
  expect(all.filter((each: { default: boolean }) => each.default)).toEqual([
    expect.objectContaining({ id: body.emailer_schedule.id }),
  ])
})

test.runIf(hasContract)('the list has every recorded key', async () => {
  const theirs = recorded('get', '/emailer_schedules')
  // Which days a schedule has is its own affair.
  theirs.emailer_schedules[0].schedule_hash = {}
  expect(missingKeys(theirs, (await api.get('/emailer_schedules')).body)).toEqual([])
})
