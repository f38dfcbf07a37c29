/** The columns of a report: every number with its share and what that is a share of. */
import { countOf, GROUPS, MEASURES, type Measure, type ReportRow, shareOf } from '../lib/reports.ts'
import { dateInWords } from '../lib/time.ts'
import { number } from '../lib/words.ts'
import type { Column } from '../ui/column.ts'
import classes from './reports.module.css'

/** Narrower than this, a row is its name and a few lines of words. */
export const NARROW_PX = 1_100
const FIGURE_PX = 76

export const wordOf = (by: string) => GROUPS.find(({ value }) => value === by)?.label ?? 'Day'

export function nameOfRow(by: string, { key, name }: ReportRow): string {
  if (by === 'day') return dateInWords(key)
  if (by === 'recipient_domain') return key
  return name || (by === 'email_account' ? 'A removed mailbox' : 'Untitled sequence')
}

const figure = (measure: Measure): Column<ReportRow> => ({
  key: measure.key,
  title: measure.short ?? measure.title,
  width: `minmax(${FIGURE_PX}px, 1fr)`,
  align: 'right',
  ...(measure.of ? { from: NARROW_PX } : {}),
  cell: ({ counters }) => (
    <>
      <div>{number(countOf(counters, measure.key))}</div>
      <div className={classes.share}>{measure.of ? shareOf(counters, measure) : 'emails'}</div>
    </>
  ),
})

export const columnsOf = (by: string): Column<ReportRow>[] => [
  {
    key: 'name',
    title: wordOf(by),
    width: 'minmax(150px, 2.4fr)',
    cell: (row) => <span style={{ fontWeight: 500 }}>{nameOfRow(by, row)}</span>,
  },
  ...MEASURES.map(figure),
]

/** Always there: their absence says something, too. */
const ALWAYS = new Set(['unique_replied', 'unique_bounced', 'unique_unsubscribed'])

export function InWords({ counters }: { counters: ReportRow['counters'] }) {
  const shown = MEASURES.filter(({ key, of }) => of && (ALWAYS.has(key) || countOf(counters, key) > 0))
  return shown.map((measure) => (
    <span key={measure.key}>
      {number(countOf(counters, measure.key))} {measure.title.toLowerCase()} (
      {shareOf(counters, measure, { words: true })})
    </span>
  ))
}
