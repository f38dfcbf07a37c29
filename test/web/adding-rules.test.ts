// A team says who may be added to sequences, in a real browser: whoever a rule refuses is named with it, and the form offers the way past it.
import { expect } from 'vitest'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { onPhone, signedInPage } from '../support/page.ts'
import { emails, startRound, touch } from '../support/round.ts'
import { faultsOf } from './audit.ts'

const here = browsing({}, { fill })
let id: string

async function fill(): Promise<void> {
  const steps = emails([[touch('Hello')]])
  const round = await startRound(here.segue, { name: 'Spring', addresses: ['ann@acme-buyers.test'], steps })
  id = round.sequenceId
  await here.segue.post('/contacts', { first_name: 'Ben', last_name: 'Day', email: 'ben@acme-buyers.test' })
}

browserTest(
  'a second person of a company is skipped where the team wants one, and added where the form is told so',
  async () => {
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.goto(`${here.segue.url}/settings/team`)
    await page.getByLabel('One person of a company in each sequence').click()
    await page.getByText('Saved.').last().waitFor()
    await page.getByText('Who is added to sequences').scrollIntoViewIfNeeded()
    await shoot(page, 'adding-rules')
    await onPhone(page, async () => {
      expect(await faultsOf(page)).toEqual([])
      await shoot(page, 'adding-rules-phone')
    })
    const adding = async (option?: string) => {
      await page.goto(`${here.segue.url}/sequences/${id}/people?add=1`)
      await page.getByText('Ben Day').first().click()
      await page.getByTestId('add-people-options').click()
      await expect.poll(() => page.getByLabel('Also several people of one company').count()).toBe(1)
      await shoot(page, 'adding-rule-options')
      expect(await page.getByLabel('Also people who belong to a colleague').count()).toBe(0)
      if (option !== undefined) await page.getByLabel(option).check()
      await page.getByTestId('add-people-submit').click()
    }
    await adding()
    await page.getByText('Somebody of the same company is in this sequence.').waitFor()
    await page.getByText('Also several people of one company').first().waitFor()
    await shoot(page, 'adding-rule-skipped')
    await adding('Also several people of one company')
    await page.getByTestId('add-people-done').click()
    const { body } = await here.segue.post('/enrollments/search', { sequence_id: id })
    expect(body.enrollments).toHaveLength(2)
    expect(faults).toEqual([])
  },
  90_000,
)
