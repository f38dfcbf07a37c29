// The main job, driven in a real browser on the whole program: set up, import, write, add, travel, answer, and see who stops and why.

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasChromium, shoot, startBrowser } from '../support/browser.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'
import { until } from '../support/until.ts'

if (process.env['SEGUE_CI'] && !hasChromium) throw new Error('CI needs Chromium: apt-get install chromium')

const PEOPLE = 50
let segue: RunningSegue
let browser: Browser
let page: Page
const faults: string[] = []

beforeAll(async () => {
  if (!hasChromium) return
  segue = await startRunning({ SEGUE_TIME_TRAVEL: '1' }, { setUp: false })
  browser = await startBrowser()
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, timezoneId: 'Europe/Berlin' })
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => faults.push(error.message))
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await segue?.stop()
})

/** What the page comes to show; a loaded machine may take its time. */
const eventually = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 60_000, interval: 100 })
const by = (id: string) => page.getByTestId(id)

async function setUp(): Promise<void> {
  await page.goto(segue.url)
  await by('team-name').fill('Acme')
  await by('name').fill('Rae Seller')
  await by('email').fill('rae@acme.test')
  await by('password').fill('correct horse battery')
  await by('set-up').click()
  await eventually(() => by('new-key').textContent()).toMatch(/^sg_/)
  await by('key-kept').click()
  await by('go-on').click()
  await by('checklist-person').or(page.getByText('First mail')).first().waitFor()
  await shoot(page, '1-home')
}

async function importPeople(): Promise<void> {
  const rows = Array.from(
    { length: PEOPLE },
    (_, i) => `Pat${i + 1},Lee,pat${i + 1}@corp${i + 1}.test,Corp ${i + 1}`,
  )
  const csv = ['First name,Last name,Email,Company', ...rows, 'Bad,Row,a@b@c,Nowhere'].join('\n')
  await page.goto(`${segue.url}/people/import`)
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await by('dry-run').getByText('50 new').waitFor()
  await shoot(page, '2-import')
  await by('import-start').click()
  await by('import-done').waitFor()
  await page.getByText('1 row could not be read').waitFor()
}

async function writeSequence(): Promise<void> {
  await page.goto(`${segue.url}/sequences`)
  await by('starter-introduction').click()
  await by('step-3').waitFor()
  await by('step-1').getByTestId('open-wording').click()
  await by('step-subject').fill('A question about {{company}}')
  await by('save-steps').click()
  await by('save-bar').waitFor({ state: 'detached' })
  await shoot(page, '3a-saved')
  await eventually(() => by('preview-subject').textContent()).toMatch(/A question about Corp \d+/)
  await shoot(page, '3-sequence')
}

async function addEveryoneAndTurnOn(): Promise<void> {
  await by('add-people').click()
  await by('choose-everyone').click()
  await by('add-people-submit').click()
  await by('add-result').getByText('50').first().waitFor()
  await by('add-people-done').click()
  await by('active-switch').click()
  await by('confirm').click()
  await shoot(page, '3b-on')
}

/** Follows the mails in the sandbox by the API that the page itself uses. */
async function mailsIn(): Promise<{ id: string; to: string; subject: string; direction: string }[]> {
  const mails = []
  for (let next = 1; ; next++) {
    const { body } = await segue.post('/sandbox/search', { page: next, per_page: 100 })
    mails.push(...body.mails)
    if (next >= body.pagination.total_pages) return mails
  }
}

const received = async () => (await mailsIn()).filter((mail) => mail.direction === 'received')

async function openMailTo(address: string): Promise<void> {
  const mail = (await received()).find((one) => one.to === address)!
  await page.goto(`${segue.url}/sandbox?mail=${mail.id}`)
  await by('sandbox-subject').waitFor()
}

async function answerAsContacts(): Promise<void> {
  await openMailTo('pat1@corp1.test')
  await by('sandbox-answer').click()
  await by('sandbox-answer-text').fill('Sounds great, call me tomorrow.')
  await by('sandbox-answer-send').click()
  await shoot(page, '4-sandbox')
  await openMailTo('pat2@corp2.test')
  await by('sandbox-return').click()
  await by('sandbox-bounce').click()
  await openMailTo('pat3@corp3.test')
  await by('sandbox-opt-out').click()
  await until(mailsIn, (mails) => mails.filter((mail) => mail.direction === 'answer').length === 3)
}

async function travelDays(days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    const before = await by('travel-now').textContent()
    await by('travel-1d').click()
    await eventually(() => by('travel-now').textContent()).not.toBe(before)
    await eventually(() => by('travel-1d').isEnabled()).toBe(true)
  }
}

test.runIf(hasChromium)(
  'a newcomer sees exactly those stop who answered, bounced or opted out, and the others get steps two and three in the same thread',
  async () => {
    await setUp()
    await segue.signIn('rae@acme.test', 'correct horse battery')
    await importPeople()
    await writeSequence()
    await addEveryoneAndTurnOn()
    await until(received, (mails) => mails.length === PEOPLE, { seconds: 60 })
    await answerAsContacts()
    await page.goto(`${segue.url}/sequences`)
    await page.getByRole('link', { name: 'Introduction' }).or(page.getByText('Introduction')).first().click()
    await by('tab-people').click()
    await by('enrollment').first().waitFor()
    await shoot(page, '5-people')
    await travelDays(8)
    const sent = Map.groupBy(await received(), (mail) => mail.to)
    expect(sent.size).toBe(PEOPLE)
    for (const [address, mails] of sent) {
      const stopped = ['pat1@corp1.test', 'pat2@corp2.test', 'pat3@corp3.test'].includes(address)
      expect(mails.length, address).toBe(stopped ? 1 : 3)
      if (!stopped) expect(mails.filter((mail) => mail.subject.startsWith('Re: ')).length, address).toBe(2)
    }
    await page.reload()
    await by('tab-people').click()
    const search = page.getByRole('main').getByRole('searchbox')
    for (const [address, words] of [
      ['pat1@corp1.test', /Answered/],
      ['pat2@corp2.test', /does not exist/],
      ['pat3@corp3.test', /Opted out/],
      ['pat4@corp4.test', /end of the sequence/],
    ] as const) {
      await search.fill(address)
      await eventually(() => by('enrollment').allTextContents()).toEqual([expect.stringMatching(words)])
    }
    await search.fill('')
    await by('enrollment').nth(10).waitFor()
    await shoot(page, '6-stopped')
    expect(faults).toEqual([])
  },
  240_000,
)
