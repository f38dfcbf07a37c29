/**
 * When too much of what is sent comes back or is reported as spam, sending stops before the providers stop it. Judges a record of numbers;
 * where they come from and what stops is the engine's.
 */
import { DAY, type Instant } from './clock.ts'

/** What was sent over a window, and what became of it. */
export interface SendingRecord {
  sent: number
  /** For good (`hard`) or refused for content or reputation (`blocked`). A full mailbox says nothing about the sender. */
  cameBack: number
  complained: number
}

export interface ReputationRules {
  /** How far back the record goes. 1 to 30. */
  windowDays: number
  /** Below this many emails a rate is chance. */
  minVolume: number
  /** Percent of what was sent that came back. */
  warnPct: number
  pausePct: number
}

/** The numbers that the contract records for sequences (its section 3.2); mailboxes are judged by the same. */
export const REPUTATION_RULES: ReputationRules = { windowDays: 7, minVolume: 200, warnPct: 7, pausePct: 10 }
export const WINDOW_DAYS_MAX = 30

/** Gmail's sender guidelines: stay below 0.1 %, never reach 0.3 %. */
export const COMPLAINTS_PAUSE_PERMILLE = 3
/** One person who presses the wrong button is no rate. */
export const COMPLAINTS_MIN = 3
export const COMPLAINTS_WARN_PERMILLE = 1
export const COMPLAINTS_WARN_MIN = 2

export type Reputation =
  | { kind: 'good' }
  /** `rate` and `limit` are percent: where it stands, and where it is stopped. */
  | { kind: 'warning' | 'bad'; cause: 'bounces' | 'complaints'; words: string; rate: number; limit: number }

/** From when a record counts: what a person has looked at counts no more. */
export function recordStart(recordFrom: Instant, { windowDays }: ReputationRules, now: Instant): Instant {
  return Math.max(recordFrom, now - windowDays * DAY)
}

export function reputationOf(record: SendingRecord, rules: ReputationRules): Reputation {
  const { sent, cameBack, complained } = record
  if (sent < rules.minVolume) return { kind: 'good' }
  const over = `of ${sent} emails in ${rules.windowDays} days`
  const complaints = {
    ...{ cause: 'complaints' as const, words: `${complained} ${over} were reported as spam` },
    ...{ rate: (100 * complained) / sent, limit: COMPLAINTS_PAUSE_PERMILLE / 10 },
  }
  const bounces = {
    ...{ cause: 'bounces' as const, words: `${cameBack} ${over} came back` },
    ...{ rate: (100 * cameBack) / sent, limit: rules.pausePct },
  }
  if (complained >= COMPLAINTS_MIN && complained * 1_000 >= COMPLAINTS_PAUSE_PERMILLE * sent)
    return { kind: 'bad', ...complaints }
  if (cameBack * 100 >= rules.pausePct * sent) return { kind: 'bad', ...bounces }
  if (complained >= COMPLAINTS_WARN_MIN && complained * 1_000 >= COMPLAINTS_WARN_PERMILLE * sent)
    return { kind: 'warning', ...complaints }
  if (cameBack * 100 >= rules.warnPct * sent) return { kind: 'warning', ...bounces }
  return { kind: 'good' }
}

/** "15 of 210 emails in 7 days came back (7.1 %). At 10 % it is stopped by itself."; null where nothing is near its limit. */
export function warningOf(
  reputation: Reputation,
  { stopsByItself }: { stopsByItself: boolean },
): string | null {
  if (reputation.kind === 'good') return null
  const { words, rate, limit } = reputation
  const then = stopsByItself
    ? `At ${limit} % it is stopped by itself.`
    : `The limit is ${limit} %, and it is not stopped by itself.`
  return `${words} (${Math.round(10 * rate) / 10} %). ${then}`
}

/** A mailbox whose emails are refused for content or reputation so often in 24 hours goes no further: the next ones would be, too. */
export function isBlockedTooOften(blockedIn24h: number, max: number): boolean {
  return blockedIn24h >= max
}

/** What is wrong with rules that somebody has given; undefined if nothing is. */
export function rulesProblem(rules: ReputationRules): string | undefined {
  const { windowDays, minVolume, warnPct, pausePct } = rules
  if (windowDays < 1 || windowDays > WINDOW_DAYS_MAX)
    return `The window is ${windowDays} days. Use 1 to ${WINDOW_DAYS_MAX}.`
  if (minVolume < 1) return `The smallest volume is ${minVolume}. Use 1 or more.`
  if (!(warnPct > 0 && warnPct <= pausePct && pausePct <= 100))
    return `It warns at ${warnPct} % and pauses at ${pausePct} %. Use percentages above 0, the warning not above the pause.`
  return undefined
}
