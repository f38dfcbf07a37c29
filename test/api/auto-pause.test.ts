/** What stopped by itself says so, and a person lets it go on: mailboxes and sequences whose mail came back too often. */
import { sql } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { type Api, startApi } from '../support/api.ts'
import { newSequence, sandboxId } from '../support/outreach.ts'

let at: Api
afterEach(() => at.close())

test('a mailbox that was stopped says why, goes on when a person says so, and only then', async () => {
  at = await startApi()
  const id = await sandboxId(at)
  await sql`update mailboxes set suspended_at = created_at, suspended_for = '30 of 200 emails in 7 days came back'`.execute(
    kysely(at.db),
  )
  const { email_account } = (await at.get(`/email_accounts/${id}`)).body
  expect(email_account).toMatchObject({
    state_sentence: expect.stringMatching(/^Stopped: 30 of 200 emails in 7 days came back\./),
    next_free_at: null,
  })
  const gone = await at.post(`/email_accounts/${id}/end_suspension`)
  expect(gone.body.email_account).toMatchObject({
    suspended_at: null,
    suspended_for: null,
    ramp_up: expect.anything(),
  })
  const again = await at.post(`/email_accounts/${id}/end_suspension`)
  expect([again.status, again.body.error]).toEqual([422, expect.stringContaining('is not suspended')])
})

test('a sequence shows its thresholds, takes others, and refuses a warning above the pause', async () => {
  at = await startApi()
  const sequence = await newSequence(at)
  const usual = {
    evaluation_window_days: 7,
    min_volume: 200,
    warning_threshold_pct: 7,
    auto_pause_threshold_pct: 10,
  }
  const shown = async () => (await at.get(`/emailer_campaigns/${sequence.id}`)).body.emailer_campaign
  expect(await shown()).toMatchObject({
    auto_pause_enabled: true,
    auto_pause_config: usual,
    auto_paused_at: null,
  })
  const change = (body: object) => at.call({ method: 'PUT', path: `/sequences/${sequence.id}`, body })
  const strict = { ...usual, min_volume: 50, warning_threshold_pct: 3, auto_pause_threshold_pct: 5 }
  await change({ auto_pause_config: strict, auto_pause_enabled: false })
  expect(await shown()).toMatchObject({ auto_pause_enabled: false, auto_pause_config: strict })
  const wrong = await change({ auto_pause_config: { ...usual, warning_threshold_pct: 11 } })
  expect([wrong.status, wrong.body.parameter]).toEqual([422, 'auto_pause_config'])
  expect(wrong.body.error).toContain('warns at 11 %')
  await change({ auto_pause_config: null })
  expect(await shown()).toMatchObject({ auto_pause_config: usual })
})

test('a sequence that paused itself says since when and why; turning it on forgets it', async () => {
  at = await startApi()
  const sequence = await newSequence(at)
  await sql`update sequences set active = false, auto_paused_at = created_at, auto_pause_words = '30 of 200 emails in 7 days came back'`.execute(
    kysely(at.db),
  )
  const shown = async () => (await at.get(`/emailer_campaigns/${sequence.id}`)).body.emailer_campaign
  expect(await shown()).toMatchObject({
    active: false,
    auto_pause_words: '30 of 200 emails in 7 days came back',
  })
  expect((await at.post(`/emailer_campaigns/${sequence.id}/approve`)).status).toBe(200)
  expect(await shown()).toMatchObject({ active: true, auto_paused_at: null, auto_pause_words: null })
})
