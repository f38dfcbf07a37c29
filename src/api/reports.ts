/** What was sent and what came of it, by day, mailbox, domain of the recipient, sequence, step or wording. */
import { stringify } from 'csv-stringify/sync'
import { type Static, Type } from 'typebox'
import { isoDate } from '../core/calendar-day.ts'
import { type LocalDay, localDay, localDayOf } from '../core/zone.ts'
import { type EmailCounts, type ReportAsked, type ReportGroup, readReport } from '../store/reports.ts'
import type { EmailMetric } from '../store/stats.ts'
import { teamById } from '../store/teams.ts'
import { defined } from './defined.ts'
import { refuse } from './errors.ts'
import { Pagination, pageOf, pageParameters, paginationOf } from './paging.ts'
import { IdParameter, oneOf } from './params.ts'
import { Answer, type Call, type Route, route } from './route.ts'
import { emailCounters } from './wire/numbers.ts'

/** On the wire, and ours. */
const GROUPS: Record<string, ReportGroup> = {
  day: 'day',
  email_account: 'mailbox',
  recipient_domain: 'domain',
  emailer_campaign: 'sequence',
  emailer_step: 'step',
  emailer_touch: 'variant',
}
const WORDS = Object.keys(GROUPS)
/** Somewhat over two years: this year beside the last. */
const DAYS_MAX = 800
const DAYS_DEFAULT = 30

const Day = Type.String({ maxLength: 10, description: 'Such as 2027-03-31, in the zone of the team.' })

const asked = {
  group_by: Type.Optional(oneOf(WORDS, { description: 'One row for each. Default day.' })),
  from: Type.Optional(Day),
  to: Type.Optional(Day),
  emailer_campaign_id: Type.Optional(IdParameter),
  email_account_id: Type.Optional(IdParameter),
  recipient_domain: Type.Optional(Type.String({ maxLength: 255 })),
}
const File = Type.Object(asked)
/** A spreadsheet opens this many; read and written in one piece, they are some 20 MB. */
const FILE_ROWS_MAX = 50_000

/** People stand on no day: `unique_scheduled` belongs to sequences and steps. */
function countersOf(counts: EmailCounts) {
  const totals = Object.entries(counts).map(([metric, n]) => ({
    ...{ stepId: '' as const, variantId: '' as const, n },
    metric: metric as keyof EmailCounts,
  }))
  const { unique_scheduled: _people, ...counters } = emailCounters(totals)
  return counters
}

const Counters = Type.Record(Type.String(), Type.Number(), {
  description:
    'The unique_ counters and the rates; docs/statistics.md says what each counts and by what it is divided.',
})

/** What is counted, and of which rows; only the page is left to say. */
async function countedBy(
  input: Static<typeof File>,
  call: Call,
): Promise<{ word: string; timeZone: string; report: Omit<ReportAsked, 'limit' | 'offset'> }> {
  const { from, to, timeZone } = await rangeOf(input, call)
  const word = input.group_by ?? 'day'
  const filters = defined({
    sequenceId: input.emailer_campaign_id,
    mailboxId: input.email_account_id,
    domain: input.recipient_domain?.toLowerCase(),
  })
  return { word, timeZone, report: { team: call.caller.teamId, by: GROUPS[word]!, from, to, ...filters } }
}

async function rangeOf(input: { from?: string; to?: string }, { db, caller, now }: Call) {
  const { timeZone } = await teamById(db, caller.teamId)
  const to = dayOf('to', input.to) ?? localDay(timeZone, now)
  const from = dayOf('from', input.from) ?? to - DAYS_DEFAULT + 1
  if (from > to)
    refuse(422, `The parameter "from" is ${isoDate(from)}, which is after "to", ${isoDate(to)}.`, {
      parameter: 'from',
    })
  if (to - from >= DAYS_MAX)
    refuse(422, `From ${isoDate(from)} to ${isoDate(to)} is more than ${DAYS_MAX} days. Ask for fewer.`, {
      parameter: 'from',
    })
  return { from: isoDate(from), to: isoDate(to), timeZone }
}

