/** Numbers of emails by day, sequence, step, wording, mailbox or recipient domain, and what each of them means. */
import { queryOptions } from '@tanstack/react-query'
import { api, downloadAddress, type Query } from './api.ts'
import type { Pagination } from './api-types.ts'
import { PAGE_ROWS } from './paged.ts'
import { number, percent } from './words.ts'

/** As the API names what a row is, in the order of the screen. */
export const GROUPS = [
  { value: 'day', label: 'Day' },
  { value: 'emailer_campaign', label: 'Sequence' },
  { value: 'emailer_step', label: 'Step' },
  { value: 'emailer_touch', label: 'Wording' },
  { value: 'email_account', label: 'Mailbox' },
  { value: 'recipient_domain', label: 'Recipient domain' },
]

export type Counters = Record<string, number>

export interface ReportRow {
  key: string
  name: string | null
  counters: Counters
}

export interface ReportPage {
  group_by: string
  from: string
  to: string
  time_zone: string
  totals: Counters
  rows: ReportRow[]
  pagination: Pagination
}

/** Days are written 2027-03-31. */
export interface ReportAsked {
  by: string
  from: string
  to: string
  sequence?: string | undefined
  mailbox?: string | undefined
  domain?: string | undefined
}

const onWire = ({ by, from, to, sequence, mailbox, domain }: ReportAsked): Query => ({
  ...{ group_by: by, from, to },
  ...(sequence ? { emailer_campaign_id: sequence } : {}),
  ...(mailbox ? { email_account_id: mailbox } : {}),
  ...(domain ? { recipient_domain: domain } : {}),
})

export const readReport = (asked: ReportAsked, page: number, signal?: AbortSignal) =>
  api.post<ReportPage>('/reports/emails', { ...onWire(asked), page, per_page: PAGE_ROWS }, signal)

/** Every day on which something was sent, however many pages that takes: the API answers at most 800 days. */
export const daysQuery = (asked: ReportAsked) =>
  queryOptions({
    queryKey: ['reports', 'days', asked],
    queryFn: async ({ signal }) => {
      const rows: ReportRow[] = []
      for (let page = 1; ; page++) {
        const answer = await readReport({ ...asked, by: 'day' }, page, signal)
        rows.push(...answer.rows)
        if (page >= answer.pagination.total_pages) return rows
      }
    },
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  })

export const reportFile = (asked: ReportAsked) => {
  const params = new URLSearchParams(onWire(asked) as Record<string, string>)
  return downloadAddress(`/reports/emails/file?${params}`)
}

export interface Measure {
  key: string
  title: string
  /** Above a column, where there is little room. */
  short?: string
  /** What is counted, in a sentence. */
  means: string
  /** What it is divided by; the delivered emails themselves have none. */
  of?: { key: string; words: string }
}

const DELIVERED = { key: 'unique_delivered', words: 'delivered' }
const OPENS_TRACKED = { key: 'unique_delivered_open_tracked', words: 'with openings tracked' }
const CLICKS_TRACKED = { key: 'unique_delivered_click_tracked', words: 'with clicks tracked' }

/** docs/statistics.md says when each of them moves. */
export const MEASURES: readonly Measure[] = [
  { key: 'unique_delivered', title: 'Delivered', means: 'Emails that a mail server accepted.' },
  {
    key: 'unique_replied',
    title: 'Replied',
    means: 'People who answered, once each, for the email they answered first.',
    of: DELIVERED,
  },
  {
    key: 'unique_demoed',
    title: 'Meetings',
    means: 'People with whom a meeting came about, for the last email that had reached them.',
    of: DELIVERED,
  },
  {
    key: 'unique_bounced',
    title: 'Bounced',
    means: 'People whose email came back, for good or for now, once each.',
    of: DELIVERED,
  },
  {
    key: 'unique_hard_bounced',
    title: 'Bounced for good',
    short: 'For good',
    means: 'Emails whose address does not exist or takes nothing any more.',
    of: DELIVERED,
  },
  {
    key: 'unique_spam_blocked',
    title: 'Blocked',
    means: "Emails refused for their content or their sender's reputation.",
    of: DELIVERED,
  },
  { key: 'unique_unsubscribed', title: 'Opted out', means: 'Emails that brought an opt-out.', of: DELIVERED },
  {
    key: 'unique_opened',
    title: 'Opened',
    means: 'Emails that a person opened, by what their mail program fetched.',
    of: OPENS_TRACKED,
  },
  {
    key: 'unique_machine_opened',
    title: 'Machine openings',
    short: 'By machine',
    means: 'Emails that a machine opened, such as a privacy proxy. Never counted as opened by a person.',
    of: OPENS_TRACKED,
  },
  {
    key: 'unique_clicked',
    title: 'Clicked',
    means: 'Emails in which a person followed a link.',
    of: CLICKS_TRACKED,
  },
  {
    key: 'unique_scanner_clicked',
    title: 'Scanner clicks',
    short: 'By scanner',
    means: 'Emails whose links a security scanner followed. Never counted as clicked by a person.',
    of: CLICKS_TRACKED,
  },
]

export const countOf = (counters: Counters, key: string) => counters[key] ?? 0

/** "9.4% of 128"; with `words` "9.4% of 128 delivered". Nothing delivered is no rate. */
export function shareOf(counters: Counters, { key, of }: Measure, { words = false } = {}): string {
  if (!of) return ''
  const all = countOf(counters, of.key)
  if (all === 0) return words ? `none ${of.words}` : 'of none'
  return `${percent(countOf(counters, key) / all)} of ${number(all)}${words ? ` ${of.words}` : ''}`
}
