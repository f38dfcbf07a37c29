// Three weeks of a sequence with every kind of step, by time travel in a real browser: each person stops in another way, and the page says why.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { DAY } from '../../src/core/clock.ts'
import { verify } from '../../src/store/verify.ts'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { signedInPage } from '../support/page.ts'
import { COLLEAGUE, type Person, STEPS, writeThreeWeeks } from '../support/three-weeks.ts'
import { until } from '../support/until.ts'

const DAYS_MAX = 35
/** Of whoever does each task in the morning. */
const DAY_OF_INVITATION = 2
const DONE_BY_HAND = [
  'call',
  'linkedin_step_connect',
  'linkedin_step_interact_post',
  'linkedin_step_message',
  'linkedin_step_view_profile',
  'outreach_manual_email',
]
const PUBLIC_URL = 'https://segue.acme.test'
const here = browsing({ SEGUE_TIME_TRAVEL: '1', SEGUE_PUBLIC_URL: PUBLIC_URL })
let page: Page
let sequenceId: string
let people: Map<string, Person>

const by = (id: string) => page.getByTestId(id)
const eventually = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 60_000, interval: 100 })

interface Fate {
  /** After the first email. */
  does?: (one: Person) => Promise<void>
  /** A day later. */
  nextDay?: (one: Person) => Promise<void>
  /** What the page says of them at once; without it, the same as in the end. */
  first?: RegExp
  shows: RegExp
  /** Emails in all; a stop after the first leaves one. */
  emails?: number
}

/** The list of the sequence has them no more. */
const NOT_LISTED = /^$/
const GOES_ON = /Waiting|wait|Active/
const FATES: Record<string, Fate> = {
  'stays silent': { first: GOES_ON, shows: /Came to the end/, emails: 4 },
  answers: { does: (one) => answer(one, 'Sounds good, call me on Thursday.'), shows: /Answered/ },
  [COLLEAGUE]: { shows: /company.*answered/i },
  invites: { does: (one) => click(one, 'sandbox-meeting'), shows: /A meeting was arranged/ },
  'is met': {
    does: async (one) => ok(await here.segue.post(`/contacts/${one.id}/meeting`, { note: 'On the phone' })),
    shows: /A meeting was arranged/,
  },
  'is interested': { does: becomeInterested, shows: /Is interested/ },
  'has left': {
    does: (one) => away(one, 'I have left the company. Please write to Kim Park, kim@elsewhere.test.'),
    shows: /Has left the company/,
  },
  'is away': { does: awayUntil, first: /Away; goes on by itself/, shows: /Came to the end/, emails: 4 },
  'is away for long': {
    does: (one) => away(one, 'I am on parental leave and will be back on 1 June 2028.'),
    shows: /Away for more than 60 days/,
  },
  'is away undated': {
    does: (one) => away(one, 'I am out of the office.'),
    shows: /did not say until when/,
  },
  'opts out by words': { does: (one) => click(one, 'sandbox-opt-out'), shows: /Opted out/ },
  'opts out by page': { does: optOutByPage, shows: /Opted out/ },
  'opts out by one click': { does: optOutByOneClick, shows: /Opted out/ },
  complains: { does: (one) => click(one, 'sandbox-complaint'), shows: /Reported the mail as spam/ },
  'does not exist': { does: (one) => bounce(one, 'sandbox-bounce'), shows: /The address does not exist/ },
  'is refused': { does: (one) => bounce(one, 'sandbox-blocked'), shows: /receiving server refused/ },
  'has a full mailbox': {
    does: (one) => bounce(one, 'sandbox-mailbox_full'),
    first: GOES_ON,
    shows: /Three emails in a row bounced/,
    emails: 3,
  },
  'is suppressed': {
    does: async (one) => ok(await here.segue.post('/suppressions', { values: [one.address] })),
    shows: /do-not-contact list/,
  },
  'is deleted': {
    does: async (one) => ok(await here.segue.call('DELETE', `/contacts/${one.id}`)),
    shows: /The contact was deleted/,
  },
  'is finished': { does: (one) => withRow(one, 'bulk-finish'), shows: /Marked as finished by a person/ },
  'is paused': { does: (one) => withRow(one, 'bulk-pause'), shows: /Paused by a person/ },
  'says no on the phone': { first: GOES_ON, shows: /Marked as finished by a person/, emails: 2 },
  'follows a link': { first: GOES_ON, nextDay: followLink, shows: /Followed a link/ },
  'is removed': { does: (one) => withRow(one, 'bulk-remove'), shows: NOT_LISTED },
  'has no title': { shows: /that the email uses is missing.*title/, emails: 0 },
}

function ok({ status, body }: { status: number; body: unknown }): void {
  expect(status, JSON.stringify(body)).toBeLessThan(300)
}

