/** The limits of a mailbox: rolling windows that open at the exact instant, against an oracle that simply counts. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE } from '../../src/core/clock.ts'
import {
  BATCH_MAX,
  capacity,
  closedPaces,
  jitterAfter,
  type MailboxPace,
  PACE_DEFAULTS,
  paceOpensAt,
} from '../../src/core/pacing.ts'
import { type RampPlan, rampAllowance, rampAt, rampEndsOn } from '../../src/core/ramp-up.ts'
import { localDay, localDayOf } from '../../src/core/zone.ts'

const NOW = Date.parse('2027-03-01T10:00:00Z')
/** Where clocks go forward on 2027-03-14: a day of 23 hours in the middle of a ramp-up. */
const ZONE = 'America/New_York'
const EXACT = { dailyLimit: 50, hourlyLimit: 6, gapMs: 600_000 }

interface Limits {
  dailyLimit: number
  hourlyLimit: number
  gapMs: number
  gapJitterPercent?: number
  ramp?: RampPlan
}

/** What the store reads of a list of sends, at `now`. */
function paceOf(sends: readonly Instant[], limits: Limits, now: Instant): MailboxPace {
  const newestFirst = sends.toSorted((a, b) => b - a)
  const within = (span: number) => newestFirst.filter((sent) => sent > now - span).length
  const { dailyLimit, hourlyLimit, gapMs, ramp, gapJitterPercent: percent = 0 } = limits
  const newest = newestFirst[0] ?? null
  const sent = newestFirst.filter((one) => one > now - DAY).slice(0, dailyLimit)
  return {
    ...{ dailyLimit, hourlyLimit, gapMs },
    jitterMs: jitterAfter({ mailboxId: 'mailbox', newest, gapMs, percent }),
    ramp: ramp === undefined ? null : rampAt(ramp, { dailyLimit, sent, zone: ZONE, now }),
    usedDay: Math.min(limits.dailyLimit, within(DAY)),
    usedHour: Math.min(limits.hourlyLimit, within(HOUR)),
    dayNth: newestFirst[Math.max(limits.dailyLimit - 1, 0)] ?? null,
    hourNth: newestFirst[Math.max(limits.hourlyLimit - 1, 0)] ?? null,
    newest,
  }
}

const closedAt = (sends: readonly Instant[], limits: Limits, now = NOW) =>
  closedPaces(paceOf(sends, limits, now), now).map((one) => one.gate)

test('the defaults are 50 in 24 hours, 6 an hour, 600 to 720 seconds apart', () => {
  expect(PACE_DEFAULTS).toEqual({ dailyLimit: 50, hourlyLimit: 6, gapMs: 600_000, gapJitterPercent: 20 })
})

test('a mailbox that has sent nothing is open', () => {
  expect(closedAt([], EXACT)).toEqual([])
  expect(paceOpensAt(paceOf([], EXACT, NOW), NOW)).toBe(NOW)
})

test('the gap is closed to the millisecond', () => {
  expect(closedAt([NOW - 600_000 + 1], EXACT)).toEqual(['mailbox_gap'])
  expect(closedAt([NOW - 600_000], EXACT)).toEqual([])
})

test('a limit opens when the oldest of its sends is exactly one window old', () => {
  const six = Array.from({ length: 6 }, (_, i) => NOW - HOUR + i * 10 * MINUTE)
  expect(closedAt(six, { ...EXACT, gapMs: 0 })).toEqual([])
  expect(closedAt(six, { ...EXACT, gapMs: 0 }, NOW - 1)).toEqual(['mailbox_hourly_limit'])
})

test('closed limits are named in the order of the gates, each with what is used and when it opens', () => {
  const sends = Array.from({ length: 6 }, (_, i) => NOW - MINUTE * (i + 1))
  expect(closedPaces(paceOf(sends, { dailyLimit: 6, hourlyLimit: 6, gapMs: 600_000 }, NOW), NOW)).toEqual([
    {
      gate: 'mailbox_daily_limit',
      until: NOW - 6 * MINUTE + DAY,
      value: 'has sent 6 of 6 in the last 24 hours',
    },
    {
      gate: 'mailbox_hourly_limit',
      until: NOW - 6 * MINUTE + HOUR,
      value: 'has sent 6 of 6 in the last hour',
    },
    { gate: 'mailbox_gap', until: NOW + 9 * MINUTE, value: 'waits 600 seconds after its last email' },
  ])
})

test('a limit of 0 never opens by itself', () => {
  for (const limits of [
    { ...EXACT, dailyLimit: 0 },
    { ...EXACT, hourlyLimit: 0 },
  ]) {
    expect(paceOpensAt(paceOf([], limits, NOW), NOW)).toBeNull()
    expect(capacity(paceOf([], limits, NOW), NOW)).toBe(0)
  }
})

test('a mailbox opens when the last of its limits does', () => {
  const sends = Array.from({ length: 6 }, (_, i) => NOW - MINUTE * (i + 1))
  expect(paceOpensAt(paceOf(sends, EXACT, NOW), NOW)).toBe(NOW - 6 * MINUTE + HOUR)
})

