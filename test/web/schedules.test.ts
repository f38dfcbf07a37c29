// The editor of a schedule in a real browser: two blocks on one day, the holidays of a region, the coming ones shown, all of it kept.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasChromium, startBrowser } from '../support/browser.ts'
import { signedInPage } from '../support/page.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'

if (process.env['SEGUE_CI'] && !hasChromium) throw new Error('CI needs Chromium: apt-get install chromium')

let segue: RunningSegue
let browser: Browser

beforeAll(async () => {
  if (!hasChromium) return
  segue = await startRunning()
  browser = await startBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await segue?.stop()
})

test.runIf(hasChromium)(
  'a schedule gets two blocks on a Monday and the holidays of Bavaria, with the coming ones shown before it is saved',
  async () => {
    const { page } = await signedInPage(browser, segue)
    await page.goto(`${segue.url}/settings/schedules`)
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
    const { body } = await segue.get('/emailer_schedules')
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
