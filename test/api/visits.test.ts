/** The picture and the links of a tracked email, and what follows from who fetched them. */
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { judgeVisits } from '../../src/engine/judge-visits.ts'
import { kysely } from '../../src/store/db.ts'
import * as visits from '../../src/store/visits.ts'
import { trackingToken, VISITS_PER_MESSAGE_MAX } from '../../src/store/visits.ts'
import { type Api, startApi } from '../support/api.ts'
import { createSequence, type SentPerson, type SentSequence, sendFirst } from '../support/sent.ts'
import { testTeamOf } from '../support/sent-team.ts'
import type { TestTeam } from '../support/team.ts'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const HTML =
  '<p><a href="https://acme.test/offer?a=1&amp;b=2">offer</a> <a href="https://acme.test/about">about</a></p>'

let api: Api
let team: TestTeam
let sequence: SentSequence
let people = 0
beforeAll(async () => {
  api = await startApi()
  team = await testTeamOf(api)
})
afterAll(() => api.close())
beforeEach(async () => {
  sequence = await createSequence(api.db, team, { now: api.clock.now(), random: api.context.random })
})

/** Somebody who received an email with two links an hour ago. */
async function reader(html = HTML): Promise<SentPerson> {
  const address = `reader${++people}@client${people}.test`
  const random = api.context.random
  const person = await sendFirst(api.db, team, { now: api.clock.now(), random, sequence, address })
  await sql`update message_contents set html = ${html} where message_id = ${person.messageId}`.execute(
    kysely(api.db),
  )
  await sql`update messages set opens_tracked = true, clicks_tracked = true where id = ${person.messageId}`.execute(
    kysely(api.db),
  )
  api.clock.advance(3_600_000)
  return person
}

const pathOf = ({ messageId, optOutToken }: SentPerson, what: string) =>
  `/t/${api.teamId}/${messageId}/${trackingToken(optOutToken)}/${what}`

const fetched = (path: string, { method = 'GET', agent = FIREFOX, headers = {} } = {}) =>
  fetch(api.url + path, { method, redirect: 'manual', headers: { 'user-agent': agent, ...headers } })

async function judge(): Promise<void> {
  api.clock.advance(10_000)
  await judgeVisits(api.db, { now: api.clock.now(), random: api.context.random })
}

const finishOnClick = () =>
  sql`update sequences set finish_on_click = true where id = ${sequence.sequenceId}`.execute(kysely(api.db))
const statusOf = async ({ contactId }: SentPerson) =>
  (await api.get(`/contacts/${contactId}`)).body.contact.contact_campaign_statuses[0]
const numbers = async () => (await api.get(`/emailer_campaigns/${sequence.sequenceId}`)).body.emailer_campaign
const messageOf = async ({ contactId }: SentPerson) =>
  (await api.get(`/emailer_messages/search?contact_ids[]=${contactId}`)).body.emailer_messages.find(
    (one: { status: string }) => one.status === 'completed',
  )
const activitiesOf = async ({ contactId }: SentPerson) =>
  (await api.get(`/contacts/${contactId}/timeline`)).body.entries.filter(
    (one: { kind: string }) => one.kind === 'activity',
  )

test('a link leads where the email says, is kept by nobody, and counts one click of a person', async () => {
  const person = await reader()
  const answered = await fetched(pathOf(person, '0'))
  expect(answered.status).toBe(302)
  expect(answered.headers.get('location')).toBe('https://acme.test/offer?a=1&b=2')
  expect(answered.headers.get('cache-control')).toContain('no-store')
  expect(answered.headers.get('referrer-policy')).toBe('no-referrer')
  await judge()
  expect(await messageOf(person)).toMatchObject({ num_clicks: 1, num_opens: 0, num_scanner_clicks: 0 })
  expect(await numbers()).toMatchObject({ unique_clicked: 1, unique_clicked_unfiltered: 1, unique_opened: 0 })
  const [click] = (await activitiesOf(person)).filter(
    (one: { activity: string }) => one.activity === 'clicked',
  )
  expect(click).toMatchObject({
    sentence: 'Spring: Followed a link of the email.',
    detail: { link: 'https://acme.test/offer?a=1&b=2' },
  })
})

test.each([
  ['Cyrillic in its query', 'https://acme.test/?q=цена', 'https://acme.test/?q=%D1%86%D0%B5%D0%BD%D0%B0'],
  ['a letter of Latin-2 in its path', 'https://acme.test/łódź', 'https://acme.test/%C5%82%C3%B3d%C5%BA'],
  ['a host of another script', 'https://пример.рф/a?b=1&amp;c=2', 'https://xn--e1afmkfd.xn--p1ai/a?b=1&c=2'],
])('a link with %s leads its reader there', async (_what, written, location) => {
  const person = await reader(`<p><a href="${written}">offer</a></p>`)
  const answered = await fetched(pathOf(person, '0'))
  expect([answered.status, answered.headers.get('location')]).toEqual([302, location])
  await judge()
  expect(await messageOf(person)).toMatchObject({ num_clicks: 1 })
})

