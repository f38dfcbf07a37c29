/** Looks over what a page shows: does it scroll sideways, is every text readable, has every control a name? */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'

/** WCAG 2.2, 1.4.3 (AA). Large text may do with 3, but nothing here relies on that. */
const CONTRAST_MIN = 4.5
const look = await readFile(new URL('./audit-in-page.js', import.meta.url), 'utf8')
/** Colors change over a frame even where motion is reduced. */
const SETTLED = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))'

/** What comes in has come in: only what moves for ever, such as a placeholder, still does. Asked from here: the page forbids `waitForFunction` its eval. */
const STILL = `new Promise((done) => {
  const look = () => document.getAnimations().every((one) =>
    one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity) ? done() : requestAnimationFrame(look)
  look()
})`

/** A sentence for each fault; empty when there is none. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(SETTLED)
  await page.evaluate(STILL)
  return page.evaluate(`(${look.slice(look.indexOf('(min)'))})(${CONTRAST_MIN})`)
}
