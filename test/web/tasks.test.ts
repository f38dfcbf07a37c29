// The tasks of a sequence in a real browser, on the whole program: a call is completed, the email after it is edited and sent, and arrives.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasChromium, shoot, startBrowser } from '../support/browser.ts'
import { signedInPage } from '../support/page.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'
import { until } from '../support/until.ts'

if (process.env['SEGUE_CI'] && !hasChromium) throw new Error('CI needs Chromium: apt-get install chromium')

let segue: RunningSegue
let browser: Browser
let sequenceId: string

beforeAll(async () => {
  if (!hasChromium) return
  segue = await startRunning({ SEGUE_TIME_TRAVEL: '1' })
  await fill()
  browser = await startBrowser()
}, 90_000)

afterAll(async () => {
  await browser?.close()
  await segue?.stop()
})

/** Pat waits for a call; an email by hand follows at once. At any hour, since the test runs at any. */
async function fill(): Promise<void> {
  const person = { first_name: 'Pat', last_name: 'Lee', email: 'pat@corp.test', organization_name: 'Corp' }
  const { body: made } = await segue.post('/contacts', person)
  const { body: scheduled } = await segue.post('/emailer_schedules', {
    name: 'At any hour',
    time_zone: 'UTC',
    schedule_hash: Object.fromEntries(
      ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [
        day,
        [[0, 24]],
      ]),
    ),
  })
  const touch = {
    type: 'new_thread',
    emailer_template: { subject: 'After our call', body_html: '<p>Hi {{first_name}}, as promised.</p>' },
  }
  const { body } = await segue.post('/sequences', {
    name: 'Calls first',
    active: true,
    emailer_schedule_id: scheduled.emailer_schedule.id,
    emailer_steps: [
      { type: 'call', wait_time: 0, wait_mode: 'minute', note: 'Ask about the trial', priority: 'high' },
      { type: 'manual_email', wait_time: 0, wait_mode: 'minute', emailer_touches: [touch] },
    ],
  })
  sequenceId = body.emailer_campaign.id
  const mailboxes = await segue.get('/email_accounts')
  await segue.post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    emailer_campaign_id: sequenceId,
    contact_ids: [made.contact.id],
    send_email_from_email_account_id: mailboxes.body.email_accounts[0].id,
  })
  const tasks = () => segue.post('/tasks/search', {})
  await until(tasks, ({ body: found }) => found.tasks.length === 1, { seconds: 30 })
}

test.runIf(hasChromium)(
  'a call is completed in the page, and the email after it is edited, sent and received',
  async () => {
    const { page, faults } = await signedInPage(browser, segue)
    await page.getByRole('link', { name: 'Tasks' }).first().click()
    await page.getByTestId('task-row').getByText('Pat Lee').waitFor()
    await shoot(page, 'tasks')
    await page.getByTestId('task-row').click()
    await page.getByTestId('task-panel').getByText('Ask about the trial').waitFor()
    expect(page.url()).toContain('task=')
    await page.getByLabel('What came of the call').fill('Wants the slides')
    await shoot(page, 'task-call')
    await page.getByTestId('complete-task').click()
    await page.getByTestId('task-panel').waitFor({ state: 'detached' })
    const emails = () => segue.post('/tasks/search', { task_types: ['outreach_manual_email'] })
    await until(emails, ({ body }) => body.tasks.length === 1, { seconds: 30 })
    await page.getByRole('group', { name: 'Kind' }).getByRole('button', { name: 'Emails' }).click()
    await page.getByTestId('task-row').click()
    await page.getByTestId('draft-text').fill('<p>Hi Pat, here are the slides.</p>')
    await page.getByTestId('save-draft').click()
    await page.frameLocator('[data-testid=mail-frame]').getByText('here are the slides').waitFor()
    await shoot(page, 'task-draft')
    await page.getByTestId('send-draft').click()
    await page.getByTestId('task-panel').waitFor({ state: 'detached' })
    const received = () => segue.post('/sandbox/search', { q: 'pat@' })
    const { body } = await until(received, ({ body: found }) => found.mails.length === 1, { seconds: 30 })
    expect(body.mails[0].subject).toBe('After our call')
    await page.goto(`${segue.url}/tasks?status=completed`)
    await page.getByTestId('task-row').getByText('Wants the slides').waitFor()
    expect(faults).toEqual([])
  },
  90_000,
)
