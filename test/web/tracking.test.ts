// Openings and clicks in the page, in a real browser: the switches of a sequence and why they are off, and what an email tells afterwards.
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { hasChromium, shoot, startBrowser } from '../support/browser.ts'
import { signedInPage } from '../support/page.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'
import { until } from '../support/until.ts'

if (process.env['SEGUE_CI'] && !hasChromium) throw new Error('CI needs Chromium: apt-get install chromium')

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'

let segue: RunningSegue
let browser: Browser

beforeAll(async () => {
  if (!hasChromium) return
  segue = await startRunning()
  browser = await startBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await segue?.stop()
})

async function newSequence(name: string): Promise<string> {
  const schedules = (await segue.get('/emailer_schedules')).body.emailer_schedules
  const { body } = await segue.post('/sequences', {
    name,
    emailer_schedule_id: schedules.find((one: { name: string }) => one.name === 'Always').id,
    emailer_steps: [
      {
        type: 'auto_email',
        wait_time: 0,
        wait_mode: 'minute',
        emailer_touches: [
          {
            status: 'approved',
            emailer_template: {
              subject: 'An offer',
              body_html: '<p>Hi, <a href="https://acme.test/offer">see it</a>.</p>',
            },
          },
        ],
      },
    ],
  })
  return body.emailer_campaign.id
}

const campaign = async (id: string) => (await segue.get(`/emailer_campaigns/${id}`)).body.emailer_campaign
const toggle = (page: Page, name: string) => page.getByTestId(name).click({ force: true })
const rows = (text: ReturnType<typeof sql>) => text.execute(kysely(segue.house.pools.control))

/** The one email of the sandbox: its addresses as they stand in its html. */
async function addressesInMail(): Promise<{ link: string; picture: string }> {
  const found = await until(
    () => segue.get('/sandbox/search'),
    ({ body }) => body.mails.length > 0,
    { seconds: 20 },
  )
  const { body } = await segue.get(`/sandbox/mails/${found.body.mails[0].id}`)
  const raw: string = body.mail.raw.replace(/=\r?\n/g, '').replaceAll('=3D', '=')
  const of = (what: string) => new RegExp(`http://127[^"\\s]*/t/[^"\\s]*/${what}(?=")`).exec(raw)![0]
  return { link: of('\\d+'), picture: of('o\\.gif') }
}

test.runIf(hasChromium)(
  'somebody turns tracking on in the settings of a sequence, and sees on the mail of a person that it was opened and clicked',
  async () => {
    const { page, faults } = await signedInPage(browser, segue)
    const id = await newSequence('Offer')
    await page.goto(`${segue.url}/sequences/${id}/settings`)
    await toggle(page, 'finish-on-click')
    await page.getByText('Clicks are not tracked: turn that on below').waitFor()
    for (const name of ['track-clicks', 'track-opens']) {
      await toggle(page, name)
      await page.locator(`[data-testid="${name}"]:checked`).waitFor({ state: 'attached' })
    }
    expect(await campaign(id)).toMatchObject({
      open_tracking_enabled: true,
      click_tracking_enabled: true,
      mark_finished_if_click: true,
    })
    await shoot(page, 'tracking-settings')

    await segue.post(`/emailer_campaigns/${id}/approve`)
    const { body } = await segue.post('/contacts', { first_name: 'Ana', email: 'ana@client.test' })
    const contactId: string = body.contact.id
    const accounts = (await segue.get('/email_accounts')).body.email_accounts
    await segue.post(`/emailer_campaigns/${id}/add_contact_ids`, {
      emailer_campaign_id: id,
      contact_ids: [contactId],
      send_email_from_email_account_id: accounts[0].id,
    })
    const { link, picture } = await addressesInMail()
    // As if the mail had arrived an hour ago: within ten seconds nobody is taken for a person.
    await until(
      () => campaign(id),
      (one) => one.unique_delivered === 1,
    )
    await rows(
      sql`update messages set marked_at = marked_at - interval '1 hour', settled_at = settled_at - interval '1 hour'`,
    )
    await fetch(picture, { headers: { 'user-agent': FIREFOX } })
    await fetch(link, { redirect: 'manual', headers: { 'user-agent': FIREFOX } })
    await until(
      () => campaign(id),
      (one) => one.unique_clicked === 1 && one.unique_opened === 1,
      { seconds: 20 },
    )
    await page.goto(`${segue.url}/people/${contactId}`)
    await page.getByTestId('visits').getByText('opened once, 1 click').waitFor()
    await page.getByText('Offer: Followed a link of the email.').waitFor()
    await page.getByText('https://acme.test/offer', { exact: true }).waitFor()
    await shoot(page, 'tracking-person')
    await page.goto(`${segue.url}/sequences/${id}/settings`)
    await page
      .getByTestId('tracking-results')
      .getByText(/of 1 tracked emails? (?:was|were) opened by a person/)
      .waitFor()
    expect(faults).toEqual([])
    await page.context().close()
  },
  90_000,
)

test.runIf(hasChromium)(
  'with a real mailbox and no https address the switches are off and say what to do',
  async () => {
    const id = await newSequence('Plain')
    const login = { host: '127.0.0.1', port: 9, tls: 'none', user: 'me', password: 'secret' }
    await segue.post('/email_accounts', { email: 'sales@acme.test', smtp: login, imap: login })
    const { page, faults } = await signedInPage(browser, segue)
    await page.goto(`${segue.url}/sequences/${id}/settings`)
    await page.locator('[data-testid="track-opens"]:disabled').waitFor({ state: 'attached' })
    await page.locator('[data-testid="track-clicks"]:disabled').waitFor({ state: 'attached' })
    await page.getByText('Set SEGUE_PUBLIC_URL to the https address of this Segue').first().waitFor()
    await shoot(page, 'tracking-without-https')
    expect(faults).toEqual([])
    await page.context().close()
  },
  60_000,
)
