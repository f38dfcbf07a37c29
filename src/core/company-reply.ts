/**
 * What an answer does to others of the same company: nothing, a delay of days, or a stop until a person decides. The company is the account,
 * else the registrable domain; the sequence of whoever waits says what is done, and without a word of its own the team.
 */
import { DAY, type Instant } from './clock.ts'
import type { CompanyReply, Facts } from './facts.ts'
import type { Id } from './ids.ts'
import { zoneOf } from './lateness.ts'
import { hold, type Verdict, wait } from './verdict.ts'
import { localDay, plainDate } from './zone.ts'

export const COMPANY_RULES = ['ignore', 'delay', 'stop'] as const
export type CompanyRule = (typeof COMPANY_RULES)[number]
/** The contract's limit. */
export const COMPANY_DELAY_DAYS_MAX = 1_000

/** An answer by somebody of the company. */
export interface Answer {
  contactId: Id
  who: string
  /** When it was written; never later than it was read, whatever its server says. */
  at: Instant
  /** From then on somebody could know of it: later than `at` when the inbox could not be read. */
  readAt: Instant
}

/** Whom an answer may concern, and what is done about it. */
export interface Concerned {
  contactId: Id
  rule: CompanyRule
  delayDays: number
  addedAt: Instant
  /** Up to then a person has said that answers of others do not matter. */
  clearedAt: Instant | null
}

/** What was read up to then a person could know of when they said that answers of others do not matter, or added somebody all the same. */
const knownUntil = ({ rule, addedAt, clearedAt }: Concerned): Instant =>
  Math.max(rule === 'stop' ? addedAt : Number.NEGATIVE_INFINITY, clearedAt ?? Number.NEGATIVE_INFINITY)

/** No answer that was read before this matters. A delay is one for whoever was added during it, too. */
export function mattersSince(concerned: Concerned, now: Instant): Instant {
  const { rule, delayDays } = concerned
  return rule === 'stop' ? knownUntil(concerned) : Math.max(knownUntil(concerned), now - delayDays * DAY)
}

/** The latest that matters now; null: none. Their own answers are another matter. */
export function answerThatMatters(
  answers: readonly Answer[],
  { concerned, company, now }: { concerned: Concerned; company: string; now: Instant },
): CompanyReply | null {
  const { rule, delayDays, contactId } = concerned
  if (rule === 'ignore') return null
  const began = rule === 'delay' ? now - delayDays * DAY : Number.NEGATIVE_INFINITY
  const latest = answers
    .filter((one) => one.contactId !== contactId && one.readAt > knownUntil(concerned) && one.at > began)
    .reduce<Answer | null>((best, one) => (best === null || one.at > best.at ? one : best), null)
  return latest && { rule, delayDays, at: latest.at, who: latest.who, company }
}

export function judgeCompanyReply(facts: Facts, now: Instant): Verdict | null {
  const reply = facts.companyReply
  if (reply === null) return null
  const day = plainDate(localDay(zoneOf(facts), reply.at)).toString()
  const value = `${reply.who} of ${reply.company} answered on ${day}`
  if (reply.rule === 'stop') return hold('same_account_reply', value)
  const until = reply.at + reply.delayDays * DAY
  return until <= now ? null : wait(until, value)
}
