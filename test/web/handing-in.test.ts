// Handing in files and lists in the page: what will happen is said before it happens, and what cannot be read is named.
import { sql } from 'kysely'
import { expect } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { shoot } from '../support/browser.ts'
import { browserTest, browsing } from '../support/browsing.ts'
import { signedInPage } from '../support/page.ts'

const here = browsing()

const suppressed = async (): Promise<string[]> => {
  const { body } = await here.segue.post('/suppressions/search', { per_page: 100 })
  return body.suppressions.map((row: { value: string }) => row.value).toSorted()
}

browserTest(
  'a pasted table suppresses one address per row, after saying which lines cannot be read',
  async () => {
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.goto(`${here.segue.url}/settings/do-not-contact?add=1`)
    await page.getByTestId('suppressions-text').fill('jo@acme.test,Jo,gmail.com\nAcme Inc\n@never.test')
    await page.getByTestId('suppressions-review').click()
    const outcome = page.getByTestId('suppressions-outcome')
    await outcome.getByText('2 will be added').waitFor()
    await outcome.getByText('Line 1: jo@acme.test, not Jo, gmail.com').waitFor()
    await outcome.getByText(/^Line 2: .*Acme Inc/).waitFor()
    expect(await suppressed()).toEqual([])
    await shoot(page, 'suppressions-typed')
    await page.getByTestId('suppressions-add').click()
    await page.getByText('2 added to the do-not-contact list.').waitFor()
    expect(await suppressed()).toEqual(['jo@acme.test', 'never.test'])
    expect(faults).toEqual([])
    await page.context().close()
  },
  60_000,
)

browserTest(
  'a UTF-16 file of suppressions is read by the server, one column of it',
  async () => {
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.goto(`${here.segue.url}/settings/do-not-contact?add=1`)
    const csv = '\ufeffName\tE-Mail\tProvider\nJürgen\tjuergen@file.test\tyahoo.com\nKim\tnobody\tgmx.de\n'
    await page.getByTestId('suppressions-file').setInputFiles({
      name: 'stop.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(csv, 'utf16le'),
    })
    const outcome = page.getByTestId('suppressions-outcome')
    await outcome.getByText('1 will be added').waitFor()
    await outcome.getByText(/^Row 3: /).waitFor()
    await shoot(page, 'suppressions-file')
    await page.reload()
    await outcome.getByText('1 will be added').waitFor()
    await page.getByTestId('suppressions-add').click()
    await page.getByTestId('suppressions-done').getByText('1 added.').waitFor()
    await shoot(page, 'suppressions-done')
    expect(await suppressed()).toContain('juergen@file.test')
    expect((await suppressed()).filter((value) => /yahoo|gmx/.test(value))).toEqual([])
    expect(faults).toEqual([])
    await page.context().close()
  },
  60_000,
)

browserTest(
  'an import that stopped goes on behind its last row, with the columns and lists it began with',
  async () => {
    const { page, faults } = await signedInPage(here.browser, here.segue)
    await page.goto(`${here.segue.url}/people/import`)
    const csv = 'Surname,First name,Email\nLee,Pat,pat@go.test\nPark,Kim,kim@go.test\n'
    await page.getByTestId('import-file').setInputFiles({
      name: 'people.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(csv),
    })
    await page.getByTestId('dry-run').getByText('2 new').waitFor()
    const id = page.url().split('/').at(-1)!
    // As a fault of our own after the first row leaves it.
    await sql`
      update imports set state = 'failed', rows_read = 1, rows_created = 1, problem = 'Segue met a fault of its own after row 1.',
        mapping = ${JSON.stringify({ Surname: 'last_name', 'First name': 'first_name', Email: 'email' })}::jsonb,
        options = options || ${JSON.stringify({ wishes: { listNames: ['Fair'], timeZoneDefault: null } })}::jsonb
      where id = ${id}`.execute(kysely(here.segue.house.pools.api))
    await page.reload()
    await page
      .getByTestId('import-stopped')
      .getByText(/after 1 of 2 rows/)
      .waitFor()
    await shoot(page, 'import-stopped')
    await page.getByTestId('import-go-on').click()
    await page.getByTestId('import-done').waitFor()
    const { body } = await here.segue.post('/contacts/search', { q_keywords: 'go.test' })
    expect(body.contacts.map((one: { email: string }) => one.email)).toEqual(['kim@go.test'])
    expect(body.contacts[0].label_ids).toHaveLength(1)
    expect(faults).toEqual([])
    await page.context().close()
  },
  60_000,
)
