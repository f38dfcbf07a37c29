/** What was sent and what came of it: by day, sequence, step, wording, mailbox and recipient domain. */
import { Button } from '@mantine/core'
import { IconChartBar, IconDownload } from '@tabler/icons-react'
import { useCallback, useMemo } from 'react'
import { type Paged, usePaged } from '../lib/paged.ts'
import { countOf, type ReportPage, type ReportRow, readReport, reportFile } from '../lib/reports.ts'
import { dateInWords, zoneName } from '../lib/time.ts'
import { useGo, useUrl } from '../lib/url.ts'
import { counted } from '../lib/words.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import { columnsOf, InWords, NARROW_PX, wordOf } from './columns.tsx'
import { DayChart } from './day-chart.tsx'
import { Filters } from './filters.tsx'
import { type Asked, useAsked } from './range.ts'
import { Meanings, Totals } from './totals.tsx'

const rowsOf = (page: ReportPage) => page.rows

function useReport({ by, from, to, sequence, mailbox, domain }: Asked) {
  const ask = useCallback(
    (page: number, signal: AbortSignal) =>
      readReport({ by, from, to, sequence, mailbox, domain }, page, signal),
    [by, from, to, sequence, mailbox, domain],
  )
  return usePaged<ReportPage, ReportRow>({
    key: ['reports', by, from, to, sequence, mailbox, domain],
    ask,
    rowsOf,
    refreshMs: 15_000,
  })
}

export function ReportsScreen() {
  const asked = useAsked()
  const paged = useReport(asked)
  const some = paged.rows.length > 0
  return (
    <Page
      wide
      title="Reports"
      line={paged.first ? <Line first={paged.first} /> : ' '}
      actions={
        some ? (
          <Button
            component="a"
            href={reportFile(asked)}
            download
            variant="default"
            leftSection={<IconDownload size={16} />}
            data-testid="report-file"
          >
            Download CSV
          </Button>
        ) : null
      }
    >
      <Filters asked={asked} />
      {paged.first && some ? (
        <>
          <Totals totals={paged.first.totals} />
          <DayChart asked={asked} />
        </>
      ) : null}
      <Rows asked={asked} paged={paged} />
      {paged.first && some ? <Meanings zone={zoneName(paged.first.time_zone)} /> : null}
    </Page>
  )
}

function Line({ first }: { first: ReportPage }) {
  const days =
    first.from === first.to
      ? `on ${dateInWords(first.from)}`
      : `from ${dateInWords(first.from)} to ${dateInWords(first.to)}`
  return `${counted(countOf(first.totals, 'unique_delivered'), 'email')} delivered ${days}`
}

/** A row that can be looked into narrows the screen to it. */
const INTO: Record<string, (key: string) => Record<string, string | undefined>> = {
  day: (day) => ({ from: day, to: day, days: undefined, by: 'emailer_campaign' }),
  emailer_campaign: (sequence) => ({ sequence, by: 'emailer_step' }),
  email_account: (mailbox) => ({ mailbox, by: undefined }),
  recipient_domain: (domain) => ({ domain, by: undefined }),
}

function Rows({ asked, paged }: { asked: Asked; paged: Paged<ReportRow, ReportPage> }) {
  const { set } = useUrl()
  // Until the answer comes, the rows of the question before are shown, as what they are.
  const by = paged.first?.group_by ?? asked.by
  const columns = useMemo(() => columnsOf(by), [by])
  const into = INTO[by]
  return (
    <DataTable
      label={`Emails by ${wordOf(by).toLowerCase()}`}
      testId="report-row"
      columns={columns}
      paged={paged}
      rowKey={(row) => row.key}
      {...(into ? { onOpen: (row: ReportRow) => set(into(row.key), { replace: false }) } : {})}
      narrowPx={NARROW_PX}
      detail={(row) => <InWords counters={row.counters} />}
      empty={<Nothing asked={asked} />}
    />
  )
}

function Nothing({ asked }: { asked: Asked }) {
  const { set } = useUrl()
  const go = useGo()
  const filtered = Boolean(asked.sequence || asked.mailbox || asked.domain)
  return (
    <EmptyState
      icon={IconChartBar}
      title={filtered ? 'Nothing was sent that matches' : 'Nothing was sent in these days'}
      action={
        <>
          {filtered ? (
            <Button onClick={() => set({ sequence: undefined, mailbox: undefined, domain: undefined })}>
              Clear the filters
            </Button>
          ) : (
            <Button onClick={() => go('/sequences')}>Go to Sequences</Button>
          )}
          {asked.days === '365' ? null : (
            <Button variant="default" onClick={() => set({ days: '365', from: undefined, to: undefined })}>
              Show a whole year
            </Button>
          )}
        </>
      }
    >
      {filtered
        ? 'Choose other days, or another sequence, mailbox or domain.'
        : 'Numbers appear here as soon as an email has left: turn on a sequence with people in it.'}
    </EmptyState>
  )
}
