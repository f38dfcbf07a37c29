/** The switches that track openings and clicks: off unless somebody turns them on, and refused where recipients could not reach us. */
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { type Api, startApi } from '../support/api.ts'
import { newSequence } from '../support/outreach.ts'

let api: Api
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

const reachedAt = (publicUrl: string | null) => {
  api.context.settings.publicUrl = publicUrl
}
const withRealMailbox = () =>
  sql`update mailboxes set kind = 'smtp', address = 'sales@acme.test', state = 'connected'`.execute(
    kysely(api.db),
  )
const change = async (id: string, body: object) =>
  api.call({ method: 'PATCH', path: `/sequences/${id}`, body })
const shown = async (id: string) => {
  const { body } = await api.get(`/emailer_campaigns/${id}`)
  const { open_tracking_enabled: opens, click_tracking_enabled: clicks } = body.emailer_campaign
  return { opens, clicks }
}

test('a sequence tracks nothing unless it is said, and each by itself', async () => {
  const { id } = await newSequence(api)
  expect(await shown(id)).toEqual({ opens: false, clicks: false })
  expect((await change(id, { click_tracking_enabled: true })).status).toBe(200)
  expect(await shown(id)).toEqual({ opens: false, clicks: true })
  expect((await change(id, { name: 'Renamed' })).status).toBe(200)
  expect(await shown(id)).toEqual({ opens: false, clicks: true })
})

test.each([[null], ['http://segue.acme.test']])(
  'with a real mailbox and the public address %s both switches are refused in a sentence with the way out',
  async (publicUrl) => {
    const { id } = await newSequence(api)
    await withRealMailbox()
    reachedAt(publicUrl)
    for (const key of ['open_tracking_enabled', 'click_tracking_enabled']) {
      const { status, body } = await change(id, { [key]: true })
      expect(status).toBe(422)
      expect(body.error).toMatch(/Mail from sales@acme\.test cannot be tracked.*SEGUE_PUBLIC_URL.*https/)
      const made = await api.post('/sequences', { name: 'New', [key]: true })
      expect(made.status).toBe(422)
    }
    expect(await shown(id)).toEqual({ opens: false, clicks: false })
  },
)

test('over https a real mailbox may track', async () => {
  const { id } = await newSequence(api)
  await withRealMailbox()
  reachedAt('https://segue.acme.test')
  expect((await change(id, { open_tracking_enabled: true })).status).toBe(200)
  expect(await shown(id)).toEqual({ opens: true, clicks: false })
})

test('what was turned on with the sandbox alone stays on when a real mailbox comes, can be sent again, and is warned of', async () => {
  const { id } = await newSequence(api, { open_tracking_enabled: true })
  await withRealMailbox()
  expect((await change(id, { open_tracking_enabled: true, name: 'Same' })).status).toBe(200)
  const { body } = await api.get(`/sequences/${id}/readiness`)
  expect(body.warnings).toContainEqual(expect.stringContaining('cannot be tracked'))
})

test('a sequence that ends with a click but does not track clicks is warned of', async () => {
  const { id } = await newSequence(api, { mark_finished_if_click: true })
  const warnings = async () => (await api.get(`/sequences/${id}/readiness`)).body.warnings
  expect(await warnings()).toContainEqual(expect.stringContaining('clicks are not tracked'))
  await change(id, { click_tracking_enabled: true })
  expect(await warnings()).toEqual([])
})

test('a call for openings that are not tracked: readiness says that there will be none, until they are', async () => {
  const { id } = await newSequence(api, { create_task_if_email_open: true })
  const warned = async () => (await api.get(`/sequences/${id}/readiness`)).body.warnings.join(' ')
  expect(await warned()).toContain('Track openings, or there will be no such call.')
  await change(id, { open_tracking_enabled: true })
  expect(await warned()).not.toContain('there will be no such call')
  const refused = await change(id, { email_open_trigger_task_threshold: 1_000 })
  expect(refused.status).toBe(422)
})
