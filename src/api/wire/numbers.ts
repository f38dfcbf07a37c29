/** The counters of the wire, made from exact totals. Says numbers where the original says "loading". */
import { Type } from 'typebox'
import type { Id } from '../../core/ids.ts'
import type { HoldReason } from '../../core/reason.ts'
import type { ShownState } from '../../store/enrollment-reads.ts'
import { type Metric, type Total, totalOf } from '../../store/stats.ts'
import { HOLD_REASONS, holdOnWire } from './enrollment.ts'

type Where = { stepId?: Id; variantId?: Id }

const count = (totals: readonly Total[], metric: Metric, where: Where = {}) =>
  totalOf(totals as Total[], metric, where)

function held(totals: readonly Total[], where: Where, matches: (hold: HoldReason) => boolean): number {
  let sum = 0
  for (const hold of HOLD_REASONS) if (matches(hold)) sum += count(totals, `hold:${hold}`, where)
  return sum
}

/** People whose task is open: they go on when a person has done it, hence active and not held. */
const withTask = (totals: readonly Total[], where: Where = {}) =>
  held(totals, where, (hold) => holdOnWire(hold).status === 'active')

/** People whose next email is on its way: active, without a hold. */
export function waiting(totals: readonly Total[], where: Where = {}): number {
  return count(totals, 'active', where) - held(totals, where, () => true)
}

export const ContactStatuses = Type.Object({
  active: Type.Integer(),
  failed: Type.Integer(),
  paused: Type.Integer(),
  finished: Type.Integer(),
  bounced: Type.Integer(),
  hard_bounced: Type.Integer(),
  spam_blocked: Type.Integer(),
  not_sent: Type.Integer(),
})

/** People by state. Those of a sequence that is off are paused, as their own status says. */
export function contactStatuses(totals: readonly Total[], sequenceActive: boolean, where: Where = {}) {
  const active = waiting(totals, where) + withTask(totals, where)
  const onWire = (counter: string) => held(totals, where, (hold) => holdOnWire(hold).counter === counter)
  return {
    active: sequenceActive ? active : 0,
    failed:
      count(totals, 'failed', where) + held(totals, where, (hold) => holdOnWire(hold).status === 'failed'),
    paused:
      count(totals, 'paused', where) +
      held(totals, where, (hold) => holdOnWire(hold).status === 'paused') +
      (sequenceActive ? 0 : active),
    finished: count(totals, 'finished', where),
    bounced: onWire('bounced'),
    hard_bounced: count(totals, 'failed:hard_bounced', where),
    spam_blocked: onWire('spam_blocked'),
    not_sent: onWire('not_sent'),
  }
}

/** `counts` of a step: those who stand on it, or ended there. */
export function stepCounts(totals: readonly Total[], sequenceActive: boolean, stepId: Id) {
  const { failed: _, ...counts } = contactStatuses(totals, sequenceActive, { stepId })
  return counts
}

export const People = Type.Object({
  active: Type.Integer(),
  paused: Type.Integer(),
  finished: Type.Integer(),
  failed: Type.Integer(),
  replied: Type.Integer(),
  bounced: Type.Integer(),
  held: Type.Integer(),
  total: Type.Integer(),
})

/** People by what the page shows; everybody is in exactly one. */
export function people(totals: readonly Total[]): Record<ShownState | 'total', number> {
  const replied = count(totals, 'finished:replied')
  const bounced = count(totals, 'failed:hard_bounced')
  const sums = {
    active: waiting(totals) + withTask(totals),
    paused: count(totals, 'paused'),
    finished: count(totals, 'finished') - replied,
    failed: count(totals, 'failed') - bounced,
    replied,
    bounced,
    held: held(totals, {}, (hold) => holdOnWire(hold).status !== 'active'),
  }
  return { ...sums, total: Object.values(sums).reduce((sum, n) => sum + n, 0) }
}

/** What was sent and what came of it: `unique_*` and the rates, fractions of what was delivered. */
export function emailCounters(totals: readonly Total[], where: Where = {}) {
  const delivered = count(totals, 'delivered', where)
  const of = (metric: Metric) => count(totals, metric, where)
  const among = (n: number, all: number) => (all === 0 ? 0 : n / all)
  const rate = (n: number) => among(n, delivered)
  const opensTracked = of('delivered_open_tracked')
  const clicksTracked = of('delivered_click_tracked')
  return {
    unique_scheduled: waiting(totals, where),
    unique_delivered: delivered,
    unique_bounced: of('bounced'),
    unique_opened: of('opened'),
    unique_hard_bounced: of('hard_bounced'),
    unique_spam_blocked: of('spam_blocked'),
    unique_replied: of('replied'),
    unique_demoed: of('demoed'),
    unique_clicked: of('clicked'),
    unique_unsubscribed: of('unsubscribed'),
    unique_opened_unfiltered: of('opened_unfiltered'),
    unique_clicked_unfiltered: of('clicked_unfiltered'),
    unique_delivered_open_tracked: opensTracked,
    unique_delivered_click_tracked: clicksTracked,
    bounce_rate: rate(of('bounced')),
    hard_bounce_rate: rate(of('hard_bounced')),
    open_rate: rate(of('opened')),
    click_rate: rate(of('clicked')),
    open_rate_unfiltered: rate(of('opened_unfiltered')),
    open_rate_tracked: among(of('opened'), opensTracked),
    open_rate_unfiltered_tracked: among(of('opened_unfiltered'), opensTracked),
    click_rate_unfiltered: rate(of('clicked_unfiltered')),
    click_rate_tracked: among(of('clicked'), clicksTracked),
    click_rate_unfiltered_tracked: among(of('clicked_unfiltered'), clicksTracked),
    unique_machine_opened: of('machine_opened'),
    unique_scanner_clicked: of('scanner_clicked'),
    reply_rate: rate(of('replied')),
    spam_block_rate: rate(of('spam_blocked')),
    opt_out_rate: rate(of('unsubscribed')),
    demo_rate: rate(of('demoed')),
  }
}
