// The numbers of emails in the page, in a real browser: by day, sequence, step, wording, mailbox and domain, each rate with what it is a share of; the results of an A/B test; and the file.
import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { DESKTOP, PHONE, signedInPage } from '../support/page.ts'
import { until } from '../support/until.ts'
import { faultsOf } from './audit.ts'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const PEOPLE = 12
const here = browsing({ SEGUE_TIME_TRAVEL: '1', SEGUE_PUBLIC_URL: 'https://segue.acme.test' }, { fill })
let sequenceId: string

const ok = <T extends { status: number; body: unknown }>(answered: T): T => {
  expect(answered.status, JSON.stringify(answered.body)).toBeLessThan(300)
  return answered
}
const post = async (path: string, body?: unknown) => ok(await here.segue.post(path, body)).body

interface Mail {
  id: string
  to: string
  subject: string
  direction: string
}
const received = async (): Promise<Mail[]> =>
  (await post('/sandbox/search', { per_page: 100 })).mails.filter(
    ({ direction }: Mail) => direction === 'received',
  )
const campaign = async () => (await here.segue.get(`/emailer_campaigns/${sequenceId}`)).body.emailer_campaign

/** Twelve people at three domains get one of two wordings, three days later a second email: one answers, one bounces, one opts out, one mail is opened. */
async function fill(): Promise<void> {
  const ids: string[] = []
  for (let i = 0; i < PEOPLE; i++)
    ids.push(
      (await post('/contacts', { first_name: `Pat${i}`, email: `pat${i}@corp${i % 3}.test` })).contact.id,
    )
  const schedules = (await here.segue.get('/emailer_schedules')).body.emailer_schedules
  const touch = (subject: string, type: string, weight: number) => ({
    ...{ type, weight, status: 'approved' },
    emailer_template: {
      subject,
      body_html: '<p>Hi {{first_name}}, <a href="https://acme.test/a">see</a>.</p>',
    },
  })
  const made = await post('/sequences', {
    name: 'Spring outreach',
    emailer_schedule_id: schedules.find((one: { name: string }) => one.name === 'Always').id,
    emailer_steps: [
      {
        ...{ type: 'auto_email', wait_time: 0, wait_mode: 'day' },
        emailer_touches: [touch('Quick question', 'new_thread', 3), touch('Your team', 'new_thread', 1)],
      },
      {
        ...{ type: 'auto_email', wait_time: 3, wait_mode: 'day' },
        emailer_touches: [touch('', 'reply_to_thread', 1)],
      },
    ],
  })
  sequenceId = made.emailer_campaign.id
  ok(await here.segue.call('PUT', `/sequences/${sequenceId}`, { open_tracking_enabled: true }))
  const { email_accounts } = (await here.segue.get('/email_accounts')).body
  await post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    ...{ emailer_campaign_id: sequenceId, contact_ids: ids },
    send_email_from_email_account_id: email_accounts[0].id,
  })
  await post(`/emailer_campaigns/${sequenceId}/approve`)
  await until(campaign, (one) => one.unique_delivered === PEOPLE, { seconds: 30 })
  await respond()
  await post('/clock', { advance: '4d' })
  await until(campaign, (one) => one.unique_delivered === 2 * PEOPLE - 3, { seconds: 30 })
}

async function respond(): Promise<void> {
  const mails = await received()
  const to = (address: string) => mails.find((mail) => mail.to === address)!
  await openedAnHourLater(to('pat4@corp1.test'))
  const answers = { 'pat0@corp0.test': 'answer', 'pat1@corp1.test': 'bounce', 'pat2@corp2.test': 'opt_out' }
  for (const [address, kind] of Object.entries(answers))
    await post(`/sandbox/mails/${to(address).id}/answer`, {
      kind,
      ...(kind === 'answer' ? { text: 'Yes, gladly.' } : {}),
    })
  await until(
    campaign,
    (one) => one.unique_replied + one.unique_hard_bounced + one.unique_unsubscribed === 3,
    { seconds: 30 },
  )
}

