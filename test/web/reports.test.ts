// The numbers of emails in the page, in a real browser: by day, sequence, step, wording, mailbox and domain, each rate with what it is a share of; as a file; and the results of an A/B test.
import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { hasChromium, shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { onPhone, signedInPage } from '../support/page.ts'
import { emails, type Round, startRound, touch } from '../support/round.ts'
import { until } from '../support/until.ts'
import { faultsOf } from './audit.ts'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const PEOPLE = 12
const here = browsing({ SEGUE_TIME_TRAVEL: '1', SEGUE_PUBLIC_URL: 'https://segue.acme.test' }, { fill })
let round: Round
let page: Page
let faults: string[]

beforeAll(async () => {
  if (hasChromium) ({ page, faults } = await signedInPage(here.browser, here.segue))
}, 60_000)

/** Twelve people at three domains get one of two wordings; one answers, one bounces, one opts out, one mail is opened; the others get the second email days later. */
async function fill(): Promise<void> {
  const body = '<p>Hi {{first_name}}, <a href="https://acme.test/a">see</a>.</p>'
  round = await startRound(here.segue, {
    name: 'Spring outreach',
    addresses: Array.from({ length: PEOPLE }, (_, i) => `pat${i}@corp${i % 3}.test`),
    steps: emails([
      [touch('Quick question', { weight: 3 }, body), touch('Your team', { weight: 1 }, body)],
      [touch('')],
    ]),
    settings: { open_tracking_enabled: true },
  })
  await openedAnHourLater('pat4@corp1.test')
  await round.respond('pat0@corp0.test', 'answer', 'Yes, gladly.')
  await round.respond('pat1@corp1.test', 'bounce')
  await round.respond('pat2@corp2.test', 'opt_out')
  await here.segue.post('/clock', { advance: '4d' })
  await until(round.sequence, (one) => one['unique_delivered'] === 2 * PEOPLE - 3, { seconds: 30 })
}

const change = (query: ReturnType<typeof sql>) => query.execute(kysely(here.segue.house.pools.control))

/** By a person, whose mail program is no machine's, and not at once. */
async function openedAnHourLater(address: string): Promise<void> {
  const mail = (await round.received()).find(({ to }) => to === address)
  const { body } = await here.segue.get(`/sandbox/mails/${mail?.id}`)
  const raw: string = body.mail.raw.replace(/=\r?\n/g, '').replaceAll('=3D', '=')
  const picture = /https:\/\/segue\.acme\.test(\/t\/[^"\s]*\/o\.gif)/.exec(raw)![1]
  await change(
    sql`update messages set marked_at = marked_at - interval '1 hour', settled_at = settled_at - interval '1 hour'`,
  )
  await fetch(`${here.segue.url}${picture}`, { headers: { 'user-agent': FIREFOX } })
  await until(round.sequence, (one) => one['unique_opened'] === 1, { seconds: 30 })
}

const rows = () => page.getByTestId('report-row')
const open = (name: string) => page.getByRole('button', { name, exact: true }).click()
/** "Fri 27 Nov 2026 12 emails 1 8.3% of 12": what each says, in one line, in any order: some are alike in what they are sorted by. */
const said = async (some: Locator) =>
  (await some.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ')).sort()

browserTest(
  'every number of emails is on one screen with what it is a share of, by whatever one wants to know, and leads on to what is inside',
  async () => {
    await page.getByRole('link', { name: 'Reports' }).click()
    await expect.poll(() => rows().count()).toBe(2)
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

    await open('Wording')
    await expect
      .poll(() => said(rows()))
      .toEqual([
        expect.stringMatching(/^Spring outreach, step 1: Quick question 9 emails .* of 9/),
        expect.stringMatching(/^Spring outreach, step 1: Your team 3 emails .* of 3/),
        expect.stringMatching(/^Spring outreach, step 2: reply in the thread 9 emails 0 0% of 9/),
      ])
    await open('Step')
    await expect
      .poll(() => said(rows()))
      .toEqual([
        expect.stringMatching(/^Spring outreach, step 1 12 emails/),
        expect.stringMatching(/^Spring outreach, step 2 9 emails/),
      ])
    await open('Mailbox')
    await expect.poll(() => said(rows())).toEqual([expect.stringMatching(/^sandbox@segue\.test 21 emails/)])
    await open('Recipient domain')
    await expect.poll(() => said(rows())).toHaveLength(3)
    await rows().filter({ hasText: 'corp1.test' }).focus()
    await page.keyboard.press('Enter')
    await page.getByTestId('total-unique_delivered').getByText('7', { exact: true }).waitFor()
    expect(new URL(page.url()).search).toBe('?domain=corp1.test')
    expect(await faultsOf(page)).toEqual([])
    await open('Sequence')
    await expect
      .poll(() => said(rows()))
      .toEqual([expect.stringMatching(/^Spring outreach 7 emails 0 0% of 7/)])
    await rows().first().click()
    await expect.poll(() => new URL(page.url()).searchParams.get('sequence')).toBe(round.sequenceId)
    await expect.poll(() => page.getByTestId('report-sequence').inputValue()).toBe('Spring outreach')
    await expect.poll(() => said(rows())).toHaveLength(2)
    expect(faults).toEqual([])
  },
  60_000,
)

browserTest(
  'the numbers can be taken along as a file, and days without any say what to do',
  async () => {
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
    await rows().first().waitFor()
    await page.getByTestId('report-chart').getByText('a bar for each week').waitFor()
    expect(faults).toEqual([])
  },
  60_000,
)

browserTest(
  'on a phone a row says its numbers in words, each with its denominator',
  async () => {
    await page.goto(`${here.segue.url}/reports?by=recipient_domain`)
    await onPhone(page, async () => {
      const row = rows().filter({ hasText: 'corp1.test' })
      await row.getByText('0 replied (0% of 7 delivered)').waitFor()
      await row.getByText('1 bounced for good (14.3% of 7 delivered)').waitFor()
      await row.getByText('1 opened (14.3% of 7 with openings tracked)').waitFor()
      await shoot(page, 'reports-390')
      await row.scrollIntoViewIfNeeded()
      await shoot(page, 'reports-390-rows')
      expect(await faultsOf(page)).toEqual([])
    })
    expect(faults).toEqual([])
  },
  60_000,
)

/** As if so many more had been delivered and answered of a wording. */
async function count(subject: string, numbers: Record<string, number>): Promise<void> {
  for (const [metric, n] of Object.entries(numbers))
    await change(sql`
      insert into stat_deltas (team_id, sequence_id, step_id, variant_id, metric, n, day, mailbox_id, domain)
      select v.team_id, ${round.sequenceId}, v.step_id, v.id, ${metric}, ${n}, '2026-11-27', '', 'corp.test'
      from variants v join templates t on t.team_id = v.team_id and t.id = v.template_id where t.subject = ${subject}`)
}

const weights = async () => {
  const { body } = await here.segue.get(`/emailer_campaigns/${round.sequenceId}`)
  return body.emailer_touches.map((one: { weight: number }) => one.weight)
}

browserTest(
  'the wordings of an A/B test are given other weights, and the page says how each does and when a difference is shown',
  async () => {
    await page.goto(`${here.segue.url}/sequences/${round.sequenceId}`)
    const step = page.getByTestId('step-1')
    await step.getByText('75 %').waitFor()
    await step.getByText('9 sent').waitFor()
    await step.getByText('each wording needs 200 delivered emails, A has 9, B has 3').waitFor()
    await page.getByTestId('weight-B').fill('3')
    await step.getByText('50 %').first().waitFor()
    await shoot(page, 'ab-test')
    await onPhone(page, async () => {
      expect(await faultsOf(page)).toEqual([])
      await shoot(page, 'ab-test-390')
    })
    await page.getByTestId('save-steps').click()
    await page.getByText('The new weights of step 1 apply to').waitFor()
    await page.getByTestId('confirm').click()
    await expect.poll(weights, { timeout: 15_000 }).toEqual([3, 3, 1])
    await count('Quick question', { delivered: 300, replied: 60 })
    await count('Your team', { delivered: 300, replied: 15 })
    await page.reload()
    await step.getByText(/^A is answered more often: A 1\d\.\d % to 2\d\.\d %, B/).waitFor()
    await shoot(page, 'ab-test-difference')
    expect(faults).toEqual([])
  },
  60_000,
)
