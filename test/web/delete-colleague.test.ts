// Deleting a colleague under Settings, in a real browser: whom it touches is said, what becomes of their mailboxes is asked.
import { sql } from 'kysely'
import { expect } from 'vitest'
import { newId } from '../../src/core/ids.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { insertUser } from '../../src/store/users.ts'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'

const here = browsing()

browserTest(
  'a colleague is deleted after the page has said whom it touches: their people fail with "User deleted"; also 390 px wide',
  async () => {
    const db = here.segue.house.pools.api
    const { users } = (await here.segue.post('/users/search')).body
    const { rows } = await sql<{
      team: number
    }>`select team_id as team from users where id = ${users[0].id}`.execute(kysely(db))
    const now = Date.parse(users[0].created_at) + 1_000
    const ben = newId(now, seededRandom('ben'))
    const names = { name: 'Ben Seller', firstName: 'Ben', lastName: 'Seller', email: 'ben@acme.test' }
    await insertUser(db, { id: ben, team: rows[0]!.team, ...names, role: 'member', now })
    const login = { host: '127.0.0.1', port: 9, tls: 'none', user: 'me', password: 'secret' }
    const made = await here.segue.post('/email_accounts', {
      smtp: login,
      imap: login,
      email: 'ben@acme.test',
    })
    const mailbox = made.body.email_account.id
    await sql`update mailboxes set state = 'connected', user_id = ${ben} where id = ${mailbox}`.execute(
      kysely(db),
    )
    const step = { type: 'call', wait_time: 1, wait_mode: 'day' }
    const { id } = (await here.segue.post('/sequences', { name: 'Spring', emailer_steps: [step] })).body
      .emailer_campaign
    await here.segue.post(`/sequences/${id}/confirm_always`)
    const { contact } = (await here.segue.post('/contacts', { first_name: 'Ann', email: 'ann@client.test' }))
      .body
    const added = await here.segue.post(`/emailer_campaigns/${id}/add_contact_ids`, {
      contact_ids: [contact.id],
      send_email_from_email_account_id: mailbox,
    })
    expect(added.body.skipped_contact_ids).toEqual({})
    const page = await here.browser.newPage({ baseURL: here.segue.url })
    await page.request.post('/api/v1/session', {
      data: { email: 'rae@acme.test', password: 'correct horse battery' },
      headers: { origin: here.segue.url },
    })
    await page.goto('/settings/team')
    await page.getByTestId('delete-colleague').click()
    const dialog = page.getByRole('dialog', { name: 'Delete Ben Seller?' })
    await dialog.getByText('What becomes of ben@acme.test, with 1 person in sequences?').waitFor()
    expect(await dialog.getByTestId('confirm').isDisabled()).toBe(true)
    await shoot(page, 'delete-colleague')
    await page.setViewportSize({ width: 390, height: 844 })
    await shoot(page, 'delete-colleague-390')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await dialog.getByTestId('mailboxes-fail').click()
    await dialog.getByTestId('confirm').click()
    await page.getByText(/^Ben Seller is deleted; Rae Seller takes over\. 1 enrollment failed/).waitFor()
    await page.getByTestId('delete-colleague').waitFor({ state: 'detached' })
    const { enrollments } = (await here.segue.post('/enrollments/search', { sequence_id: id })).body
    expect(enrollments).toMatchObject([{ state: 'failed', sentence: 'The person who sent was deleted.' }])
    await page.close()
  },
  60_000,
)
