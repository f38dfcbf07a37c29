// Two contacts of one person in a real browser, on the whole program: the page says what merging them does, and then it has happened.
import { expect } from 'vitest'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { AT_ANY_HOUR } from '../support/outreach.ts'
import { signedInPage } from '../support/page.ts'

const here = browsing({ SEGUE_TIME_TRAVEL: '1' }, { fill })
let kept: string

async function fill(): Promise<void> {
  const person = { first_name: 'Pat', last_name: 'Lee', organization_name: 'Corp' }
  const made = async (email: string) =>
    (await here.segue.post('/contacts', { ...person, email })).body.contact.id as string
  kept = await made('pat@corp.test')
  const other = await made('pat@old.test')
  const { body: scheduled } = await here.segue.post('/emailer_schedules', AT_ANY_HOUR)
  const step = { type: 'call', wait_time: 3, wait_mode: 'day' }
  const { body } = await here.segue.post('/sequences', {
    name: 'Spring',
    active: true,
    emailer_schedule_id: scheduled.emailer_schedule.id,
    emailer_steps: [step],
  })
  const mailboxes = await here.segue.get('/email_accounts')
  await here.segue.post(`/emailer_campaigns/${body.emailer_campaign.id}/add_contact_ids`, {
    emailer_campaign_id: body.emailer_campaign.id,
    contact_ids: [other],
    send_email_from_email_account_id: mailboxes.body.email_accounts[0].id,
  })
}

browserTest(
  'the other contact of a person is merged into this one, after the page has said what follows',
  async () => {
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.goto(`${here.segue.url}/people/${kept}`)
    await page.getByTestId('merge-person').click()
    await page.getByRole('combobox', { name: 'Other contact' }).click()
    await page.getByRole('option', { name: 'Pat Lee (pat@old.test)' }).click()
    const plan = page.getByTestId('merge-plan')
    await plan.getByText('the place of Pat Lee (pat@old.test) counts, it goes on from there.').waitFor()
    await plan.getByText('pat@old.test is not written to any more').waitFor()
    await shoot(page, 'merge-people')
    await page.getByTestId('confirm').click()
    await plan.waitFor({ state: 'detached' })
    await page.getByText('Merged.', { exact: true }).waitFor()
    await page.getByLabel('Sequences').getByText('Spring').first().waitFor()
    await page.getByText('Another contact of the same person was merged into this one.').waitFor()
    const { body } = await here.segue.post('/contacts/search', { q_keywords: 'Pat' })
    expect(body.contacts.map((one: { id: string }) => one.id)).toEqual([kept])
    expect(faults).toEqual([])
  },
  90_000,
)
