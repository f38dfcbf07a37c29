// Removing a mailbox on its card, in a real browser: it says whom it touches, asks what becomes of them, and what stands in the way is said.
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { faultsOf } from './audit.ts'

const here = browsing()

async function connect(more: Record<string, unknown>): Promise<string> {
  const login = { host: '127.0.0.1', port: 9, tls: 'none', user: 'me', password: 'secret' }
  const { body } = await here.segue.post('/email_accounts', { smtp: login, imap: login, ...more })
  return body.email_account.id
}

async function signedIn(): Promise<Page> {
  const page = await here.browser.newPage({ baseURL: here.segue.url })
  await page.request.post('/api/v1/session', {
    data: { email: 'rae@acme.test', password: 'correct horse battery' },
    headers: { origin: here.segue.url },
  })
  await page.goto('/mailboxes')
  return page
}

const cardOf = (page: Page, email: string) =>
  page.getByTestId('mailbox-card').filter({ has: page.getByText(email) })

browserTest(
  'a mailbox that reads for a relay is kept with the reason; without the relay it goes',
  async () => {
    await connect({ email: 'sales@acme.test' })
    const [{ id }] = (await here.segue.get('/email_accounts')).body.email_accounts.filter(
      (one: { email: string }) => one.email === 'sales@acme.test',
    )
    const relay = await connect({ email: 'news@acme.test', imap: null, reads_via: id })
    const page = await signedIn()
    const card = cardOf(page, 'sales@acme.test')
    await card.getByTestId('remove-mailbox').first().click()
    const dialog = page.getByRole('dialog', { name: 'Remove sales@acme.test?' })
    await dialog.getByText(/It reads the answers of news@acme\.test/).waitFor()
    expect(await dialog.getByTestId('confirm').isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    expect((await here.segue.call('DELETE', `/email_accounts/${relay}`)).status).toBe(200)
    await card.getByTestId('remove-mailbox').first().click()
    await dialog.getByText(/It sends nothing more/).waitFor()
    await dialog.getByTestId('confirm').click()
    await page.getByText('sales@acme.test was removed.').waitFor()
    await card.waitFor({ state: 'detached' })
    const { body } = await here.segue.get('/email_accounts')
    expect(body.email_accounts).toMatchObject([{ is_sandbox: true }])
    await page.close()
  },
  60_000,
)

async function connectedAs(email: string): Promise<string> {
  const id = await connect({ email })
  await sql`update mailboxes set state = 'connected' where id = ${id}`.execute(
    kysely(here.segue.house.pools.api),
  )
  return id
}

async function personFrom(mailboxId: string, first_name: string): Promise<string> {
  const step = { type: 'auto_email', wait_time: 0, wait_mode: 'minute', emailer_touches: [] }
  const { body } = await here.segue.post('/sequences', { name: `For ${first_name}`, emailer_steps: [step] })
  const { id } = body.emailer_campaign
  await here.segue.post(`/sequences/${id}/confirm_always`)
  const email = `${first_name.toLowerCase()}@client.test`
  const { contact } = (await here.segue.post('/contacts', { first_name, last_name: 'Ray', email })).body
  const added = await here.segue.post(`/emailer_campaigns/${id}/add_contact_ids`, {
    contact_ids: [contact.id],
    send_email_from_email_account_id: mailboxId,
  })
  expect(added.body.skipped_contact_ids).toEqual({})
  return id
}

browserTest(
  'with people in sequences it asks what becomes of them, and held ones go on from another mailbox; also 390 px wide',
  async () => {
    const old = await connectedAs('old@acme.test')
    const next = await connectedAs('next@acme.test')
    const sequence = await personFrom(old, 'Ann')
    const page = await signedIn()
    await cardOf(page, 'old@acme.test').getByTestId('remove-mailbox').first().click()
    const dialog = page.getByRole('dialog', { name: 'Remove old@acme.test?' })
    await dialog.getByText('What becomes of 1 person in For Ann?').waitFor()
    expect(await dialog.getByTestId('confirm').isDisabled()).toBe(true)
    await dialog.getByTestId('people-move').click()
    await dialog.getByText('1 person goes on from another mailbox.').waitFor()
    expect(await dialog.getByTestId('confirm').isDisabled()).toBe(true)
    await dialog.getByTestId('move-to').waitFor()
    await shoot(page, 'remove-mailbox')
    await page.setViewportSize({ width: 390, height: 844 })
    await shoot(page, 'remove-mailbox-390')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await page.setViewportSize({ width: 1440, height: 900 })
    await dialog.getByTestId('people-hold').click()
    await dialog.getByTestId('confirm').click()
    await page.getByText(/^old@acme\.test was removed\./).waitFor()
    await page.goto(`/sequences/${sequence}`)
    await page.getByTestId('tab-people').click()
    await page
      .getByText(/The mailbox that sends to this person is not connected, or was removed\./)
      .first()
      .waitFor()
    await shoot(page, 'held-without-mailbox')
    await page.getByTestId('choose-mailbox').first().click()
    const choosing = page.getByRole('dialog', { name: 'Who writes to them from now on?' })
    await choosing.getByRole('combobox', { name: 'Mailbox' }).click()
    await page.getByRole('option', { name: 'next@acme.test' }).click()
    await choosing.getByTestId('confirm').click()
    await page.getByText('It goes on from the same step.').waitFor()
    const { enrollments } = (await here.segue.post('/enrollments/search', { sequence_id: sequence })).body
    expect(enrollments).toMatchObject([{ state: 'active', mailbox_email: 'next@acme.test' }])
    expect(next).toBeTruthy()
    await page.close()
  },
  60_000,
)

browserTest(
  'what is left of a removed mailbox is listed: everybody who waits goes on from another one, and its reading can be ended; also 390 px wide',
  async () => {
    const gone = await connectedAs('gone@acme.test')
    await connectedAs('after@acme.test')
    const sequence = await personFrom(gone, 'Bea')
    await personFrom(gone, 'Cyd')
    const removed = await here.segue.call('DELETE', `/email_accounts/${gone}`, { people: 'hold' })
    expect(removed.body).toMatchObject({ held: 2 })
    // As if its inbox could be opened: nothing listens where this one is.
    await sql`update mailboxes set reads_until = updated_at + interval '30 days', read_problem = null where id = ${gone}`.execute(
      kysely(here.segue.house.pools.api),
    )
    const page = await signedIn()
    const row = page.getByTestId('removed-mailbox').filter({ hasText: 'gone@acme.test' })
    await row
      .getByText(/^2 people wait for another mailbox\. Its answers (are|should be) read until /)
      .waitFor()
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 })
      await row.scrollIntoViewIfNeeded()
      await shoot(page, `removed-mailboxes-${width}`)
      expect(await faultsOf(page), `at ${width} px`).toEqual([])
    }
    await row.getByTestId('choose-for-all').click()
    const dialog = page.getByRole('dialog', { name: 'Who writes to 2 people from now on?' })
    await dialog.getByText('after@acme.test').or(dialog.getByTestId('move-to')).first().waitFor()
    // One that is alone is chosen already.
    if (await dialog.getByTestId('confirm').isDisabled()) {
      await dialog.getByTestId('move-to').press('ArrowDown')
      await page.getByRole('option', { name: 'after@acme.test' }).click()
      await dialog.getByText('They were written to from').click()
    }
    await shoot(page, 'choose-for-all')
    await dialog.getByTestId('confirm').click()
    await page.getByText('2 people have another mailbox now.').waitFor()
    const { enrollments } = (await here.segue.post('/enrollments/search', { sequence_id: sequence })).body
    expect(enrollments).toMatchObject([{ state: 'active', mailbox_email: 'after@acme.test' }])
    await row.getByText(/^Its answers (are|should be) read until /).waitFor()
    await row.getByTestId('stop-reading').click()
    const stopping = page.getByRole('dialog', { name: 'Stop reading gone@acme.test?' })
    await stopping.getByText(/Its password is forgotten now\./).waitFor()
    await stopping.getByTestId('confirm').click()
    await row.waitFor({ state: 'detached' })
    await page.close()
  },
  60_000,
)
