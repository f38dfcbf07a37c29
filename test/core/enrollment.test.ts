/** The transition table: which ways there are between the states of an enrollment, and no others; and the rank that a queue is read by. */
import { expect, test } from 'vitest'
import { ACTIVITIES } from '../../src/core/activity.ts'
import {
  EMAIL_RANKS,
  type EnrollmentState,
  isFollowUp,
  LIVE,
  mayTransit,
  OWN_RANKS,
  rankOf,
  type Stop,
  stateAfter,
  TASK_RANKS,
  TRANSITIONS,
  type Transition,
  transitionOf,
} from '../../src/core/enrollment.ts'

const STATES: EnrollmentState[] = ['active', 'paused', 'finished', 'failed']
const NAMES = Object.keys(TRANSITIONS) as Transition[]

test('the whole table, drawn', () => {
  const drawn = NAMES.map((name) => {
    const ways = STATES.filter((from) => mayTransit(name, from)).map(
      (from) => `${from} > ${stateAfter(name, from)}`,
    )
    return `${name}: ${ways.join(', ') || 'makes a row'}`
  })
  expect(drawn).toEqual([
    'enroll: makes a row',
    'enroll_paused: makes a row',
    'advance: active > active, paused > paused',
    'task: active > active',
    'send_off: active > active',
    'do_task: active > active, paused > paused',
    'skip: active > active, paused > paused',
    'complete: active > finished, paused > finished',
    'hold: active > active, paused > paused',
    'release: active > active, paused > paused',
    'pause: active > paused',
    'resume: paused > active',
    'finish: active > finished, paused > finished',
    'fail: active > failed, paused > failed',
    'retry: failed > active',
    'reopen: finished > active, failed > active',
    'remove: active > finished, paused > finished, finished > finished, failed > failed',
  ])
})

test('what has ended is sent nothing more: only a person leads back, by a retry of a failure or by giving the mail that ended it to somebody else', () => {
  const back = NAMES.filter((name) =>
    (['finished', 'failed'] as const).some(
      (from) => mayTransit(name, from) && LIVE.includes(stateAfter(name, from)),
    ),
  )
  expect(back).toEqual(['retry', 'reopen'])
  expect(mayTransit('retry', 'finished')).toBe(false)
})

test('every transition is told by an activity that exists', () => {
  for (const name of NAMES) expect(ACTIVITIES).toHaveProperty(TRANSITIONS[name].activity)
})

test('each stop is one transition', () => {
  const stops: [Stop, Transition][] = [
    [{ to: 'finished', reason: 'replied' }, 'finish'],
    [{ to: 'failed', reason: 'hard_bounced' }, 'fail'],
    [{ to: 'paused', reason: 'away', until: 0 }, 'pause'],
    [{ to: 'held', reason: 'human_outbound', detail: '' }, 'hold'],
    [{ to: 'removed' }, 'remove'],
  ]
  for (const [stop, transition] of stops) expect(transitionOf(stop)).toBe(transition)
})

test('follow-ups rank before first steps, and within each the priority of the step decides', () => {
  const priorities = ['high', null, 'low'] as const
  const ranks = [false, true].flatMap((first) =>
    priorities.map((priority) => rankOf({ first, priority, by: 'itself' })),
  )
  expect(ranks).toEqual([0, 1, 2, 3, 4, 5])
  expect(EMAIL_RANKS.slice(-6)).toEqual(ranks)
  expect(ranks.map(isFollowUp)).toEqual([true, true, true, false, false, false])
  expect(rankOf({ first: true, priority: 'medium', by: 'itself' })).toBe(
    rankOf({ first: true, priority: null, by: 'itself' }),
  )
})

test('what a person does ranks apart from what leaves by itself, and what they sent off is looked at first', () => {
  const ranksOf = (by: 'person' | 'sent_off') =>
    [false, true].map((first) => rankOf({ first, priority: 'high', by }))
  expect(ranksOf('person')).toEqual([...TASK_RANKS])
  expect(ranksOf('sent_off')).toEqual(EMAIL_RANKS.slice(0, 2))
  expect([...TASK_RANKS, ...OWN_RANKS].map(isFollowUp)).toEqual([true, false, true, false])
})
