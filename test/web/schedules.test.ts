// The editor of a schedule in a real browser: two blocks on one day, the holidays of a region, the coming ones shown, all of it kept.
import { expect } from 'vitest'
import { browserTest, browsing } from '../support/browsing.ts'
import { signedInPage } from '../support/page.ts'

const here = browsing()

browserTest(
  'a schedule gets two blocks on a Monday and the holidays of Bavaria, with the coming ones shown before it is saved',
  async () => {
    const { page } = await signedInPage(here.browser, here.segue)
    await page.goto(`${here.segue.url}/settings/schedules`)
    await page.getByTestId('new-schedule').click()
    const dialog = page.getByRole('dialog', { name: 'New schedule' })
    await dialog.getByLabel('Name').fill('Munich')
    await dialog.getByLabel('Monday to').first().fill('12:00')
    await dialog.getByLabel('More times on Monday').click()
    await dialog.getByLabel('Monday from').nth(1).fill('13:00')
    await dialog.getByLabel('Monday to').nth(1).fill('17:00')
    await dialog.getByTestId('skip-holidays').check()
    await dialog.getByTestId('holiday-country').fill('Germany')
    await page.getByRole('option', { name: 'Germany', exact: true }).click()
    await dialog.getByTestId('holiday-region').fill('Bayern')
    await page.getByRole('option', { name: 'Bayern', exact: true }).click()
    await dialog.getByTestId('own-holidays').fill('2027-12-24')
    await dialog.getByTestId('own-holidays').press('Enter')
    await dialog
      .getByTestId('coming-holidays')
      .getByText(/ \(.*\), .*more in the coming year/)
      .waitFor()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText(/closed on holidays, next/).waitFor()
    const { body } = await here.segue.get('/emailer_schedules')
    const made = body.emailer_schedules.find((one: { name: string }) => one.name === 'Munich')
    expect(made).toMatchObject({
      skip_holidays: true,
      holiday_country: 'DE',
      holiday_region: 'BY',
      extra_holidays: ['2027-12-24'],
    })
    expect(made.schedule_hash.monday).toEqual([
      [9, 12],
      [13, 17],
    ])
  },
  60_000,
)
