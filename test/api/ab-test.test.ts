/** A/B tests over the API: weights of the touches of a step, their results with intervals, and what they show. */
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Id } from '../../src/core/ids.ts'
import { kysely } from '../../src/store/db.ts'
import { type Api, startApi } from '../support/api.ts'

let api: Api
let id: Id

const touch = (subject: string, more: object = {}) => ({
  type: 'new_thread',
  status: 'approved',
  emailer_template: { subject, body_html: '<p>Hello</p>' },
  ...more,
})

beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())
beforeEach(async () => {
  const { body } = await api.post('/sequences', {
    name: 'Test',
    emailer_steps: [
      {
        type: 'auto_email',
        wait_time: 0,
        wait_mode: 'day',
        emailer_touches: [touch('One', { weight: 3 }), touch('Two')],
      },
    ],
  })
  id = body.emailer_campaign.id
})

const shown = async () => (await api.get(`/emailer_campaigns/${id}`)).body

async function count(variantId: Id, metric: string, n: number): Promise<void> {
  await sql`
    insert into stat_totals (team_id, sequence_id, step_id, variant_id, metric, n)
    select v.team_id, ${id}, v.step_id, v.id, ${metric}, ${n} from variants v where v.id = ${variantId}`.execute(
    kysely(api.db),
  )
}

test('a touch has the weight that it was given, 1 without one', async () => {
  expect((await shown()).emailer_touches.map((one: { weight: number }) => one.weight)).toEqual([3, 1])
})

test('no difference is shown before there are enough emails, and then only when the intervals speak', async () => {
  const before = await shown()
  const [one, two] = before.emailer_touches.map((each: { id: Id }) => each.id)
  expect(before.emailer_steps[0].ab_test).toEqual({
    state: 'too_few',
    sentence: 'No difference shown yet: each wording needs 200 delivered emails, A has 0, B has 0.',
    leader: null,
  })
  expect(before.emailer_touches[0].results.replied).toEqual({ n: 0, of: 0, rate: null, low: 0, high: 1 })
  for (const [variant, replied] of [
    [one, 12],
    [two, 48],
  ]) {
    await count(variant, 'delivered', 400)
    await count(variant, 'replied', replied)
  }
  const after = await shown()
  expect(after.emailer_steps[0].ab_test).toMatchObject({ state: 'difference', leader: two })
  expect(after.emailer_touches[1].results.replied).toMatchObject({ n: 48, of: 400, rate: 0.12 })
  expect(after.emailer_touches[1].results.opened).toMatchObject({ of: 0, rate: null })
})

test('a wording is switched off by the weight 0, and is no part of the test any more; not all of them can be', async () => {
  const { emailer_steps, emailer_touches } = await shown()
  const put = (weights: number[]) =>
    api.put(`/sequences/${id}`, {
      emailer_steps: [
        {
          id: emailer_steps[0].id,
          emailer_touches: emailer_touches.map((one: { id: Id }, i: number) => ({
            id: one.id,
            weight: weights[i],
          })),
        },
      ],
    })
  expect((await put([1, 0])).status).toBe(200)
  const off = await shown()
  expect(off.emailer_touches.map((one: { weight: number }) => one.weight)).toEqual([1, 0])
  expect(off.emailer_steps[0].ab_test).toBe(null)
  const none = await put([0, 0])
  expect([none.status, none.body.error]).toEqual([
    422,
    'Step 1 has every wording switched off (weight 0). Switch one on, or take the step out.',
  ])
  expect((await put([1, 1001])).status).toBe(422)
})
