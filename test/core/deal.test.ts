import { expect, test } from 'vitest'
import { deal, dealOrKeep } from '../../src/core/deal.ts'

const hand = (mailboxId: string, dailyLimit: number, waiting = 0) => ({ mailboxId, dailyLimit, waiting })
const counted = (ids: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(ids, (id) => id)].map(([id, all]) => [id, all.length]))

test('people go to the mailbox whose queue is shortest in days of its limit', () => {
  expect(counted(deal([hand('a', 30), hand('b', 10)], 40))).toEqual({ a: 30, b: 10 })
  expect(counted(deal([hand('a', 10, 10), hand('b', 10)], 10))).toEqual({ b: 10 })
})

test('equal ones take turns in the order given', () => {
  expect(deal([hand('a', 10), hand('b', 10), hand('c', 10)], 4)).toEqual(['a', 'b', 'c', 'a'])
})

test('a limit of 0 gets nobody, unless all are 0', () => {
  expect(counted(deal([hand('a', 0), hand('b', 5)], 20))).toEqual({ b: 20 })
  expect(counted(deal([hand('a', 0), hand('b', 0)], 4))).toEqual({ a: 2, b: 2 })
})

test('nobody to deal to is a bug', () => {
  expect(() => deal([], 1)).toThrow('nobody to deal to')
})

test('whoever goes on stays with the mailbox that wrote to them, if it is one of these, and the others are dealt around them', () => {
  const hands = [hand('a', 10), hand('b', 10)]
  expect(dealOrKeep(hands, ['b', null, 'gone', 'b', null])).toEqual(['b', 'a', 'a', 'b', 'a'])
  expect(hands.map((one) => one.waiting)).toEqual([3, 2])
})
