// Somebody who was taken out of a sequence is added to it again, in a real browser on the whole program: they go on after what they received.
import { expect } from 'vitest'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { AT_ANY_HOUR } from '../support/outreach.ts'
import { signedInPage } from '../support/page.ts'

const here = browsing({ SEGUE_TIME_TRAVEL: '1' }, { fill })
let id: string

const email = (subject: string, thread: 'new_thread' | 'reply_to_thread', wait_time: number) => ({
  ...{ type: 'auto_email', wait_time, wait_mode: 'day' },
  emailer_touches: [
    {
      type: thread,
      status: 'approved',
      emailer_template: { subject, body_html: '<p>Hello {{first_name}}</p>' },
    },
  ],
})

/** Pat has received the first step, and is out of the sequence. */
async function fill(): Promise<void> {
  const { segue } = here
  const { body: made } = await segue.post('/contacts', {
    first_name: 'Pat',
    last_name: 'Lee',
    email: 'pat@corp.test',
  })
  const { body: scheduled } = await segue.post('/emailer_schedules', AT_ANY_HOUR)
  const { body } = await segue.post('/sequences', {
    name: 'Spring',
    active: true,
    emailer_schedule_id: scheduled.emailer_schedule.id,
    emailer_steps: [email('Spring', 'new_thread', 0), email('', 'reply_to_thread', 5)],
  })
  id = body.emailer_campaign.id
  const mailboxes = await segue.get('/email_accounts')
  await segue.post(`/emailer_campaigns/${id}/add_contact_ids`, {
    emailer_campaign_id: id,
    contact_ids: [made.contact.id],
    send_email_from_email_account_id: mailboxes.body.email_accounts[0].id,
  })
  await segue.post('/clock', { advance: '1h' })
  await segue.post('/emailer_campaigns/remove_or_stop_contact_ids', {
    emailer_campaign_ids: [id],
    contact_ids: [made.contact.id],
    mode: 'remove',
  })
}

browserTest(
  'whoever was in the sequence before goes on after what they received, where the form is told so',
  async () => {
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.goto(`${here.segue.url}/sequences/${id}/people?add=1`)
    await page.getByText('Pat Lee').first().click()
    await page.getByTestId('add-people-options').click()
    await page.getByLabel(/^Whoever was in it before goes on/).check()
    await shoot(page, 'add-again')
    await page.getByTestId('add-people-submit').click()
    await page
      .getByTestId('received-before')
      .getByText(
        '1 person was in this sequence before and received emails of it. They go on after the last one.',
      )
      .waitFor()
    await shoot(page, 'added-again')
    await page.getByTestId('add-people-done').click()
    const { body } = await here.segue.post('/enrollments/search', { sequence_id: id })
    expect(body.enrollments).toHaveLength(1)
    expect(body.enrollments[0].step_position).toBe(2)
    expect(faults).toEqual([])
  },
  90_000,
)
