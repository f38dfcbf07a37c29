// What stopped by itself, in a real browser: the mailbox and the sequence say why, a click lets the mailbox go on; and what an answer means is said.
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { beforeAll, expect } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { hasChromium, shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { onPhone } from '../support/page.ts'
import { faultsOf } from './audit.ts'

const WORDS = '30 of 200 emails in 7 days came back'
const here = browsing()
let page: Page

const run = (query: ReturnType<typeof sql>) => query.execute(kysely(here.segue.house.pools.control))

beforeAll(async () => {
  if (!hasChromium) return
  page = await here.browser.newPage({ baseURL: here.segue.url, viewport: { width: 1440, height: 900 } })
  await page.request.post('/api/v1/session', {
    data: { email: 'rae@acme.test', password: 'correct horse battery' },
    headers: { origin: here.segue.url },
  })
})

browserTest(
  'before too much comes back the mailbox and the sequence say how much it is, of how many, and where it stops',
  async () => {
    const { body } = await here.segue.post('/sequences', {
      name: 'Offers',
      emailer_steps: [{ type: 'auto_email', wait_time: 0, wait_mode: 'day', emailer_touches: [] }],
    })
    const { id } = body.emailer_campaign
    await run(sql`update sequences set active = true where id = ${id}`)
    await run(sql`
      insert into messages (team_id, id, sequence_id, step_id, mailbox_id, state, rfc_id, from_address, to_address, address_hash, body_hash,
        counted_at, marked_at, settled_at, created_at, updated_at, bounce, bounced_at)
      select m.team_id, lpad(to_hex(i), 24, '0'), ${id}, st.id, m.id, 'accepted', '<' || i || '@segue.test>', m.address, i || '@client.test', '', '',
        m.created_at, m.created_at, m.created_at, m.created_at, m.created_at, case when i <= 18 then 'hard' end,
        case when i <= 18 then m.created_at end
      from generate_series(1, 250) as i, mailboxes m, steps st where st.sequence_id = ${id}`)
    await run(sql`update sequences set record_from = created_at - interval '1 hour'`)
    await run(sql`update mailboxes set record_from = created_at - interval '1 hour'`)
    const words = '18 of 250 emails in 7 days came back (7.2 %). At 10 % it is stopped by itself.'
    for (const [path, name] of [
      ['/mailboxes', 'mailbox'],
      [`/sequences/${id}`, 'sequence'],
    ]) {
      await page.goto(path!)
      await page.getByTestId('reputation-warning').getByText(words).waitFor()
      await shoot(page, `warned-${name}`)
      await onPhone(page, async () => {
        expect(await faultsOf(page)).toEqual([])
        await shoot(page, `warned-${name}-390`)
      })
    }
    await page.goto('/sequences')
    await page.getByTestId('sequence-row').getByText('Near its limit').waitFor()
    await shoot(page, 'warned-list')
    await run(sql`update sequences set active = false where id = ${id}`)
  },
  60_000,
)

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