test('with a gap one email is claimed at a time; without, as many as the limits leave, up to a batch', () => {
  expect(capacity(paceOf([], EXACT, NOW), NOW)).toBe(1)
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

test('whatever was sent, what is claimed keeps every rolling window, the gap and the ramp-up', () => {
  const limits = fc.record({
    dailyLimit: fc.integer({ min: 1, max: 12 }),
    hourlyLimit: fc.integer({ min: 1, max: 6 }),
    gapMs: fc.constantFrom(0, MINUTE, 10 * MINUTE),
    gapJitterPercent: fc.constantFrom(0, 20, 100),
    ramp: fc.record({
      startsOn: fc.constantFrom('2027-02-27', '2027-03-01', '2027-03-03'),
      startPerDay: fc.integer({ min: 1, max: 4 }),
      stepPerDay: fc.integer({ min: 1, max: 3 }),
    }),
  })
  const looks = fc.array(fc.integer({ min: 1, max: 6 * HOUR }), { minLength: 5, maxLength: 60 })
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
        const ramp = rampAllowance(limit.ramp, localDay(ZONE, sent))
        expect(within(DAY)).toBeLessThanOrEqual(Math.min(limit.dailyLimit, ramp))
        expect(within(HOUR)).toBeLessThanOrEqual(limit.hourlyLimit)
        if (i > 0 && limit.gapMs > 0) expect(sent - sends[i - 1]!).toBeGreaterThanOrEqual(limit.gapMs)
      }
    }),
    { numRuns: 300, seed: 20270301 },
  )
})

test('the instant at which a mailbox opens is the earliest one', () => {
  const sends = fc.array(fc.integer({ min: NOW - DAY, max: NOW }), { maxLength: 30 })
  const limits = fc.record({
    dailyLimit: fc.constant(50),
    hourlyLimit: fc.constant(6),
    gapMs: fc.constant(600_000),
    gapJitterPercent: fc.constantFrom(0, 50),
    ramp: fc.record({
      startsOn: fc.constantFrom('2027-02-24', '2027-03-01'),
      startPerDay: fc.integer({ min: 1, max: 20 }),
      stepPerDay: fc.integer({ min: 1, max: 4 }),
    }),
  })
  fc.assert(
    fc.property(sends, limits, (sent, limit) => {
      const opensAt = paceOpensAt(paceOf(sent, limit, NOW), NOW)!
      expect(closedAt(sent, limit, opensAt)).toEqual([])
      if (opensAt > NOW) expect(closedAt(sent, limit, opensAt - 1)).not.toEqual([])
    }),
    { numRuns: 500, seed: 20270301 },
  )
})

test('gaps are longer by a jitter of up to its percentage, evenly, and the same whoever looks', () => {
  const gapMs = 10 * MINUTE
  const jitters = Array.from({ length: 2_000 }, (_, i) =>
    jitterAfter({ mailboxId: 'a1', newest: NOW + i * 1_000, gapMs, percent: 20 }),
  )
  expect(Math.min(...jitters)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...jitters)).toBeLessThan(2 * MINUTE)
  const tenths = Map.groupBy(jitters, (one) => Math.floor(one / 12_000))
  expect(tenths.size).toBe(10)
  for (const tenth of tenths.values()) expect(tenth.length).toBeGreaterThan(130)
  const again = jitterAfter({ mailboxId: 'a1', newest: NOW, gapMs, percent: 20 })
  expect(again).toBe(jitters[0])
  expect(jitterAfter({ mailboxId: 'b2', newest: NOW, gapMs, percent: 20 })).not.toBe(again)
})

test('without a gap, or without an email before, there is no jitter', () => {
  expect(jitterAfter({ mailboxId: 'a1', newest: NOW, gapMs: 0, percent: 100 })).toBe(0)
  expect(jitterAfter({ mailboxId: 'a1', newest: null, gapMs: MINUTE, percent: 100 })).toBe(0)
})

test('a ramp-up starts at N a day and allows M more every day, until the daily limit', () => {
  const plan = { startsOn: '2027-03-12', startPerDay: 5, stepPerDay: 10 }
  const on = (date: string) => rampAllowance(plan, localDayOf(date)!)
  expect([on('2027-03-11'), on('2027-03-12'), on('2027-03-13'), on('2027-03-16')]).toEqual([5, 5, 15, 45])
  const at = (now: string) =>
    rampAt(plan, { dailyLimit: 50, sent: [], zone: ZONE, now: Date.parse(now) })?.allowed ?? 'full'
  // Midnight in New York: -05:00 before 2027-03-14, -04:00 after it.
  expect([at('2027-03-13T04:59:59Z'), at('2027-03-13T05:00:00Z')]).toEqual([5, 15])
  expect([at('2027-03-17T03:59:59Z'), at('2027-03-17T04:00:00Z')]).toEqual([45, 'full'])
  expect(rampEndsOn(plan, 50)).toBe('2027-03-17')
})

test('a ramp-up that starts at the daily limit or above holds nothing back', () => {
  const plan = { startsOn: '2027-03-01', startPerDay: 50, stepPerDay: 1 }
  expect(closedAt([], { ...EXACT, ramp: plan })).toEqual([])
  expect(paceOf([], { ...EXACT, ramp: plan }, NOW).ramp).toBeNull()
  expect(rampEndsOn(plan, 50)).toBe('2027-03-01')
})