test('the wording of an email is read for its links alone: not for the picture, nor for a token that is not its own', async () => {
  const person = await reader()
  const asked = vi.spyOn(visits, 'trackedWording')
  await fetched(pathOf(person, 'o.gif'))
  await fetched(pathOf(person, '0').replace(/[0-9a-f]{32}(?=\/[^/]+$)/, 'a'.repeat(32)))
  expect(asked).not.toHaveBeenCalled()
  await fetched(pathOf(person, '0'))
  expect(asked).toHaveBeenCalledOnce()
})

test('the picture is one point that is kept by nobody, and counts one opening however often it is fetched', async () => {
  const person = await reader()
  for (const _time of [1, 2, 3]) {
    const answered = await fetched(pathOf(person, 'o.gif'))
    expect(answered.status).toBe(200)
    expect(answered.headers.get('content-type')).toBe('image/gif')
    expect(answered.headers.get('cache-control')).toContain('no-store')
    expect(
      Buffer.from(await answered.arrayBuffer())
        .subarray(0, 6)
        .toString(),
    ).toBe('GIF89a')
  }
  await judge()
  expect(await messageOf(person)).toMatchObject({ num_opens: 3, num_clicks: 0 })
  expect(await numbers()).toMatchObject({
    unique_opened: 1,
    unique_opened_unfiltered: 1,
    unique_machine_opened: 0,
  })
  expect(
    (await activitiesOf(person)).filter((one: { activity: string }) => one.activity === 'opened'),
  ).toHaveLength(1)
})

test('a click finishes the sequence for that person where the sequence says so, and for nobody else', async () => {
  await finishOnClick()
  const [clicking, reading] = [await reader(), await reader()]
  await fetched(pathOf(clicking, '1'))
  await fetched(pathOf(reading, 'o.gif'))
  await judge()
  expect(await statusOf(clicking)).toMatchObject({ status: 'finished', inactive_reason: 'clicked' })
  expect(await statusOf(reading)).toMatchObject({ status: 'active' })
  expect((await activitiesOf(clicking)).map((one: { sentence: string }) => one.sentence)).toContain(
    'Spring: Finished. Followed a link.',
  )
})

test('a click changes nothing where the sequence does not end with one', async () => {
  const person = await reader()
  await fetched(pathOf(person, '0'))
  await judge()
  expect(await statusOf(person)).toMatchObject({ status: 'active' })
})

test.each([
  ['asks for the headers alone', (person: SentPerson) => fetched(pathOf(person, '0'), { method: 'HEAD' })],
  ['is a gateway', (person: SentPerson) => fetched(pathOf(person, '0'), { agent: 'Mimecast URL Protect' })],
  [
    'fetches ahead',
    (person: SentPerson) => fetched(pathOf(person, '0'), { headers: { 'sec-purpose': 'prefetch' } }),
  ],
  [
    'follows all links at once',
    (person: SentPerson) => Promise.all(['0', '1'].map((link) => fetched(pathOf(person, link)))),
  ],
])('a scanner that %s stops nobody, and is counted apart', async (_how, scan) => {
  await finishOnClick()
  const person = await reader()
  await scan(person)
  await judge()
  expect(await statusOf(person)).toMatchObject({ status: 'active' })
  expect(await messageOf(person)).toMatchObject({ num_clicks: 0 })
  expect(await numbers()).toMatchObject({
    unique_clicked: 0,
    unique_scanner_clicked: 1,
    unique_clicked_unfiltered: 1,
  })
})

test('whoever clicks after a scanner did still ends the sequence', async () => {
  await finishOnClick()
  const person = await reader()
  await fetched(pathOf(person, '0'), { agent: 'curl/8.9' })
  await judge()
  await fetched(pathOf(person, '0'))
  await judge()
  expect(await statusOf(person)).toMatchObject({ status: 'finished' })
  expect(await numbers()).toMatchObject({
    unique_clicked: 1,
    unique_scanner_clicked: 1,
    unique_clicked_unfiltered: 1,
  })
})

test('Apple Mail, which fetches every picture, is a machine open; asking for the headers of the picture is nothing', async () => {
  const person = await reader()
  await fetched(pathOf(person, 'o.gif'), { agent: 'Mozilla/5.0' })
  expect((await fetched(pathOf(person, 'o.gif'), { method: 'HEAD' })).status).toBe(200)
  await judge()
  expect(await messageOf(person)).toMatchObject({ num_opens: 0, num_machine_opens: 1 })
  expect(await numbers()).toMatchObject({
    unique_opened: 0,
    unique_machine_opened: 1,
    unique_opened_unfiltered: 1,
  })
})

test.each([
  ['a token that was cut', (path: string) => path.replace(/[0-9a-f](?=\/[^/]+$)/, '')],
  ['a token of another', (path: string) => path.replace(/[0-9a-f]{32}(?=\/[^/]+$)/, 'a'.repeat(32))],
  ['another team', (path: string) => path.replace(/^\/t\/[^/]+/, `/t/${'f'.repeat(24)}`)],
  ['signs that no id has', (path: string) => path.replace(/^\/t\/[^/]+/, '/t/%00')],
])('%s gets a picture and a friendly page, and nothing is written down', async (_what, damage) => {
  const person = await reader()
  const link = await fetched(damage(pathOf(person, '0')))
  expect(link.status).toBe(404)
  expect(await link.text()).toContain('This link is damaged')
  const picture = await fetched(damage(pathOf(person, 'o.gif')))
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/gif'])
  const { rows } = await sql<{ kind: string }>`
    select kind from visits where message_id = ${person.messageId}`.execute(kysely(api.db))
  expect(rows).toEqual([])
})

