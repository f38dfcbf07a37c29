/** The limits of a mailbox: rolling windows that open at the exact instant, against an oracle that simply counts. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE } from '../../src/core/clock.ts'
import {
  BATCH_MAX,
  capacity,
  closedPaces,
  type MailboxPace,
  PACE_DEFAULTS,
  paceOpensAt,
} from '../../src/core/pacing.ts'

const NOW = Date.parse('2027-03-01T10:00:00Z')

interface Limits {
  dailyLimit: number
  hourlyLimit: number
  gapMs: number
}

/** What the store reads of a list of sends, at `now`. */
function paceOf(sends: readonly Instant[], limits: Limits, now: Instant): MailboxPace {
  const newestFirst = sends.toSorted((a, b) => b - a)
  const within = (span: number) => newestFirst.filter((sent) => sent > now - span).length
  return {
    ...limits,
    usedDay: Math.min(limits.dailyLimit, within(DAY)),
    usedHour: Math.min(limits.hourlyLimit, within(HOUR)),
    dayNth: newestFirst[Math.max(limits.dailyLimit - 1, 0)] ?? null,
    hourNth: newestFirst[Math.max(limits.hourlyLimit - 1, 0)] ?? null,
    newest: newestFirst[0] ?? null,
  }
}

const closedAt = (sends: readonly Instant[], limits: Limits, now = NOW) =>
  closedPaces(paceOf(sends, limits, now), now).map((one) => one.gate)

test('the defaults are 50 in 24 hours, 6 an hour, 600 seconds apart', () => {
  expect(PACE_DEFAULTS).toEqual({ dailyLimit: 50, hourlyLimit: 6, gapMs: 600_000 })
})

test('a mailbox that has sent nothing is open', () => {
  expect(closedAt([], PACE_DEFAULTS)).toEqual([])
  expect(paceOpensAt(paceOf([], PACE_DEFAULTS, NOW), NOW)).toBe(NOW)
})

test('the gap is closed to the millisecond', () => {
  expect(closedAt([NOW - 600_000 + 1], PACE_DEFAULTS)).toEqual(['mailbox_gap'])
  expect(closedAt([NOW - 600_000], PACE_DEFAULTS)).toEqual([])
})

test('a limit opens when the oldest of its sends is exactly one window old', () => {
  const six = Array.from({ length: 6 }, (_, i) => NOW - HOUR + i * 10 * MINUTE)
  expect(closedAt(six, { ...PACE_DEFAULTS, gapMs: 0 })).toEqual([])
  expect(closedAt(six, { ...PACE_DEFAULTS, gapMs: 0 }, NOW - 1)).toEqual(['mailbox_hourly_limit'])
})

test('closed limits are named in the order of the gates, each with what is used and when it opens', () => {
  const sends = Array.from({ length: 6 }, (_, i) => NOW - MINUTE * (i + 1))
  expect(closedPaces(paceOf(sends, { dailyLimit: 6, hourlyLimit: 6, gapMs: 600_000 }, NOW), NOW)).toEqual([
    { gate: 'mailbox_daily_limit', until: NOW - 6 * MINUTE + DAY, value: '6 of 6 in the last 24 hours' },
    { gate: 'mailbox_hourly_limit', until: NOW - 6 * MINUTE + HOUR, value: '6 of 6 in the last hour' },
    { gate: 'mailbox_gap', until: NOW + 9 * MINUTE, value: '600 seconds between two emails' },
  ])
})

test('a limit of 0 never opens by itself', () => {
  for (const limits of [
    { ...PACE_DEFAULTS, dailyLimit: 0 },
    { ...PACE_DEFAULTS, hourlyLimit: 0 },
  ]) {
    expect(paceOpensAt(paceOf([], limits, NOW), NOW)).toBeNull()
    expect(capacity(paceOf([], limits, NOW), NOW)).toBe(0)
  }
})

test('a mailbox opens when the last of its limits does', () => {
  const sends = Array.from({ length: 6 }, (_, i) => NOW - MINUTE * (i + 1))
  expect(paceOpensAt(paceOf(sends, PACE_DEFAULTS, NOW), NOW)).toBe(NOW - 6 * MINUTE + HOUR)
})

test('with a gap one email is claimed at a time; without, as many as the limits leave, up to a batch', () => {
  expect(capacity(paceOf([], PACE_DEFAULTS, NOW), NOW)).toBe(1)
  expect(capacity(paceOf([], { dailyLimit: 9, hourlyLimit: 30, gapMs: 0 }, NOW), NOW)).toBe(9)
  expect(capacity(paceOf([NOW], { dailyLimit: 9, hourlyLimit: 4, gapMs: 0 }, NOW), NOW)).toBe(3)
  expect(capacity(paceOf([], { dailyLimit: 10_000, hourlyLimit: 10_000, gapMs: 0 }, NOW), NOW)).toBe(
    BATCH_MAX,
  )
})

test('a limit that was lowered below what was sent closes until enough is old, and leaves no room', () => {
  const sends = Array.from({ length: 20 }, (_, i) => NOW - MINUTE * (i + 1))
  const pace = paceOf(sends, { dailyLimit: 50, hourlyLimit: 5, gapMs: 0 }, NOW)
  expect(capacity(pace, NOW)).toBe(0)
  expect(paceOpensAt(pace, NOW)).toBe(NOW - 5 * MINUTE + HOUR)
})

test('whatever was sent, what is claimed keeps every rolling window', () => {
  const limits = fc.record({
    dailyLimit: fc.integer({ min: 1, max: 12 }),
    hourlyLimit: fc.integer({ min: 1, max: 6 }),
    gapMs: fc.constantFrom(0, MINUTE, 10 * MINUTE),
  })
  const looks = fc.array(fc.integer({ min: 1, max: 3 * HOUR }), { minLength: 5, maxLength: 60 })
  fc.assert(
    fc.property(limits, looks, (limit, steps) => {
      const sends: Instant[] = []
      let now = NOW
      for (const step of steps) {
        now += step
        for (let n = capacity(paceOf(sends, limit, now), now); n > 0; n--) sends.push(now)
      }
      for (const [i, sent] of sends.entries()) {
        const within = (span: number) => sends.slice(0, i + 1).filter((one) => one > sent - span).length
        expect(within(DAY)).toBeLessThanOrEqual(limit.dailyLimit)
        expect(within(HOUR)).toBeLessThanOrEqual(limit.hourlyLimit)
        if (i > 0 && limit.gapMs > 0) expect(sent - sends[i - 1]!).toBeGreaterThanOrEqual(limit.gapMs)
      }
    }),
    { numRuns: 300, seed: 20270301 },
  )
})

test('the instant at which a mailbox opens is the earliest one', () => {
  const sends = fc.array(fc.integer({ min: NOW - DAY, max: NOW }), { maxLength: 30 })
  fc.assert(
    fc.property(sends, (sent) => {
      const opensAt = paceOpensAt(paceOf(sent, PACE_DEFAULTS, NOW), NOW)!
      expect(closedAt(sent, PACE_DEFAULTS, opensAt)).toEqual([])
      if (opensAt > NOW) expect(closedAt(sent, PACE_DEFAULTS, opensAt - 1)).not.toEqual([])
    }),
    { numRuns: 300, seed: 20270301 },
  )
})