interface Mail {
  id: string
  to: string
  subject: string
  direction: string
  answered: boolean
}

async function mailsTo({ address }: Person): Promise<Mail[]> {
  const { body } = await here.segue.post('/sandbox/search', { q: address, per_page: 100 })
  return body.mails.filter((mail: Mail) => mail.direction === 'received' && mail.to === address)
}

/** The newest mail to them, as they see it. */
async function openMail(one: Person): Promise<void> {
  const [mail] = await mailsTo(one)
  await page.goto(`${here.segue.url}/sandbox?mail=${mail!.id}`)
  await by('sandbox-subject').waitFor()
}

const answers = async () =>
  (await here.segue.post('/inbound/search', { per_page: 100 })).body.pagination.total_entries as number

/** Until what they sent was read. */
async function andRead(act: () => Promise<void>): Promise<void> {
  const before = await answers()
  await act()
  await until(answers, (now) => now > before, { seconds: 30 })
}

async function click(one: Person, button: string): Promise<void> {
  await openMail(one)
  await andRead(() => by(button).click())
}

async function bounce(one: Person, kind: string): Promise<void> {
  await openMail(one)
  await by('sandbox-return').click()
  await andRead(() => by(kind).click())
}

/** Whatever has reached them since comes back as well. */
async function bounceAgain(one: Person): Promise<void> {
  const mails = await mailsTo(one)
  for (const { id, answered } of mails)
    if (!answered)
      await andRead(async () =>
        ok(await here.segue.post(`/sandbox/mails/${id}/answer`, { kind: 'mailbox_full' })),
      )
}

async function answer(one: Person, words: string): Promise<void> {
  await openMail(one)
  await by('sandbox-answer').click()
  await by('sandbox-answer-text').fill(words)
  await shoot(page, 'three-weeks-answer')
  await andRead(() => by('sandbox-answer-send').click())
}

/** In words that the page does not offer. */
async function away(one: Person, text: string): Promise<void> {
  const [mail] = await mailsTo(one)
  await andRead(async () =>
    ok(await here.segue.post(`/sandbox/mails/${mail!.id}/answer`, { kind: 'away', text })),
  )
}

async function awayUntil(one: Person): Promise<void> {
  await openMail(one)
  await by('sandbox-away').click()
  await andRead(() => by('sandbox-away-send').click())
}

async function becomeInterested({ id }: Person): Promise<void> {
  const { body } = await here.segue.get('/contact_stages')
  const stage = body.contact_stages.find(
    (each: { display_name: string }) => each.display_name === 'Interested',
  )
  ok(await here.segue.call('PUT', `/contacts/${id}`, { contact_stage_id: stage.id }))
}

/** A link of ours in the mail, at this server. */
async function linkIn(one: Person, path: RegExp): Promise<string> {
  const [mail] = await mailsTo(one)
  const { body } = await here.segue.get(`/sandbox/mails/${mail!.id}`)
  return (
    here.segue.url +
    new RegExp(PUBLIC_URL + path.source).exec(JSON.stringify(body))![0].slice(PUBLIC_URL.length)
  )
}

const optOutLink = (one: Person) => linkIn(one, /\/u\/[\w/-]+/)

/** In a browser of their own, which knows nothing of where the link leads. */
async function followLink(one: Person): Promise<void> {
  const agent = await page.evaluate(() => navigator.userAgent.replace('Headless', ''))
  const link = await linkIn(one, /\/t\/[\w/-]+\/\d+/)
  const { status, headers } = await fetch(link, { headers: { 'user-agent': agent }, redirect: 'manual' })
  expect([status, headers.get('location')]).toEqual([302, 'https://www.acme.test/two-pages'])
}

async function optOutByPage(one: Person): Promise<void> {
  await page.goto(await optOutLink(one))
  await page.getByRole('button').first().click()
  await page
    .getByText(/will not (?:write|hear)|removed|no more/i)
    .first()
    .waitFor()
}

async function optOutByOneClick(one: Person): Promise<void> {
  const response = await fetch(await optOutLink(one), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  })
  expect(response.status).toBe(200)
}

const search = (words: string) => page.getByRole('main').getByRole('searchbox').fill(words)

async function findRow({ address }: Person): Promise<void> {
  await search(address)
  await by('enrollment').getByText(address, { exact: true }).waitFor()
  await eventually(() => by('enrollment').count()).toBe(1)
}

async function showsOf(one: Person, words: RegExp): Promise<void> {
  if (words === NOT_LISTED) {
    await search(one.address)
    return eventually(() => by('enrollment').count()).toBe(0)
  }
  await findRow(one)
  await eventually(() => by('enrollment').textContent()).toMatch(words)
}

