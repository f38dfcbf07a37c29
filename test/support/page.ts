/** A signed-in page of the running program, which keeps what went wrong in it. */
import type { Browser, Page } from 'playwright-core'
import type { RunningSegue } from './running.ts'

export interface Look {
  width: number
  height: number
  colorScheme: 'light' | 'dark'
}

export const DESKTOP: Look = { width: 1440, height: 900, colorScheme: 'light' }
export const PHONE: Look = { width: 390, height: 844, colorScheme: 'light' }

export interface OpenPage {
  page: Page
  /** Faults of the page, and answers of 400 and above. */
  faults: string[]
}

export async function signedInPage(browser: Browser, segue: RunningSegue, look = DESKTOP): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.colorScheme,
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto(segue.url)
  await page.getByTestId('email').fill('rae@acme.test')
  await page.getByTestId('password').fill('correct horse battery')
  await page.getByTestId('sign-in').click()
  await page.getByTestId('sign-in').waitFor({ state: 'detached' })
  await page.getByRole('navigation').first().waitFor()
  // Before signing in the session is asked for in vain; what is refused after that is a fault.
  page.on('response', (response) => {
    if (response.status() >= 400)
      faults.push(`${response.status()} ${response.request().method()} ${response.url()}`)
  })
  return { page, faults }
}

/** What this page shows on a phone in the dark, then back again: without another sign-in. */
export async function onPhone(page: Page, look: () => Promise<void>): Promise<void> {
  await page.setViewportSize({ width: PHONE.width, height: PHONE.height })
  await page.emulateMedia({ colorScheme: 'dark' })
  await look()
  await page.setViewportSize({ width: DESKTOP.width, height: DESKTOP.height })
  await page.emulateMedia({ colorScheme: 'light' })
}