function dayOf(parameter: string, given: string | undefined): LocalDay | undefined {
  if (given === undefined) return undefined
  const day = localDayOf(given)
  return (
    day ??
    refuse(422, `The parameter "${parameter}" is "${given}", which is no day. Write 2027-03-31.`, {
      parameter,
    })
  )
}

/** What a row is, as the file says it. */
const FILE_WORDS: Record<string, string> = {
  day: 'day',
  email_account: 'mailbox',
  recipient_domain: 'recipient domain',
  emailer_campaign: 'sequence',
  emailer_step: 'step',
  emailer_touch: 'wording',
}

/** The columns in the words of the page; what they are divided by stands among them. */
const FILE_COLUMNS: [title: string, metric: EmailMetric][] = [
  ['delivered', 'delivered'],
  ['replied (people)', 'replied'],
  ['met (people)', 'demoed'],
  ['bounced (people)', 'bounced'],
  ['bounced for good', 'hard_bounced'],
  ['blocked', 'spam_blocked'],
  ['opted out', 'unsubscribed'],
  ['delivered with openings tracked', 'delivered_open_tracked'],
  ['opened by a person', 'opened'],
  ['opened by a machine', 'machine_opened'],
  ['delivered with clicks tracked', 'delivered_click_tracked'],
  ['clicked by a person', 'clicked'],
  ['links followed by a scanner', 'scanner_clicked'],
]

/** A name that begins with = + - @ or a tab would run as a formula in a spreadsheet: it gets an apostrophe in front. */
function fileOf(word: string, rows: readonly { key: string; name: string | null; counts: EmailCounts }[]) {
  const named = word !== 'day' && word !== 'recipient_domain'
  const head = [FILE_WORDS[word]!, ...(named ? ['id'] : []), ...FILE_COLUMNS.map(([title]) => title)]
  const lines = rows.map(({ key, name, counts }) => [
    ...(named ? [name ?? '', key] : [key]),
    ...FILE_COLUMNS.map(([, metric]) => counts[metric] ?? 0),
  ])
  return stringify([head, ...lines], { bom: true, escape_formulas: true, record_delimiter: 'windows' })
}

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/reports/emails',
    name: 'reports/emails',
    summary: 'Emails by day, mailbox, recipient domain, sequence, step or wording',
    extension: true,
    input: Type.Object({ ...asked, ...pageParameters }),
    output: Type.Object({
      group_by: Type.String(),
      from: Type.String(),
      to: Type.String(),
      time_zone: Type.String({ description: 'Of the team: in which the days are meant.' }),
      totals: Counters,
      rows: Type.Array(
        Type.Object({
          key: Type.String(),
          name: Type.Union([Type.String(), Type.Null()]),
          counters: Counters,
        }),
      ),
      pagination: Pagination,
    }),
    async run(input, call) {
      const page = pageOf(input, call)
      const { word, timeZone, report: one } = await countedBy(input, call)
      const report = await readReport(call.db, { ...one, limit: page.perPage, offset: page.offset })
      return {
        group_by: word,
        from: one.from,
        to: one.to,
        time_zone: timeZone,
        totals: countersOf(report.totals),
        rows: report.rows.map(({ key, name, counts }) => ({ key, name, counters: countersOf(counts) })),
        pagination: paginationOf(page, report.groups),
      }
    },
  }),
  route({
    method: 'GET',
    path: '/reports/emails/file',
    name: 'reports/emails_file',
    summary: 'The same numbers as a CSV file: each with the number it is divided by, all rows at once',
    extension: true,
    input: File,
    output: Type.Unknown({ description: 'text/csv' }),
    async run(input, call) {
      const { word, report: one } = await countedBy(input, call)
      const { groups, rows } = await readReport(call.db, { ...one, limit: FILE_ROWS_MAX, offset: 0 })
      if (groups > FILE_ROWS_MAX)
        refuse(
          422,
          `These are ${groups} rows; a file has at most ${FILE_ROWS_MAX}. Ask for fewer days, or one sequence or mailbox.`,
        )
      return new Answer(fileOf(word, rows), {
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="emails-by-${FILE_WORDS[word]!.replaceAll(' ', '-')}-${one.from}-to-${one.to}.csv"`,
        },
      })
    },
  }),
]