async function openPeople(): Promise<void> {
  await page.goto(`${here.segue.url}/sequences/${sequenceId}`)
  await by('tab-people').click()
  await by('enrollment').first().waitFor()
}

async function withRow(one: Person, button: string): Promise<void> {
  await openPeople()
  await findRow(one)
  await by('enrollment').getByRole('checkbox').check()
  await by(button).click()
  await by('confirm').click()
  await by('confirm').waitFor({ state: 'detached' })
}

interface Task {
  id: string
  type: string
  contact_id: string
}

async function openTasks(): Promise<Task[]> {
  const { body } = await here.segue.post('/tasks/search', { task_statuses: ['scheduled'], per_page: 100 })
  return body.tasks
}

/** What the rep does in the morning: everything but the to-dos, which pass by themselves. */
async function workThroughTasks(): Promise<Set<string>> {
  const done = new Set<string>()
  for (const { id, type, contact_id } of await openTasks()) {
    if (type === 'action_item') continue
    const isNo = type === 'call' && contact_id === people.get('says no on the phone')!.id
    const [act, more] =
      type === 'outreach_manual_email' ? ['send', {}] : ['complete', isNo ? { finish: true } : {}]
    const { status } = await here.segue.post(`/tasks/${id}/${act}`, more)
    if (status < 300) done.add(type)
  }
  return done
}

/** What to write on LinkedIn stands on the task, to be copied. */
async function readInvitation(): Promise<void> {
  const invitation = (await openTasks()).find((task) => task.type === 'linkedin_step_connect')
  await page.goto(`${here.segue.url}/tasks?task=${invitation!.id}`)
  await by('step-text').getByText('I wrote to you about hiring at Corp').waitFor()
  await shoot(page, 'three-weeks-invitation')
}

async function travelADay(): Promise<void> {
  const before = await by('travel-now').textContent()
  await by('travel-1d').click()
  await eventually(() => by('travel-now').textContent()).not.toBe(before)
  await eventually(() => by('travel-1d').isEnabled()).toBe(true)
}

const stillActive = async () => {
  const { body } = await here.segue.post('/enrollments/search', {
    sequence_id: sequenceId,
    state: 'active',
    per_page: 100,
  })
  return body.enrollments.length as number
}

browserTest(
  'in three weeks with every kind of step each person stops in another way, receives nothing afterwards, and the page says why',
  async () => {
    const opened = await signedInPage(here.browser, here.segue)
    page = opened.page
    const made = await writeThreeWeeks(here.segue, Object.keys(FATES))
    sequenceId = made.sequenceId
    people = made.people
    await page.goto(`${here.segue.url}/sequences/${sequenceId}`)
    await by(`step-${STEPS.length}`).waitFor()
    await shoot(page, 'three-weeks-steps')
    await by('active-switch').click()
    await by('confirm').click()
    const first = async () =>
      (await Promise.all([...people.values()].map(mailsTo))).filter((mails) => mails.length > 0).length
    await until(first, (n) => n === people.size - 1, { seconds: 60 })

    const fates = Object.entries(FATES).map(([fate, more]) => ({ one: people.get(fate)!, ...more }))
    for (const { one, does } of fates) await does?.(one)
    await openPeople()
    for (const { one, first: words, shows } of fates) await showsOf(one, words ?? shows)
    await search('')
    await by('enrollment').nth(10).waitFor()
    await shoot(page, 'three-weeks-first-day')

    const kinds = new Set<string>()
    const full = people.get('has a full mailbox')!
    for (let day = 1; day <= DAYS_MAX && (await stillActive()) > 0; day++) {
      await openPeople()
      await travelADay()
      if (day === DAY_OF_INVITATION) await readInvitation()
      if (day === 1) for (const { one, nextDay } of fates) await nextDay?.(one)
      for (const kind of await workThroughTasks()) kinds.add(kind)
      await bounceAgain(full)
    }
    await openPeople()
    for (const { one, shows, emails = 1 } of fates) {
      await showsOf(one, shows)
      expect((await mailsTo(one)).length, one.fate).toBe(emails)
    }
    await search('')
    await by('enrollment').nth(10).waitFor()
    await shoot(page, 'three-weeks-people')
    expect([...kinds].sort()).toEqual(DONE_BY_HAND)
    const silent = (await mailsTo(people.get('stays silent')!)).map((mail) => mail.subject)
    expect(silent.toReversed()).toEqual(['Hiring at Corp 0', ...Array(3).fill('Re: Hiring at Corp 0')])
    expect(await verify(here.segue.house.pools.control, { now: Date.now() + DAYS_MAX * DAY })).toEqual([])
    expect(opened.faults).toEqual([])
  },
  300_000,
)
