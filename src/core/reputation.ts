/**
 * When too much of what is sent comes back or is reported as spam, sending stops before the providers stop it. Judges a record of numbers;
 * where they come from and what stops is the engine's.
 */

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

export type Reputation =
  | { kind: 'good' }
  | { kind: 'warning'; cause: 'bounces'; words: string }
  | { kind: 'bad'; cause: 'bounces' | 'complaints'; words: string }

export function reputationOf(record: SendingRecord, rules: ReputationRules): Reputation {
  const { sent, cameBack, complained } = record
  if (sent < rules.minVolume) return { kind: 'good' }
  const over = `of ${sent} emails in ${rules.windowDays} days`
  if (complained >= COMPLAINTS_MIN && complained * 1_000 >= COMPLAINTS_PAUSE_PERMILLE * sent)
    return { kind: 'bad', cause: 'complaints', words: `${complained} ${over} were reported as spam` }
  const words = `${cameBack} ${over} came back`
  if (cameBack * 100 >= rules.pausePct * sent) return { kind: 'bad', cause: 'bounces', words }
  if (cameBack * 100 >= rules.warnPct * sent) return { kind: 'warning', cause: 'bounces', words }
  return { kind: 'good' }
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
