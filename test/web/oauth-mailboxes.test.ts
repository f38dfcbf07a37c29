// Connecting a mailbox by signing in, in the page: through a real authorization server and back, shut out, and let in again.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { hasChromium, shoot, startBrowser } from '../support/browser.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { DESKTOP, PHONE, signedInPage } from '../support/page.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { faultsOf } from './audit.ts'

if (process.env['SEGUE_CI'] && !(hasChromium && hasDovecot))
  throw new Error('CI needs Chromium and Dovecot: apt-get install chromium dovecot-imapd dovecot-lmtpd')

const SALES = 'sales@acme.test'
let server: AuthorizationServer
let dovecot: Dovecot
let sink: SmtpSink
let segue: RunningSegue
let browser: Browser

beforeAll(async () => {
  if (!hasChromium || !hasDovecot) return
  server = await startAuthorizationServer()
  server.account = SALES
  dovecot = await startDovecot({
    users: [SALES],
    sent: false,
    introspection: `${server.url}/introspect?token=`,
  })
  sink = await startSmtpSink({
    takesToken: (user, token) => server.takes(user, token),
    onMail: async (mail) => {
      if (mail.recipients.includes(SALES)) await dovecot.deliver(SALES, mail.raw)
    },
  })
  const settings = server.settings({ smtp: sink.port, imap: dovecot.imap(SALES).port })
  // Of Microsoft there is no client here.
  segue = await startRunning(
    Object.fromEntries(Object.entries(settings).filter(([key]) => !key.startsWith('SEGUE_MICROSOFT'))),
  )
  browser = await startBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await segue?.stop()
  await sink?.close()
  await dovecot?.stop()
  await server?.close()
})

async function look(page: Page, name: string): Promise<void> {
  for (const { width, height } of [PHONE, DESKTOP]) {
    await page.setViewportSize({ width, height })
    await page.waitForLoadState('networkidle')
    await shoot(page, `${name}-${width}`)
    expect(await faultsOf(page), `${name} at ${width} px`).toEqual([])
  }
}

const works = (page: Page) =>
  page.getByTestId('check').getByText(`${SALES} works.`).waitFor({ timeout: 50_000 })

test.runIf(hasChromium && hasDovecot)(
  'a mailbox is connected with Google from the wizard: the browser comes back to the check, and no password is asked for',
  async () => {
    const { page, faults } = await signedInPage(browser, segue)
    await page.goto(`${segue.url}/mailboxes?connect=1`)
    await page.getByTestId('provider-google_workspace').click()
    await page.getByTestId('sign-in-google').waitFor()
    await look(page, 'oauth-wizard')
    await page.getByTestId('sign-in-google').click()
    await works(page)
    expect(page.url().startsWith(`${segue.url}/mailboxes?`)).toBe(true)
    await look(page, 'oauth-checked')
    await page.getByRole('dialog').getByRole('button', { name: 'Settings' }).click()
    await page.getByText(`Connected with Google as ${SALES}.`).waitFor()
    expect(await page.getByTestId('smtp-host').count()).toBe(0)
    await page.getByTestId('mailbox-from-name').fill('Sales of Acme')
    await look(page, 'oauth-settings')
    await page.getByTestId('mailbox-save').click()
    await works(page)
    await page.keyboard.press('Escape')
    const card = page.getByTestId('mailbox-card').filter({ hasText: SALES })
    await card.getByText('Sales of Acme').waitFor()
    expect(await card.getByTestId('mailbox-reconnect').count()).toBe(0)
    expect(faults).toEqual([])
    await page.context().close()
  },
  120_000,
)

test.runIf(hasChromium && hasDovecot)(
  'a mailbox that Google has shut out says so and is let in again with one button; another account is refused in words',
  async () => {
    const { page, faults } = await signedInPage(browser, segue)
    server.revoke(SALES)
    await page.goto(`${segue.url}/mailboxes`)
    const card = page.getByTestId('mailbox-card').filter({ hasText: SALES })
    await card.getByRole('button', { name: 'Check' }).click()
    const check = page.getByTestId('check')
    await check.getByText('Something is wrong:').waitFor({ timeout: 50_000 })
    await check.getByText(`Google no longer lets Segue into ${SALES}`).waitFor()
    await check.getByTestId('mailbox-reconnect').waitFor()
    await page.keyboard.press('Escape')
    await card.getByText('Its people wait meanwhile.').waitFor()
    await look(page, 'oauth-disconnected')
    server.account = 'eve@acme.test'
    await card.getByTestId('mailbox-reconnect').click()
    await page.getByText(`You signed in as eve@acme.test, but this mailbox is ${SALES}.`).waitFor()
    await look(page, 'oauth-another-account')
    // The sentence is the answer to a call that was refused.
    expect(faults.splice(0)).toEqual([expect.stringMatching(/^422 GET .*\/oauth\/callback\?/)])
    server.account = SALES
    await page.getByRole('link', { name: 'Back to Mailboxes' }).click()
    await card.getByTestId('mailbox-reconnect').click()
    await works(page)
    await page.keyboard.press('Escape')
    await card.getByText('Connected: it sends, and its answers are read.').waitFor()
    expect(faults).toEqual([])
    await page.context().close()
  },
  120_000,
)

test.runIf(hasChromium && hasDovecot)(
  'of a provider without a client the wizard says what an operator does, and asks for the password',
  async () => {
    const { page, faults } = await signedInPage(browser, segue)
    await page.goto(`${segue.url}/mailboxes?connect=1`)
    await page.getByTestId('provider-microsoft').click()
    await page.getByText('To connect with Microsoft instead of a password, an operator registers').waitFor()
    expect(await page.getByTestId('sign-in-microsoft').count()).toBe(0)
    await page.getByTestId('smtp-password').waitFor()
    await look(page, 'oauth-no-client')
    expect(faults).toEqual([])
    await page.context().close()
  },
  60_000,
)
