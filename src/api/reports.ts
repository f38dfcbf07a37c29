/** What was sent and what came of it, by day, mailbox, domain of the recipient, sequence, step or wording. */
import { Type } from 'typebox'
import { isoDate } from '../core/calendar-day.ts'
import { type LocalDay, localDay, localDayOf } from '../core/zone.ts'
import { type EmailCounts, type ReportGroup, readReport } from '../store/reports.ts'
import { teamById } from '../store/teams.ts'
import { defined } from './defined.ts'
import { refuse } from './errors.ts'
import { Pagination, pageOf, pageParameters, paginationOf } from './paging.ts'
import { IdParameter, oneOf } from './params.ts'
import { type Call, type Route, route } from './route.ts'
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

const Input = Type.Object({
  group_by: Type.Optional(oneOf(WORDS, { description: 'One row for each. Default day.' })),
  from: Type.Optional(Day),
  to: Type.Optional(Day),
  emailer_campaign_id: Type.Optional(IdParameter),
  email_account_id: Type.Optional(IdParameter),
  recipient_domain: Type.Optional(Type.String({ maxLength: 255 })),
  ...pageParameters,
})

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

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/reports/emails',
    name: 'reports/emails',
    summary: 'Emails by day, mailbox, recipient domain, sequence, step or wording',
    extension: true,
    input: Input,
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
      const { from, to, timeZone } = await rangeOf(input, call)
      const page = pageOf(input, call)
      const word = input.group_by ?? 'day'
      const report = await readReport(call.db, {
        ...{
          team: call.caller.teamId,
          by: GROUPS[word]!,
          from,
          to,
          limit: page.perPage,
          offset: page.offset,
        },
        ...defined({
          sequenceId: input.emailer_campaign_id,
          mailboxId: input.email_account_id,
          domain: input.recipient_domain?.toLowerCase(),
        }),
      })
      return {
        group_by: word,
        from,
        to,
        time_zone: timeZone,
        totals: countersOf(report.totals),
        rows: report.rows.map(({ key, name, counts }) => ({ key, name, counters: countersOf(counts) })),
        pagination: paginationOf(page, report.groups),
      }
    },
  }),
]
