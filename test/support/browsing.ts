/** The whole program and a real browser for the tests of one file: begun before the first, ended after the last. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { hasChromium, startBrowser } from './browser.ts'
import { type RunningOptions, type RunningSegue, startRunning } from './running.ts'

if (process.env['SEGUE_CI'] && !hasChromium) throw new Error('CI needs Chromium: apt-get install chromium')

export interface Browsing {
  segue: RunningSegue
  browser: Browser
}

/** Left out where there is no Chromium; in CI there is. */
export const browserTest = test.runIf(hasChromium)

/** Its fields are there once the tests run. */
export function browsing(
  env: Record<string, string> = {},
  options: RunningOptions & { fill?: (segue: RunningSegue) => Promise<void> } = {},
): Browsing {
  const parts = {} as Browsing
  beforeAll(async () => {
    if (!hasChromium) return
    parts.segue = await startRunning(env, options)
    await options.fill?.(parts.segue)
    parts.browser = await startBrowser()
  }, 60_000)
  afterAll(async () => {
    await parts.browser?.close()
    await parts.segue?.stop()
  })
  return parts
}
