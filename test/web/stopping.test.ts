// What stops whom, set and undone in the page, in a real browser: the rule for companies, the stages that people move to, a mail that was somebody else's, and a person who is deleted.
import type { Page } from 'playwright-core'
import { beforeAll, expect } from 'vitest'
import { hasChromium, shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { onPhone, signedInPage } from '../support/page.ts'
import { emails, type Round, startRound, touch } from '../support/round.ts'
import { faultsOf } from './audit.ts'

const ADDRESSES = ['ann@one.test', 'ben@one.test', 'cleo@two.test', 'dan@three.test', 'eve@four.test']
const here = browsing({ SEGUE_TIME_TRAVEL: '1' }, { fill })
let round: Round
let page: Page
let faults: string[]

beforeAll(async () => {
  if (hasChromium) ({ page, faults } = await signedInPage(here.browser, here.segue))
}, 60_000)

async function fill(): Promise<void> {
  round = await startRound(here.segue, {
    name: 'Spring outreach',
    addresses: ADDRESSES,
    steps: emails([[touch('Quick question')], [touch('')]]),
  })
}

const at = (tab: string) => `${here.segue.url}/sequences/${round.sequenceId}${tab}`
const personAt = (address: string) => `${here.segue.url}/people/${round.people.get(address)}`
const enrollment = (address: string) => page.getByTestId('enrollment').filter({ hasText: address })

async function choose(select: string, option: string): Promise<void> {
  await page.getByTestId(select).click()
  await page.getByRole('option', { name: option, exact: true }).click()
  await page.getByText('Saved.').last().waitFor()
}

/** The same words, nothing cut off. */
const whole = (name: string) =>
  onPhone(page, async () => {
    expect(await faultsOf(page), name).toEqual([])
    await shoot(page, name)
  })

browserTest(
  'a mail that was taken for the wrong person is given to somebody else: the one goes on, the other has answered, and the numbers restate',
  async () => {
    await round.respond('dan@three.test', 'answer', 'This is Eve, writing for both of us.')
    await page.goto(`${here.segue.url}/inbox`)
    await page.getByText('This is Eve').first().click()
    await page.getByTestId('reading').waitFor()
    await shoot(page, 'reattach-before')
    await page.getByTestId('reattach').click()
    await page.getByRole('combobox', { name: 'Person', exact: true }).fill('Eve')
    await page.getByRole('option', { name: 'Eve', exact: true }).click()
    await page.getByText('What it did to Dan is undone').waitFor()
    await page.getByText("It counts as if it had been read as Eve's from the start").waitFor()
    await shoot(page, 'reattach')
    await page.getByTestId('confirm').click()
    await page.getByTestId('belongs-to').getByText('Eve').waitFor()
    await shoot(page, 'reattach-after')
    await page.goto(at('/people'))
    await enrollment('eve@four.test').getByText('Answered').first().waitFor()
    await expect.poll(() => enrollment('dan@three.test').textContent()).not.toMatch(/Answered/)
    expect(await round.sequence()).toMatchObject({ unique_replied: 1, people: { replied: 1, active: 4 } })

    await page.goto(`${here.segue.url}/reports?by=recipient_domain`)
    await page
      .getByTestId('report-row')
      .filter({ hasText: 'four.test' })
      .getByText('100% of 1')
      .first()
      .waitFor()
    await page.goto(`${here.segue.url}/inbox`)
    await page.getByText('This is Eve').first().click()
    await page.getByTestId('reattach').click()
    await page.getByRole('combobox', { name: 'It belongs to' }).click()
    await page.getByRole('option', { name: 'Nobody we write to' }).click()
    await shoot(page, 'reattach-nobody')
    await page.getByTestId('confirm').click()
    await expect.poll(async () => (await round.sequence()).unique_replied).toBe(0)
    expect(faults).toEqual([])
  },
  60_000,
)

browserTest(
  'a person is deleted after the page has said what ends and what stays',
  async () => {
    await page.goto(personAt('cleo@two.test'))
    await page.getByTestId('delete-person').click()
    await page.getByText('They are in 1 sequence: each ends for them, and nothing more is sent.').waitFor()
    await shoot(page, 'delete-person')
    await whole('delete-person-390')
    await page.getByTestId('confirm').click()
    await page.getByText('Cleo is deleted.').waitFor()
    await page.getByTestId('person-row').first().waitFor()
    expect(await page.getByText('cleo@two.test').count()).toBe(0)
    await page.goto(at('/people'))
    await enrollment('cleo@two.test').getByText('The contact was deleted').waitFor()
    expect(await enrollment('cleo@two.test').getByRole('button', { name: 'Retry' }).count()).toBe(0)
    await shoot(page, 'deleted-in-sequence')
    expect(await round.sequence()).toMatchObject({ unique_delivered: ADDRESSES.length })
    expect(faults).toEqual([])
  },
  60_000,
)

browserTest(
  'a sequence is told to hold colleagues of whoever answers and to leave the stage of another name, and both happen',
  async () => {
    await page.goto(at('/settings'))
    await choose('sequence-company-rule', 'The others are held until a person decides')
    await choose('stage-rule-replied', 'Interested')
    await page.getByTestId('stage-rule-replied').scrollIntoViewIfNeeded()
    await shoot(page, 'stopping-settings')
    await whole('stopping-settings-390')
    expect(await round.sequence()).toMatchObject({ same_account_reply_policy: 'stop' })

    await round.respond('ann@one.test', 'answer', 'Gladly, on Thursday.')
    await page.goto(at('/people'))
    await enrollment('ann@one.test').getByText('Answered').first().waitFor()
    await enrollment('ben@one.test')
      .getByText(/company/)
      .waitFor()
    await shoot(page, 'stopping-people')
    await whole('stopping-people-390')
    await page.goto(personAt('ann@one.test'))
    await page.getByText('Interested', { exact: true }).waitFor()
    await shoot(page, 'stopping-ann')

    await here.segue.post('/clock', { advance: '4d' })
    await page.goto(at('/people?state=held'))
    await enrollment('ben@one.test').getByText('Held').waitFor()
    await shoot(page, 'stopping-held')
    await enrollment('ben@one.test').getByRole('button', { name: 'Retry' }).click()
    await page.getByText('Released. It goes on from the same step.').waitFor()
    await expect
      .poll(async () => (await round.received()).filter(({ to }) => to === 'ben@one.test').length, {
        timeout: 20_000,
      })
      .toBe(2)
    expect(faults).toEqual([])
  },
  60_000,
)
