// Removing a mailbox on its card, in a real browser: asked once, refused in words while something stands in the way, then gone.
import { expect } from 'vitest'
import { browserTest, browsing } from '../support/browsing.ts'

const here = browsing()

async function connect(more: Record<string, unknown>): Promise<string> {
  const login = { host: '127.0.0.1', port: 9, tls: 'none', user: 'me', password: 'secret' }
  const { body } = await here.segue.post('/email_accounts', { smtp: login, imap: login, ...more })
  return body.email_account.id
}

browserTest(
  'a mailbox that reads for a relay is kept with the reason; without the relay it goes',
  async () => {
    const id = await connect({ email: 'sales@acme.test' })
    const relay = await connect({ email: 'news@acme.test', imap: null, reads_via: id })
    const page = await here.browser.newPage({ baseURL: here.segue.url })
    await page.request.post('/api/v1/session', {
      data: { email: 'rae@acme.test', password: 'correct horse battery' },
      headers: { origin: here.segue.url },
    })
    await page.goto('/mailboxes')
    const card = page.getByTestId('mailbox-card').filter({ has: page.getByText('sales@acme.test') })
    await card.getByTestId('remove-mailbox').first().click()
    const dialog = page.getByRole('dialog', { name: 'Remove sales@acme.test?' })
    await dialog.getByTestId('confirm').click()
    await dialog.getByText(/sales@acme\.test reads the answers of news@acme\.test/).waitFor()
    expect((await here.segue.call('DELETE', `/email_accounts/${relay}`)).status).toBe(200)
    await dialog.getByTestId('confirm').click()
    await page.getByText('sales@acme.test was removed.').waitFor()
    await card.waitFor({ state: 'detached' })
    const { body } = await here.segue.get('/email_accounts')
    expect(body.email_accounts).toMatchObject([{ is_sandbox: true }])
  },
  60_000,
)
