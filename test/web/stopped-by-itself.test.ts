// What stopped by itself, in a real browser: the mailbox and the sequence say why, a click lets the mailbox go on; and what an answer means is said.
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { beforeAll, expect } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { hasChromium, shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'

const WORDS = '30 of 200 emails in 7 days came back'
const here = browsing()
let page: Page

beforeAll(async () => {
  if (!hasChromium) return
  page = await here.browser.newPage({ baseURL: here.segue.url, viewport: { width: 1440, height: 900 } })
  await page.request.post('/api/v1/session', {
    data: { email: 'rae@acme.test', password: 'correct horse battery' },
    headers: { origin: here.segue.url },
  })
})

browserTest(
  'a mailbox that was stopped says why on its card, and goes on when a person says so',
  async () => {
    await sql`update mailboxes set suspended_at = created_at, suspended_for = ${WORDS}`.execute(
      kysely(here.segue.house.pools.api),
    )
    await page.goto('/mailboxes')
    const card = page.getByTestId('mailbox-card')
    await card.getByText(`Stopped: ${WORDS}.`).waitFor()
    await card.getByText('nothing is sent now').waitFor()
    await shoot(page, 'mailbox-stopped')
    await card.getByTestId('end-suspension').click()
    await shoot(page, 'mailbox-go-on')
    await page.getByTestId('confirm').click()
    await page.getByText('goes on.').waitFor()
    const { body } = await here.segue.get('/email_accounts')
    expect(body.email_accounts).toMatchObject([{ suspended_at: null }])
  },
  60_000,
)

browserTest(
  'a sequence that was turned off by itself says since when and why',
  async () => {
    const { body } = await here.segue.post('/sequences', { name: 'News' })
    await sql`update sequences set auto_paused_at = created_at, auto_pause_words = ${WORDS}`.execute(
      kysely(here.segue.house.pools.api),
    )
    await page.goto(`/sequences/${body.emailer_campaign.id}`)
    await page.getByRole('alert').getByText(WORDS).waitFor()
    await shoot(page, 'sequence-stopped')
  },
  60_000,
)

browserTest(
  'what an answer means is said in the inbox, after the page has said what follows',
  async () => {
    const { body } = await here.segue.post('/contacts', {
      first_name: 'Pat',
      last_name: 'Lee',
      email: 'pat@corp.test',
    })
    await sql`
      insert into inbound (team_id, id, rfc_id, mailbox_id, folder, uid, kind, from_address, from_name, subject, body, contact_id, received_at, read_at)
      select team_id, ${'a'.repeat(24)}, '<a@corp.test>', id, 'INBOX', 1, 'reply', 'pat@corp.test', 'Pat Lee', 'Re: Hello', 'We could talk.',
        ${body.contact.id}, created_at, created_at from mailboxes`.execute(kysely(here.segue.house.pools.api))
    await page.goto('/inbox')
    await page.getByText('Re: Hello').first().click()
    await page.getByTestId('reply-class').click()
    await page.getByRole('option', { name: 'Would meet' }).click()
    await page.getByText('They move to Interested').waitFor()
    await shoot(page, 'reply-class')
    await page.getByTestId('confirm').click()
    await page.getByText('Saved: Would meet.').waitFor()
    const { inbound } = (await here.segue.post('/inbound/search')).body
    expect(inbound).toMatchObject([{ reply_class: 'willing_to_meet' }])
  },
  60_000,
)
