// The tasks of a sequence in a real browser, on the whole program: a call is completed, the email after it is edited and sent, and arrives.
import { expect } from 'vitest'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { AT_ANY_HOUR } from '../support/outreach.ts'
import { signedInPage } from '../support/page.ts'
import { until } from '../support/until.ts'

const here = browsing({ SEGUE_TIME_TRAVEL: '1' }, { fill })
let sequenceId: string

/** Pat waits for a call; an email by hand follows at once. At any hour, since the test runs at any. */
async function fill(): Promise<void> {
  const person = { first_name: 'Pat', last_name: 'Lee', email: 'pat@corp.test', organization_name: 'Corp' }
  const { body: made } = await here.segue.post('/contacts', person)
  const { body: scheduled } = await here.segue.post('/emailer_schedules', AT_ANY_HOUR)
  const touch = {
    type: 'new_thread',
    emailer_template: { subject: 'After our call', body_html: '<p>Hi {{first_name}}, as promised.</p>' },
  }
  const { body } = await here.segue.post('/sequences', {
    name: 'Calls first',
    active: true,
    emailer_schedule_id: scheduled.emailer_schedule.id,
    emailer_steps: [
      { type: 'call', wait_time: 0, wait_mode: 'minute', note: 'Ask about the trial', priority: 'high' },
      { type: 'manual_email', wait_time: 0, wait_mode: 'minute', emailer_touches: [touch] },
    ],
  })
  sequenceId = body.emailer_campaign.id
  const mailboxes = await here.segue.get('/email_accounts')
  await here.segue.post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    emailer_campaign_id: sequenceId,
    contact_ids: [made.contact.id],
    send_email_from_email_account_id: mailboxes.body.email_accounts[0].id,
  })
  const tasks = () => here.segue.post('/tasks/search', {})
  await until(tasks, ({ body: found }) => found.tasks.length === 1, { seconds: 30 })
}

browserTest(
  'a call is completed in the page, and the email after it is edited, sent and received',
  async () => {
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.getByRole('link', { name: 'Tasks' }).first().click()
    await page.getByTestId('task-row').getByText('Pat Lee').waitFor()
    await shoot(page, 'tasks')
    await page.getByTestId('task-row').click()
    await page.getByTestId('task-panel').getByText('Ask about the trial').waitFor()
    expect(page.url()).toContain('task=')
    await page.getByTestId('call-outcome').click()
    await page.getByRole('option', { name: 'Meeting booked' }).click()
    await page.getByTestId('what-follows').getByText('Meeting booked: A meeting was arranged').waitFor()
    await page.getByTestId('call-outcome').click()
    await page.getByRole('option', { name: 'Connected' }).click()
    await page.getByLabel('What came of the call').fill('Wants the slides')
    await shoot(page, 'task-call')
    await page.getByTestId('complete-task').click()
    await page.getByTestId('task-panel').waitFor({ state: 'detached' })
    const emails = () => here.segue.post('/tasks/search', { task_types: ['outreach_manual_email'] })
    await until(emails, ({ body }) => body.tasks.length === 1, { seconds: 30 })
    await page.getByRole('group', { name: 'Kind' }).getByRole('button', { name: 'Emails' }).click()
    await page.getByTestId('task-row').click()
    await page.getByTestId('draft-text').fill('<p>Hi Pat, here are the slides.</p>')
    await page.getByTestId('save-draft').click()
    await page.frameLocator('[data-testid=mail-frame]').getByText('here are the slides').waitFor()
    await shoot(page, 'task-draft')
    await page.getByTestId('send-draft').click()
    await page.getByTestId('task-panel').waitFor({ state: 'detached' })
    const received = () => here.segue.post('/sandbox/search', { q: 'pat@' })
    const { body } = await until(received, ({ body: found }) => found.mails.length === 1, { seconds: 30 })
    expect(body.mails[0].subject).toBe('After our call')
    await page.goto(`${here.segue.url}/tasks?status=completed`)
    await page.getByTestId('task-row').getByText('Connected: Wants the slides').waitFor()
    await page.goto(`${here.segue.url}/sequences/${sequenceId}`)
    await page.getByTestId('task-results').getByText('Connected 1. 1 of 1 answered').waitFor()
    await page.goto(`${here.segue.url}/settings/calls`)
    await page.getByTestId('new-call-outcome').click()
    await page.getByTestId('call-outcome-name').fill('Call back later')
    await page.getByTestId('save-call-outcome').click()
    await page.getByTestId('call-outcome').getByText('Call back later').waitFor()
    await shoot(page, 'call-outcomes')
    expect(faults).toEqual([])
  },
  90_000,
)
