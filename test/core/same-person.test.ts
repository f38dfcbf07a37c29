import { expect, test } from 'vitest'
import { planMerge, type Standing } from '../../src/core/same-person.ts'

const standing = (id: string, contactId: string, more: Partial<Standing> = {}): Standing => ({
  ...{ id, contactId, sequenceId: 'spring', state: 'active', stepPosition: 1, sent: 0 },
  ...more,
})
const plan = (standings: Standing[], more: { taken?: string[]; newAddress?: boolean } = {}) =>
  planMerge(standings, { keptId: 'kept', taken: new Set(more.taken), newAddress: more.newAddress ?? false })

test('the further step stays; on one step who got more emails, else the kept one', () => {
  const other = standing('b', 'other', { stepPosition: 2 })
  expect(plan([standing('a', 'kept', { sent: 9 }), other])).toEqual({ ending: ['a'], hiding: ['a'] })
  expect(plan([standing('a', 'kept'), standing('b', 'other', { sent: 1 })]).ending).toEqual(['a'])
  expect(plan([standing('b', 'other'), standing('a', 'kept')]).ending).toEqual(['b'])
})

test('who has finished is not brought back, and what failed stands behind what is alive; neither ends once more', () => {
  const finished = standing('a', 'kept', { state: 'finished' })
  expect(plan([finished, standing('b', 'other', { stepPosition: 3 })])).toEqual({
    ending: ['b'],
    hiding: ['b'],
  })
  const failed = standing('a', 'kept', { state: 'failed', stepPosition: 3 })
  expect(plan([failed, standing('b', 'other', { state: 'paused' })])).toEqual({ ending: [], hiding: ['a'] })
})

test('what is in different sequences goes on in both', () => {
  const elsewhere = standing('b', 'other', { sequenceId: 'autumn' })
  expect(plan([standing('a', 'kept'), elsewhere])).toEqual({ ending: [], hiding: [] })
})

test('where yet another contact has the address that stays, nobody joins; who was there before is not asked', () => {
  expect(plan([standing('b', 'other')], { taken: ['spring'] })).toEqual({ ending: ['b'], hiding: [] })
  expect(plan([standing('a', 'kept')], { taken: ['spring'] }).ending).toEqual([])
  expect(plan([standing('a', 'kept')], { taken: ['spring'], newAddress: true }).ending).toEqual(['a'])
  const both = [standing('a', 'kept'), standing('b', 'other', { sent: 1 })]
  expect(plan(both, { taken: ['spring'] })).toEqual({ ending: ['a', 'b'], hiding: ['a'] })
})
