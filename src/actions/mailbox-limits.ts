/** What a person may set the limits of a mailbox to, in sentences that name the value and what is expected. */
import { DAY } from '../core/clock.ts'
import { localDayOf } from '../core/zone.ts'
import type { MailboxSettings } from '../store/mailboxes.ts'

/** No provider takes more from one mailbox; a number above it is a slip of the finger. */
const LIMIT_MAX = 100_000
/** A jitter as long as the gap itself: gaps of one to two times what was set. */
const JITTER_MAX_PERCENT = 100

type Limits = Pick<MailboxSettings, 'dailyLimit' | 'hourlyLimit' | 'gapMs' | 'gapJitterPercent' | 'rampUp'>

/** Undefined: they can be saved. */
export function limitsProblem(limits: Limits): string | undefined {
  const { dailyLimit, hourlyLimit, gapMs, gapJitterPercent, rampUp } = limits
  if (dailyLimit < 0 || dailyLimit > LIMIT_MAX)
    return `The daily limit is ${dailyLimit}; expected 0 to ${LIMIT_MAX}.`
  if (hourlyLimit < 0 || hourlyLimit > LIMIT_MAX)
    return `The hourly limit is ${hourlyLimit}; expected 0 to ${LIMIT_MAX}.`
  if (gapMs < 0 || gapMs > DAY)
    return `The gap between two emails is ${gapMs / 1000} seconds; expected 0 to 86400.`
  if (gapJitterPercent < 0 || gapJitterPercent > JITTER_MAX_PERCENT)
    return `The jitter of the gap is ${gapJitterPercent} percent; expected 0 to ${JITTER_MAX_PERCENT}.`
  return rampUp === null ? undefined : rampProblem(rampUp)
}

function rampProblem({
  startsOn,
  startPerDay,
  stepPerDay,
}: NonNullable<Limits['rampUp']>): string | undefined {
  if (localDayOf(startsOn) === undefined)
    return `The ramp-up starts on "${startsOn}"; expected a date like 2027-03-01.`
  if (startPerDay < 1 || startPerDay > LIMIT_MAX)
    return `The ramp-up starts with ${startPerDay} emails a day; expected 1 to ${LIMIT_MAX}. To send nothing, set the daily limit to 0.`
  if (stepPerDay < 1 || stepPerDay > LIMIT_MAX)
    return `The ramp-up adds ${stepPerDay} emails a day; expected 1 to ${LIMIT_MAX}. To stay at ${startPerDay}, set the daily limit to ${startPerDay}.`
  return undefined
}
