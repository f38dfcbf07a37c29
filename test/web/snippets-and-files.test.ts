// What several emails share, in the page: a snippet is written and put in, a file is attached, and the preview shows both.
import { expect } from 'vitest'
import { browserTest, browsing } from '../support/browsing.ts'
import { signedInPage } from '../support/page.ts'

const here = browsing()

browserTest(
  'a snippet is written and put into an email, a file is attached, copies are set, and the preview shows them',
  async () => {
    const { segue, browser } = here
    await segue.post('/contacts', { first_name: 'Ana', email: 'ana@one.test', organization_name: 'One' })
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

    await page.goto(`${segue.url}/sequences/${id}/settings`)
    await page.getByTestId('sequence-cc').fill('boss@acme.test')
    await page.getByTestId('sequence-bcc').focus()
    await expect
      .poll(async () => (await segue.get(`/emailer_campaigns/${id}`)).body.emailer_campaign.cc_emails)
      .toBe('boss@acme.test')
    expect(faults).toEqual([])
  },
)
