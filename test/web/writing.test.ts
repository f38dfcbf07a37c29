// Writing a sequence in the page: what it would leave out is seen before it is turned on, and where a trial mail goes is said.
import { expect } from 'vitest'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { PHONE, signedInPage } from '../support/page.ts'

const here = browsing()

/** A sequence that asks for a company, with two people in it of whom one has none. */
async function sequenceLackingACompany(): Promise<string> {
  const made = await here.segue.post('/sequences', {
    name: 'Companies',
    emailer_steps: [
      {
        type: 'auto_email',
        wait_time: 0,
        wait_mode: 'day',
        emailer_touches: [
          {
            type: 'new_thread',
            status: 'approved',
            emailer_template: { subject: 'Hello', body_html: '<p>How is {{company}}?</p>' },
          },
        ],
      },
    ],
  })
  const id = made.body.emailer_campaign.id
  const people = [
    { first_name: 'Maria', last_name: 'Ortiz', email: 'maria@one.test' },
    { first_name: 'Kim', last_name: 'Park', email: 'kim@two.test', organization_name: 'Two' },
  ]
  const ids = []
  for (const person of people)
    ids.push((await here.segue.post('/contacts', { ...person, run_dedupe: true })).body.contact.id)
  const mailboxes = await here.segue.get('/email_accounts')
  await here.segue.post(`/emailer_campaigns/${id}/add_contact_ids`, {
    emailer_campaign_id: id,
    contact_ids: ids,
    send_email_from_email_account_id: mailboxes.body.email_accounts[0].id,
  })
  return id
}

browserTest(
  'whom a value is missing for is said above the steps and before turning on, and does not refuse',
  async () => {
    const id = await sequenceLackingACompany()
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.goto(`${here.segue.url}/sequences/${id}`)
    const missing = page.getByTestId('missing-value')
    await missing.getByText('Missing for 1 person: company (Maria Ortiz).').waitFor()
    await shoot(page, 'missing-1440')
    await page.getByTestId('active-switch').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByTestId('missing-value').getByText('Missing for 1 person').waitFor()
    await shoot(page, 'missing-dialog-1440')
    await dialog.getByTestId('confirm').click()
    await page.getByText('Companies is active.').waitFor()
    await dialog.waitFor({ state: 'detached' })
    await missing.getByRole('link', { name: 'Maria Ortiz' }).click()
    await page.getByTestId('person-panel').waitFor()
    expect(faults).toEqual([])
    await page.context().close()
    const phone = await signedInPage(here.browser, here.segue, PHONE)
    await phone.page.goto(`${here.segue.url}/sequences/${id}`)
    await phone.page.getByTestId('missing-value').waitFor()
    await shoot(phone.page, 'missing-390')
    await phone.page.context().close()
  },
  60_000,
)

browserTest(
  'a sequence written in the page leaves alone who answered, is interested, or must not be written to; the API leaves alone nobody',
  async () => {
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.goto(`${here.segue.url}/sequences?new=1`)
    await page.getByTestId('sequence-name').fill('By hand')
    await page.getByTestId('create-sequence').click()
    await page.getByRole('heading', { name: 'By hand' }).waitFor()
    const { body } = await here.segue.get(`/emailer_campaigns/${page.url().split('/').at(-1)}`)
    const { body: known } = await here.segue.get('/contact_stages')
    const names = new Map(
      known.contact_stages.map((stage: { id: string; name: string }) => [stage.id, stage.name]),
    )
    const excluded: string[] = body.emailer_campaign.excluded_contact_stage_ids
    expect(excluded.map((id) => names.get(id))).toEqual([
      'Replied',
      'Interested',
      'Do Not Contact',
      'Bad Data',
    ])
    const byProgram = await here.segue.post('/sequences', { name: 'By program' })
    expect(byProgram.body.emailer_campaign.excluded_contact_stage_ids).toEqual([])
    await page.goto(`${page.url()}/settings`)
    await page.getByText('Never to people in these stages').waitFor()
    await page.getByText('Do Not Contact').first().waitFor()
    await shoot(page, 'excluded-stages')
    expect(faults).toEqual([])
    await page.context().close()
  },
  60_000,
)

browserTest(
  'a trial mail says where it goes: without a real mailbox to the sandbox, which is one click away',
  async () => {
    const id = await sequenceLackingACompany()
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.goto(`${here.segue.url}/sequences/${id}`)
    await page.getByTestId('send-me-this').click()
    await page.getByRole('menuitem', { name: 'To my address' }).click()
    const queued = page.getByTestId('trial-queued')
    await queued.getByText('Queued for rae@acme.test, in the sandbox').waitFor()
    await shoot(page, 'trial-queued')
    await queued.getByRole('link', { name: 'Open the sandbox' }).click()
    await page.getByRole('heading', { name: 'Sandbox' }).waitFor()
    await page.getByRole('main').getByText('Hello').first().waitFor()
    expect(faults).toEqual([])
    await page.context().close()
  },
  60_000,
)