/** By a person, whose mail program is no machine's, and not at once. */
async function openedAnHourLater({ id }: Mail): Promise<void> {
  const { body } = await here.segue.get(`/sandbox/mails/${id}`)
  const raw: string = body.mail.raw.replace(/=\r?\n/g, '').replaceAll('=3D', '=')
  const picture = /https:\/\/segue\.acme\.test(\/t\/[^"\s]*\/o\.gif)/.exec(raw)![1]
  await sql`update messages set marked_at = marked_at - interval '1 hour', settled_at = settled_at - interval '1 hour'`.execute(
    kysely(here.segue.house.pools.control),
  )
  await fetch(`${here.segue.url}${picture}`, { headers: { 'user-agent': FIREFOX } })
  await until(campaign, (one) => one.unique_opened === 1, { seconds: 30 })
}

const rows = (page: Page) => page.getByTestId('report-row')
const open = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
/** "Fri 27 Nov 2026 12 emails 1 8.3% of 12": what each says, in one line, in any order: some are alike in what they are sorted by. */
const said = async (some: Locator) =>
  (await some.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ')).sort()

browserTest(
  'every number of emails is on one screen with what it is a share of, by whatever one wants to know, and leads on to what is inside',
  async () => {
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.getByRole('link', { name: 'Reports' }).click()
    await expect.poll(() => rows(page).count()).toBe(2)
    const totals = await said(page.getByTestId(/^total-/))
    for (const words of [
      'Delivered 21 emails',
      'Replied 1 4.8% of 21 delivered',
      'Opened 1 4.8% of 21 with openings tracked',
      'Machine openings 0 0% of 21 with openings tracked',
      'Clicked 0 none with clicks tracked',
    ])
      expect(totals).toContain(words)
    await page
      .getByTestId('report-chart')
      .getByRole('img', { name: /30 days\. .* 12 delivered, 1 replied/ })
      .waitFor()
    await shoot(page, 'reports-day')

    await open(page, 'Wording')
    await expect
      .poll(() => said(rows(page)))
      .toEqual([
        expect.stringMatching(/^Spring outreach, step 1: Quick question 9 emails .* of 9/),
        expect.stringMatching(/^Spring outreach, step 1: Your team 3 emails .* of 3/),
        expect.stringMatching(/^Spring outreach, step 2: reply in the thread 9 emails 0 0% of 9/),
      ])
    await open(page, 'Step')
    await expect
      .poll(() => said(rows(page)))
      .toEqual([
        expect.stringMatching(/^Spring outreach, step 1 12 emails/),
        expect.stringMatching(/^Spring outreach, step 2 9 emails/),
      ])
    await open(page, 'Mailbox')
    await expect
      .poll(() => said(rows(page)))
      .toEqual([expect.stringMatching(/^sandbox@segue\.test 21 emails/)])
    await open(page, 'Recipient domain')
    await expect.poll(() => said(rows(page))).toHaveLength(3)
    await rows(page).filter({ hasText: 'corp1.test' }).focus()
    await page.keyboard.press('Enter')
    await page.getByTestId('total-unique_delivered').getByText('7', { exact: true }).waitFor()
    expect(new URL(page.url()).search).toBe('?domain=corp1.test')
    expect(await faultsOf(page)).toEqual([])
    await open(page, 'Sequence')
    await expect
      .poll(() => said(rows(page)))
      .toEqual([expect.stringMatching(/^Spring outreach 7 emails 0 0% of 7/)])
    await rows(page).first().click()
    await expect.poll(() => new URL(page.url()).searchParams.get('sequence')).toBe(sequenceId)
    await expect.poll(() => page.getByTestId('report-sequence').inputValue()).toBe('Spring outreach')
    await expect.poll(() => said(rows(page))).toHaveLength(2)
    expect(faults).toEqual([])
    await page.context().close()
  },
  60_000,
)

browserTest(
  'the numbers can be taken along as a file, and days without any say what to do',
  async () => {
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.goto(`${here.segue.url}/reports?by=email_account`)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByTestId('report-file').click(),
    ])
    expect(download.suggestedFilename()).toMatch(
      /^emails-by-mailbox-\d{4}-\d\d-\d\d-to-\d{4}-\d\d-\d\d\.csv$/,
    )
    const [head, row] = (await readFile(await download.path(), 'utf8')).replace('\uFEFF', '').split('\r\n')
    expect(head).toBe(
      'mailbox,id,delivered,replied (people),met (people),bounced (people),bounced for good,blocked,opted out,delivered with openings tracked,opened by a person,opened by a machine,delivered with clicks tracked,clicked by a person,links followed by a scanner',
    )
    expect(row).toMatch(/^sandbox@segue\.test,[0-9a-f]{24},21,1,0,1,1,0,1,21,1,0,0,0,0$/)

    await page.getByTestId('report-from').fill('2026-02-01')
    await page.getByTestId('report-to').fill('2026-02-03')
    await page.getByText('Nothing was sent in these days').waitFor()
    await shoot(page, 'reports-empty')
    await page.getByRole('button', { name: 'Show a whole year' }).click()
    await rows(page).first().waitFor()
    await page.getByTestId('report-chart').getByText('a bar for each week').waitFor()
    expect(faults).toEqual([])
    await page.context().close()
  },
  60_000,
)

for (const look of [
  { ...PHONE, colorScheme: 'dark' as const },
  { ...DESKTOP, width: 1024 },
])
  browserTest(
    `at ${look.width} px a row says its numbers in words, each with its denominator`,
    async () => {
      const { page, faults } = await signedInPage(here.browser, here.segue, look)
      await page.goto(`${here.segue.url}/reports?by=recipient_domain`)
      const row = rows(page).filter({ hasText: 'corp1.test' })
      await row.getByText('0 replied (0% of 7 delivered)').waitFor()
      await row.getByText('1 bounced for good (14.3% of 7 delivered)').waitFor()
      await row.getByText('1 opened (14.3% of 7 with openings tracked)').waitFor()
      await shoot(page, `reports-${look.width}`)
      await row.scrollIntoViewIfNeeded()
      await shoot(page, `reports-${look.width}-rows`)
      expect(await faultsOf(page)).toEqual([])
      expect(faults).toEqual([])
      await page.context().close()
    },
    60_000,
  )
