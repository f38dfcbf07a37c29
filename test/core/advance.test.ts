/** The words in which a person moves the clock. */
import { expect, test } from 'vitest'
import { advanceOf } from '../../src/core/advance.ts'
import { DAY, HOUR, MINUTE, SECOND, WEEK } from '../../src/core/clock.ts'

test('an advance is a number and a unit', () => {
  const lengths = { '2d': 2 * DAY, '3h': 3 * HOUR, '90m': 90 * MINUTE, '30s': 30 * SECOND, ' 1 W ': WEEK }
  for (const [text, ms] of Object.entries(lengths)) expect(advanceOf(text)).toEqual({ ok: true, ms })
})

test('next goes to whatever falls due next', () => {
  expect(advanceOf('next')).toEqual({ ok: true, next: true })
})

test('what is no length of time is refused with the way to write one', () => {
  for (const text of ['', '2', 'd', '-1d', '0d', '2 fortnights', '1e3d', '99999999d', '2d3h']) {
    const refused = advanceOf(text)
    expect(refused, text).toMatchObject({ ok: false })
    expect('sentence' in refused && refused.sentence).toContain('2d, 3h, 90m')
  }
})