test('a link that the mail does not have gets a friendly page, and is no click', async () => {
  const person = await reader()
  const link = await fetched(pathOf(person, '7'))
  expect([link.status, await link.text()]).toEqual([404, expect.stringContaining('This link is damaged')])
  const { rows } = await sql`select kind from visits where message_id = ${person.messageId}`.execute(
    kysely(api.db),
  )
  expect(rows).toEqual([])
})

test('the redirect is not open: there is no place in it for an address, and none is taken from the outside', async () => {
  const person = await reader()
  expect((await fetched(pathOf(person, '0'))).status).toBe(302)
  for (const path of [
    `${pathOf(person, '0')}?url=https://evil.test`,
    pathOf(person, encodeURIComponent('https://evil.test')),
    `${pathOf(person, '0')}/https://evil.test`,
  ]) {
    const { headers } = await fetched(path)
    expect(headers.get('location') ?? '').not.toContain('evil')
  }
})

test('a link survives another secret key, opts nobody out, and is dead once the wording is erased', async () => {
  const person = await reader()
  expect(trackingToken(person.optOutToken)).not.toContain(person.optOutToken.slice(0, 8))
  const asOptOut = await fetched(`/u/${api.teamId}/${trackingToken(person.optOutToken)}`)
  expect(asOptOut.status).toBe(404)
  await sql`delete from message_contents where message_id = ${person.messageId}`.execute(kysely(api.db))
  expect((await fetched(pathOf(person, '0'))).status).toBe(404)
  expect((await fetched(pathOf(person, 'o.gif'))).status).toBe(200)
})

test('of one email so many visits are written down and no more, and its links lead on', async () => {
  const person = await reader()
  await sql`
    insert into visits (team_id, id, message_id, kind, way, agent, at)
    select ${team.team}, 'v' || n || ${person.messageId}, ${person.messageId}, 'open', 'get', '', now()
    from generate_series(1, ${VISITS_PER_MESSAGE_MAX}) as n`.execute(kysely(api.db))
  expect((await fetched(pathOf(person, '0'))).status).toBe(302)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from visits where message_id = ${person.messageId}`.execute(kysely(api.db))
  expect(rows).toEqual([{ n: VISITS_PER_MESSAGE_MAX }])
})

test('where a visitor came from is not kept', async () => {
  const person = await reader()
  await fetched(pathOf(person, '0'), { headers: { 'x-forwarded-for': '203.0.113.77' } })
  const { rows } = await sql<{ row: string }>`
    select to_jsonb(v)::text as row from visits v where message_id = ${person.messageId}`.execute(
    kysely(api.db),
  )
  expect(rows).toHaveLength(1)
  expect(rows[0]!.row).not.toContain('203.0.113')
})

test('one email tells who opened it and who followed its links, in groups; machines stand apart with their rule', async () => {
  const person = await reader()
  await fetched(pathOf(person, 'o.gif'))
  api.clock.advance(5_000)
  await fetched(pathOf(person, '1'))
  api.clock.advance(5_000)
  await fetched(pathOf(person, '0'), { agent: 'curl/8.9' })
  await judge()
  const { status, body } = await api.get(`/emailer_messages/${person.messageId}/activities`)
  expect(status).toBe(200)
  expect(
    body.activities.map(
      (one: { type: string; event_group_type?: string }) => one.event_group_type ?? one.type,
    ),
  ).toEqual(['emailer_message', 'open', 'click'])
  expect(body.activities[2].emailer_message_events).toMatchObject([
    {
      type: 'click',
      contact_id: person.contactId,
      emailer_message_id: person.messageId,
      readable_user_agent: 'Firefox on Windows',
      url: 'https://acme.test/about',
    },
  ])
  expect(body.emailer_message).toMatchObject({
    num_opens: 1,
    num_clicks: 1,
    contact: { id: person.contactId },
  })
  expect(body.machine_events).toMatchObject([{ type: 'click', machine_rule: 'known_machine' }])
  const unknown = await api.get(`/emailer_messages/${'f'.repeat(24)}/activities`)
  expect([unknown.status, unknown.body.error]).toEqual([422, 'Could not find message.'])
})

test('two workers that judge at once count an email once', async () => {
  const person = await reader()
  await Promise.all(Array.from({ length: 6 }, () => fetched(pathOf(person, '0'))))
  api.clock.advance(10_000)
  const at = { now: api.clock.now(), random: api.context.random }
  await Promise.all([1, 2, 3, 4].map(() => judgeVisits(api.db, at)))
  expect(await numbers()).toMatchObject({ unique_clicked: 1 })
  expect(await messageOf(person)).toMatchObject({ num_clicks: 6 })
})
