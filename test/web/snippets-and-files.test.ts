// What several emails share, in the page: a snippet is written and put in, a file is attached, and the preview shows both.
import { expect } from 'vitest'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { onPhone, signedInPage } from '../support/page.ts'
import type { RunningSegue } from '../support/running.ts'
import { until } from '../support/until.ts'
import { faultsOf } from './audit.ts'

const here = browsing()

browserTest(
  'a snippet is written and put into an email, a file is attached, copies are set; the preview and the mail that arrives show them, and what is in use is not deleted',
  async () => {
    const { segue, browser } = here
    const contact = await segue.post('/contacts', {
      first_name: 'Ana',
      email: 'ana@one.test',
      organization_name: 'One',
    })
    const touch = {
      status: 'approved',
      emailer_template: { subject: 'Hello', body_html: '<p>Hi {{first_name}}</p>' },
    }
    const made = await segue.post('/sequences', {
      name: 'Shared',
      emailer_steps: [{ type: 'auto_email', wait_time: 0, wait_mode: 'day', emailer_touches: [touch] }],
    })
    const id = made.body.emailer_campaign.id
    const { page, faults } = await signedInPage(browser, segue)
    page.setDefaultTimeout(5_000)

    await page.goto(`${segue.url}/settings/snippets`)
    await page.getByText('No snippet yet').waitFor()
    await page.getByTestId('new-snippet').click()
    await page.getByTestId('snippet-name').fill('Case study')
    await page.getByTestId('snippet-body').fill('{{company}} is not alone.')
    await page.getByTestId('save-snippet').click()
    await page.getByTestId('snippet').getByText('{{snippet:case_study}}').waitFor()
    await page.getByTestId('snippet').getByText('Not used').waitFor()

    await page.goto(`${segue.url}/sequences/${id}`)
    await page.getByTestId('step-1').getByTestId('open-wording').click()
    await page.getByTestId('step-body').click()
    await page.keyboard.press('End')
    await page.getByRole('button', { name: 'Insert a variable', exact: true }).click()
    await page.getByRole('menuitem', { name: 'case_study' }).click()
    await page.getByTestId('attach').click()
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('menuitem', { name: 'Upload a file' }).click()
    await (await chooser).setFiles({
      name: 'Größe.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7'),
    })
    await page.getByTestId('step-files').getByText('Größe.pdf (1 KB)').waitFor()
    await page.getByTestId('preview-files').getByText('Größe.pdf (1 KB)').waitFor()
    await page.frameLocator('iframe').getByText('One is not alone.').waitFor()
    await page.keyboard.press('Control+s')
    await expect
      .poll(async () => (await segue.get(`/emailer_campaigns/${id}`)).body.attachments.length)
      .toBe(1)
    const { body } = await segue.get(`/emailer_campaigns/${id}`)
    expect(body.emailer_templates[0].body_html).toContain('{{snippet:case_study}}')

    await shoot(page, 'snippet-in-an-email')
    await onPhone(page, async () => {
      expect(await faultsOf(page)).toEqual([])
      await shoot(page, 'snippet-in-an-email-390')
    })

    await page.goto(`${segue.url}/sequences/${id}/settings`)
    await page.getByTestId('sequence-cc').fill('boss@acme.test')
    await page.getByTestId('sequence-bcc').fill('crm@acme.test')
    await page.getByTestId('sequence-cc').focus()
    const campaign = async () => (await segue.get(`/emailer_campaigns/${id}`)).body.emailer_campaign
    await expect
      .poll(campaign, { timeout: 10_000 })
      .toMatchObject({ cc_emails: 'boss@acme.test', bcc_emails: 'crm@acme.test' })

    const mail = await sentTo(segue, id, contact.body.contact.id)
    expect(mail.raw).toMatch(/^cc: boss@acme\.test\r?$/im)
    expect(mail.raw).not.toMatch(/crm@acme/)
    expect(mail.html).toContain('One is not alone.')
    expect(mail.raw).toMatch(/filename.*Gr/)
    await page.goto(`${segue.url}/sandbox?mail=${mail.id}`)
    await page.getByTestId('sandbox-subject').waitFor()
    await shoot(page, 'snippet-received')

    await page.goto(`${segue.url}/settings/snippets`)
    await page.getByTestId('snippet').getByText('Step 1 of Shared').waitFor()
    await page.getByTestId('file').getByText('Step 1 of Shared').waitFor()
    await shoot(page, 'snippets-and-files')
    await onPhone(page, async () => {
      expect(await faultsOf(page)).toEqual([])
      await shoot(page, 'snippets-and-files-390')
    })
    expect(faults).toEqual([])
    for (const [name, words] of [
      ['Delete case_study', 'The snippet case_study is used by step 1 of Shared.'],
      ['Delete Größe.pdf', 'Größe.pdf is carried by step 1 of Shared.'],
    ]) {
      await page.getByRole('button', { name: name!, exact: true }).click()
      await page.getByTestId('confirm').click()
      await page.getByRole('alert').getByText(words!).waitFor()
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByTestId('confirm').waitFor({ state: 'detached' })
    }
  },
  60_000,
)

/** The email that the sequence sends them, as it came in. */
async function sentTo(segue: RunningSegue, sequenceId: string, contactId: string) {
  const { emailer_schedules } = (await segue.get('/emailer_schedules')).body
  const always = emailer_schedules.find((one: { name: string }) => one.name === 'Always')
  await segue.call('PUT', `/sequences/${sequenceId}`, { emailer_schedule_id: always.id })
  const { email_accounts } = (await segue.get('/email_accounts')).body
  await segue.post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    ...{ emailer_campaign_id: sequenceId, contact_ids: [contactId] },
    send_email_from_email_account_id: email_accounts[0].id,
  })
  await segue.post(`/emailer_campaigns/${sequenceId}/approve`)
  const found = await until(
    () => segue.post('/sandbox/search', { q: 'ana@one.test' }),
    ({ body }) => body.mails.length > 0,
    { seconds: 20 },
  )
  return (await segue.get(`/sandbox/mails/${found.body.mails[0].id}`)).body.mail
}
