// Every screen on the whole program, in a real browser: readable, named, never cut off, at three widths and in both schemes; walked with the keyboard; honest when the server fails.
import { expect } from 'vitest'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { type Look, signedInPage } from '../support/page.ts'
import { until } from '../support/until.ts'
import { faultsOf } from './audit.ts'

const PEOPLE = 30
/** 80 characters and no place to break. */
const LONG_NAME = `Maximiliana-${'Hohenstaufen'.repeat(6)}`.slice(0, 80)

const here = browsing({ SEGUE_TIME_TRAVEL: '1' }, { fill })
let sequenceId: string
let contactId: string
let mailId: string

/** A sequence under way, with an answer. */
async function fill(): Promise<void> {
  const ids: string[] = []
  for (let i = 0; i < PEOPLE; i++) {
    const first_name = i === 1 ? LONG_NAME : `Pat${i}`
    const person = {
      first_name,
      last_name: 'Lee',
      email: `pat${i}@corp${i % 7}.test`,
      organization_name: `Corp ${i % 7}`,
    }
    ids.push((await here.segue.post('/contacts', person)).body.contact.id)
  }
  contactId = ids[0]!
  const touch = (type: string, subject: string) => ({
    type,
    status: 'approved',
    emailer_template: { subject, body_html: '<p>Hi {{first_name}}, how is {{company}}?</p>' },
  })
  const { body } = await here.segue.post('/sequences', {
    name: 'A sequence with a name that is far longer than anybody should write, yet somebody will',
    emailer_steps: [
      {
        type: 'auto_email',
        wait_time: 0,
        wait_mode: 'day',
        emailer_touches: [touch('new_thread', 'A question, {{first_name}}')],
      },
      { type: 'auto_email', wait_time: 2, wait_mode: 'day', emailer_touches: [touch('reply_to_thread', '')] },
    ],
  })
  sequenceId = body.emailer_campaign.id
  const mailboxes = await here.segue.get('/email_accounts')
  await here.segue.post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    emailer_campaign_id: sequenceId,
    contact_ids: ids,
    send_email_from_email_account_id: mailboxes.body.email_accounts[0].id,
  })
  await here.segue.post(`/emailer_campaigns/${sequenceId}/approve`)
  const mails = () => here.segue.post('/sandbox/search', { q: 'pat0@' })
  mailId = (await until(mails, ({ body: found }) => found.mails.length === 1, { seconds: 30 })).body.mails[0]
    .id
  await here.segue.post(`/sandbox/mails/${mailId}/answer`, { kind: 'answer', text: 'Yes, on Thursday.' })
  await until(
    () => here.segue.post('/inbound/search'),
    ({ body: found }) => found.inbound.length === 1,
    { seconds: 30 },
  )
}

const open = (look: Look) => signedInPage(here.browser, here.segue, look)

const screens = (): Record<string, string> => ({
  home: '/',
  sequences: '/sequences',
  'new-sequence': '/sequences?new=1',
  steps: `/sequences/${sequenceId}`,
  people: `/sequences/${sequenceId}/people`,
  'add-people': `/sequences/${sequenceId}/people?add=1`,
  'sequence-settings': `/sequences/${sequenceId}/settings`,
  activity: `/sequences/${sequenceId}/activity`,
  'rows-behind-a-number': `/sequences?rows=people&of=${sequenceId}&show=replied`,
  contacts: '/people',
  'person-drawer': `/people?person=${contactId}`,
  person: `/people/${contactId}`,
  import: '/people/import',
  inbox: '/inbox',
  tasks: '/tasks',
  mailboxes: '/mailboxes',
  sandbox: `/sandbox?mail=${mailId}`,
  team: '/settings/team',
  schedules: '/settings/schedules',
  'do-not-contact': '/settings/do-not-contact',
  keys: '/settings/keys',
  'in-doubt': '/in-doubt',
  nowhere: '/nowhere',
})

const LOOKS: Look[] = [
  { width: 1440, height: 900, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
  { width: 1024, height: 768, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'light' },
]

for (const look of LOOKS)
  browserTest(
    `every screen is readable and whole at ${look.width} px, ${look.colorScheme}`,
    async () => {
      const { page, faults } = await open(look)
      const found: Record<string, string[]> = {}
      for (const [name, path] of Object.entries(screens())) {
        await page.goto(`${here.segue.url}${path}`, { waitUntil: 'networkidle' })
        const amiss = await faultsOf(page)
        if (amiss.length > 0) found[name] = amiss
        await shoot(page, `${name}-${look.width}-${look.colorScheme}`)
      }
      expect(found).toEqual({})
      expect(faults).toEqual([])
      await page.context().close()
    },
    120_000,
  )

browserTest(
  'a list is walked with the arrow keys, a row opens with Enter and closes with Escape',
  async () => {
    const { page } = await open(LOOKS[0]!)
    await page.goto(`${here.segue.url}/people`)
    const rows = page.getByTestId('person-row')
    await rows.first().focus()
    await page.keyboard.press('ArrowDown')
    expect(await rows.nth(1).and(page.locator(':focus')).count()).toBe(1)
    await page.keyboard.press('Enter')
    await page.getByTestId('person-panel').waitFor()
    expect(new URL(page.url()).searchParams.get('person')).toMatch(/^[0-9a-f]{24}$/)
    await page.keyboard.press('Escape')
    await page.getByTestId('person-panel').waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('')
    await page.context().close()
  },
  60_000,
)

browserTest(
  'Ctrl K finds a person and goes there',
  async () => {
    const { page } = await open(LOOKS[0]!)
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Search people, sequences, mails').fill('pat7')
    await page.getByText('pat7@corp0.test').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Pat7 Lee' }).waitFor()
    await page.context().close()
  },
  60_000,
)

browserTest(
  'a server that fails is said in a sentence with a way out, and the way out works',
  async () => {
    const { page } = await open(LOOKS[0]!)
    const answer = {
      status: 503,
      json: { error: 'The database does not answer. Segue goes on by itself as soon as it is back.' },
    }
    await page.route('**/api/v1/contacts/search', (route) => route.fulfill(answer))
    await page.goto(`${here.segue.url}/people`)
    await page.getByTestId('error-state').getByText('The database does not answer.').waitFor()
    await page.unroute('**/api/v1/contacts/search')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByTestId('person-row').first().waitFor()
    await page.context().close()
  },
  60_000,
)

browserTest(
  'unsaved words are not lost by leaving without being asked',
  async () => {
    const { page } = await open(LOOKS[0]!)
    await page.goto(`${here.segue.url}/sequences/${sequenceId}`)
    await page.getByTestId('step-1').getByTestId('open-wording').click()
    await page.getByTestId('step-subject').fill('Another question')
    await page.getByRole('link', { name: 'People', exact: true }).click()
    await page.getByText('Leave without saving?').waitFor()
    await page.getByRole('button', { name: 'Stay' }).click()
    expect(await page.getByTestId('step-subject').inputValue()).toBe('Another question')
    await page.getByTestId('save-steps').click()
    await page.getByText('The new wording of step 1 reaches').waitFor()
    // Nothing else was changed, and nothing else is said.
    expect(await page.getByRole('dialog').getByRole('listitem').count()).toBe(1)
    await shoot(page, 'save-while-active')
    await page.context().close()
  },
  60_000,
)
