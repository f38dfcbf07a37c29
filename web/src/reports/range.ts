/** Which days, and of what: read from the address of the screen, where it can be shared and returned to. */
import { useNow } from '../lib/clock.ts'
import { addDays, isDay } from '../lib/days.ts'
import type { ReportAsked } from '../lib/reports.ts'
import { useSession } from '../lib/session.ts'
import { isoDate } from '../lib/time.ts'
import { useUrl } from '../lib/url.ts'

export const RANGES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
]
export const DAYS_DEFAULT = '30'

export interface Asked extends ReportAsked {
  /** Of `RANGES`, or "" for days that somebody has chosen. */
  days: string
  /** In the zone of the team. */
  today: string
}

/** "The last 30 days" moves on with the days; two chosen days stay. */
export function useAsked(): Asked {
  const { state } = useUrl()
  const { team } = useSession()
  const today = isoDate(useNow(), team.time_zone)
  const { by = 'day', sequence, mailbox, domain, from, to } = state
  const chosen = from && to && isDay(from) && isDay(to)
  const days = RANGES.find(({ value }) => value === state['days'])?.value ?? DAYS_DEFAULT
  const range = chosen ? { from, to, days: '' } : { from: addDays(today, 1 - Number(days)), to: today, days }
  return { by, ...range, today, sequence, mailbox, domain }
}
