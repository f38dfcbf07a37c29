// Connecting a real mailbox in the page, against a real SMTP server and a real Dovecot, and what it asks for before the first real mail.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasChromium, shoot, startBrowser } from '../support/browser.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { DESKTOP, PHONE, signedInPage } from '../support/page.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { faultsOf } from './audit.ts'

if (process.env['SEGUE_CI'] && !(hasChromium && hasDovecot))
  throw new Error('CI needs Chromium and Dovecot: apt-get install chromium dovecot-imapd dovecot-lmtpd')

/** Not the address of the user who signs in, so that neither is mistaken for the other. */
const SALES = 'sales@acme.test'
let dovecot: Dovecot
let sink: SmtpSink
let segue: RunningSegue
let browser: Browser
let sequenceId: string

beforeAll(async () => {
  if (!hasChromium || !hasDovecot) return
  dovecot = await startDovecot({ users: [SALES] })
  sink = await startSmtpSink({
    users: { [SALES]: 'secret' },
    onMail: async (mail) => {
      if (mail.recipients.includes(SALES)) await dovecot.deliver(SALES, mail.raw)
    },
  })
  segue = await startRunning()
  browser = await startBrowser()
  sequenceId = await writtenBeforeAnyMailbox()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await segue?.stop()
  await sink?.close()
  await dovecot?.stop()
})

/** On "Always", the schedule of sequences made before there is a real mailbox. */
async function writtenBeforeAnyMailbox(): Promise<string> {
  const emailer_template = { subject: 'Hello', body_html: '<p>Hi {{first_name}}.</p>' }
  const touch = { type: 'new_thread', status: 'approved', emailer_template }
  const { body } = await segue.post('/sequences', {
    name: 'Early bird',
    emailer_steps: [{ type: 'auto_email', wait_time: 0, wait_mode: 'day', emailer_touches: [touch] }],
  })
  await segue.post('/contacts', { first_name: 'Pat', last_name: 'Lee', email: 'pat@client.test' })
  return body.emailer_campaign.id
}

async function enterServers(page: Page): Promise<void> {
  const imap = dovecot.imap(SALES)
  await page.getByTestId('mailbox-email').fill(SALES)
  for (const [name, port] of [
    ['smtp', sink.port],
    ['imap', imap.port],
  ] as const) {
    await page.getByTestId(`${name}-host`).fill('127.0.0.1')
    await page.getByTestId(`${name}-port`).fill(String(port))
    await page.getByTestId(`${name}-tls`).click()
    await page.getByRole('option', { name: 'None' }).click()
  }
}

/** As people look at it: on a wide screen and on a phone, with nothing cut off or unreadable. */
async function look(page: Page, name: string): Promise<void> {
  for (const { width, height } of [PHONE, DESKTOP]) {
    await page.setViewportSize({ width, height })
    await page.waitForLoadState('networkidle')
    await shoot(page, `${name}-${width}`)
    expect(await faultsOf(page), `${name} at ${width} px`).toEqual([])
  }
}

test.runIf(hasChromium && hasDovecot)(
  'a mailbox is connected in the wizard: a wrong password is said and put right, each step appears, and what still sends at any hour is named',
  async () => {
    const { page, faults } = await signedInPage(browser, segue)
    await page.goto(`${segue.url}/mailboxes`)
    await page.getByTestId('connect-mailbox').click()
    await look(page, 'wizard-providers')
    await page.getByTestId('provider-other').click()
    await enterServers(page)
    await page.getByTestId('smtp-password').fill('wrong')
    await page.getByText('people opt out of this mailbox by mail only').waitFor()
    await look(page, 'wizard-credentials')
    await page.getByTestId('mailbox-connect').click()
    const check = page.getByTestId('check')
    await check.getByText('Something is wrong:').waitFor({ timeout: 50_000 })
    await page.getByText('These still send at any hour').waitFor()
    await page.getByRole('link', { name: 'Early bird' }).waitFor()
    await look(page, 'wizard-refused')
    await page.getByTestId('mailbox-mend').click()
    await page.getByTestId('smtp-password').fill('secret')
    await page.getByTestId('mailbox-save').click()
    await check.getByText(`${SALES} works.`).waitFor({ timeout: 50_000 })
    expect(await check.getByRole('listitem').count()).toBeGreaterThanOrEqual(4)
    await look(page, 'wizard-checked')
    await page.keyboard.press('Escape')
    const card = page.getByTestId('mailbox-card').filter({ hasText: SALES })
    await card.getByText('by mail only: no https address is set').waitFor()
    await look(page, 'wizard-card')
    expect(faults).toEqual([])
    await page.context().close()
  },
  120_000,
)

test.runIf(hasChromium && hasDovecot)(
  'adding people from a real mailbox to a sequence on Always asks once whether it may send at any hour',
  async () => {
    const { page } = await signedInPage(browser, segue)
    await page.goto(`${segue.url}/sequences/${sequenceId}/people?add=1`)
    await page.getByTestId('choose-everyone').click()
    const from = page.getByTestId('add-people-mailbox')
    await from.getByText(SALES).waitFor()
    await page.getByTestId('add-people-submit').click()
    const asked = page.getByRole('dialog', { name: 'This sequence sends at any hour' })
    await asked.waitFor()
    await look(page, 'any-hour')
    await asked.getByTestId('confirm').click()
    await page.getByTestId('add-result').getByText('1').first().waitFor()
    await page.getByTestId('add-people-done').click()
    await page.context().close()
  },
  60_000,
)

test.runIf(hasChromium && hasDovecot)(
  'before the first real activation the legal name and the postal address are asked for, and then it turns on and the mail leaves',
  async () => {
    const { page } = await signedInPage(browser, segue)
    await page.goto(`${segue.url}/sequences/${sequenceId}`)
    await page.getByTestId('active-switch').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('The legal name of the team is missing.').waitFor()
    await dialog.getByText('The postal address of the team is missing.').waitFor()
    expect(await dialog.getByTestId('confirm').isDisabled()).toBe(true)
    await look(page, 'sender-missing')
    await dialog.getByRole('link', { name: 'Fill it in' }).first().click()
    await page.getByTestId('legal-name').fill('Acme Ltd')
    await page.getByTestId('postal-address').fill('1 Main St, Berlin')
    await page.getByTestId('save-team').click()
    await page.getByText('Saved').waitFor()
    await page.goto(`${segue.url}/sequences/${sequenceId}`)
    await page.getByTestId('active-switch').click()
    await dialog.getByText('Nothing is missing.').waitFor()
    await dialog.getByTestId('confirm').click()
    await sink.until(() => sink.mails.some((mail) => mail.recipients.includes('pat@client.test')))
    const mail = sink.mails.find((one) => one.recipients.includes('pat@client.test'))!
    expect(mail.raw).toContain('1 Main St, Berlin')
    expect(mail.raw).toMatch(/^List-Unsubscribe:\s+<mailto:/m)
    await page.context().close()
  },
  90_000,
)
