/** What programs may call: so often a minute, an hour and a day per team and endpoint, by the settings. People at the page are not counted. */
import { DAY, HOUR, type Instant, MINUTE } from '../core/clock.ts'
import { type CallWindow, countCall, type Span, uncountCall } from '../store/call-windows.ts'
import { ApiRefusal } from './errors.ts'
import type { ApiContext, Caller, Route } from './route.ts'

interface SpanShown {
  span: Span
  ms: number
  headers: readonly [limit: string, used: string, left: string]
}

export const SPANS: readonly SpanShown[] = [
  {
    span: 'minute',
    ms: MINUTE,
    headers: ['x-rate-limit-minute', 'x-minute-usage', 'x-minute-requests-left'],
  },
  {
    span: 'hour',
    ms: HOUR,
    headers: ['x-rate-limit-hourly', 'x-hourly-usage', 'x-hourly-requests-left'],
  },
  {
    span: 'day',
    ms: DAY,
    headers: ['x-rate-limit-24-hour', 'x-24-hour-usage', 'x-24-hour-requests-left'],
  },
]

/** Counts this call. Returns the recorded headers of the spans that have a limit, or ends the call with the recorded 429. */
export async function countAgainstLimits(
  { db, clock, settings }: ApiContext,
  { teamId: team, via }: Caller,
  { name: endpoint }: Route,
): Promise<Record<string, string>> {
  const spans = SPANS.filter(({ span }) => settings.callLimits[span] !== null)
  if (via !== 'key' || spans.length === 0) return {}
  const now = clock.real()
  const windows = await countCall(db, { team, endpoint, spans, now })
  const headers: Record<string, string> = {}
  const over: CallWindow[] = []
  for (const { span, headers: names } of spans) {
    const window = windows.find((one) => one.span === span)!
    const limit = settings.callLimits[span]!
    const { consumed, left_over } = usageOf(limit, window)
    names.forEach((name, i) => {
      headers[name] = String([limit, consumed, left_over][i])
    })
    if (window.calls > limit) over.push(window)
  }
  if (over.length > 0) {
    await uncountCall(db, { team, endpoint, now })
    refuseOften(over, { limits: settings.callLimits, headers, now })
  }
  return headers
}

/** Calls that are refused do not count. */
export function usageOf(limit: number, window: CallWindow | undefined) {
  const consumed = Math.min(window?.calls ?? 0, limit)
  return { limit, consumed, left_over: limit - consumed }
}

/** The window that ends last is the one to wait for. */
function refuseOften(
  over: readonly CallWindow[],
  o: { limits: ApiContext['settings']['callLimits']; headers: Record<string, string>; now: Instant },
): never {
  const { endpoint, span, endsAt } = over.toSorted((a, b) => b.endsAt - a.endsAt)[0]!
  const seconds = Math.max(1, Math.ceil((endsAt - o.now) / 1_000))
  // The recorded words go on with a page of Apollo's; here whoever runs Segue sets the limit.
  const message = `The maximum number of api calls allowed for api/v1/${endpoint} is ${o.limits[span]} times per ${span}. Please upgrade your plan: set SEGUE_CALLS_PER_${span.toUpperCase()} where Segue runs, or wait ${seconds} seconds.`
  throw new ApiRefusal(429, { message }, { ...o.headers, 'retry-after': String(seconds) })
}
