/** What was delivered and who replied, a bar for each day; of a long range, for each week. The table by day says the same in numbers. */
import { useQuery } from '@tanstack/react-query'
import { addDays, daysBetween, mondayOf } from '../lib/days.ts'
import { countOf, daysQuery, type ReportAsked, type ReportRow } from '../lib/reports.ts'
import { dateInWords } from '../lib/time.ts'
import { counted, number } from '../lib/words.ts'
import { LoadingBlock } from '../ui/states.tsx'
import classes from './reports.module.css'

/** More bars than this are too thin to be told apart. */
const BARS_MAX = 100
const HEIGHT = 100

interface Bar {
  day: string
  delivered: number
  replied: number
}

function barsOf({ from, to }: ReportAsked, rows: readonly ReportRow[], weekly: boolean): Bar[] {
  const bars = new Map<string, Bar>()
  const keyOf = (day: string) => (weekly ? mondayOf(day) : day)
  for (let day = keyOf(from); day <= to; day = addDays(day, weekly ? 7 : 1))
    bars.set(day, { day, delivered: 0, replied: 0 })
  for (const { key, counters } of rows) {
    const bar = bars.get(keyOf(key))
    if (!bar) continue
    bar.delivered += countOf(counters, 'unique_delivered')
    bar.replied += countOf(counters, 'unique_replied')
  }
  return [...bars.values()]
}

export function DayChart({ asked }: { asked: ReportAsked }) {
  const { data } = useQuery(daysQuery(asked))
  if (!data) return <LoadingBlock height={150} />
  const weekly = daysBetween(asked.from, asked.to) > BARS_MAX
  const bars = barsOf(asked, data, weekly)
  const most = Math.max(1, ...bars.map((bar) => Math.max(bar.delivered, bar.replied)))
  return (
    <figure className={classes.chart} data-testid="report-chart">
      <figcaption className={classes.legend}>
        <span>
          <i style={{ background: 'var(--sg-active-solid)' }} aria-hidden /> Delivered
        </span>
        <span>
          <i style={{ background: 'var(--sg-replied-solid)' }} aria-hidden /> Replied
        </span>
        <span className="sg-quiet">
          {weekly ? 'a bar for each week' : 'a bar for each day'}, highest {number(most)}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${bars.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={inWords(bars, weekly)}
      >
        {bars.map((bar, place) => (
          <g key={bar.day}>
            <title>{tipOf(bar, weekly)}</title>
            <rect x={place} y={0} width={1} height={HEIGHT} fill="transparent" />
            <Column place={place} part={bar.delivered / most} color="var(--sg-active-solid)" />
            <Column place={place} part={bar.replied / most} color="var(--sg-replied-solid)" />
          </g>
        ))}
      </svg>
      <div className={classes.ends}>
        <span>{dateInWords(asked.from)}</span>
        <span>{dateInWords(asked.to)}</span>
      </div>
    </figure>
  )
}

function Column({ place, part, color }: { place: number; part: number; color: string }) {
  const height = part * HEIGHT
  return <rect x={place + 0.12} y={HEIGHT - height} width={0.76} height={height} fill={color} />
}

const tipOf = ({ day, delivered, replied }: Bar, weekly: boolean) =>
  `${weekly ? 'Week of ' : ''}${dateInWords(day)}: ${number(delivered)} delivered, ${number(replied)} replied`

function inWords(bars: readonly Bar[], weekly: boolean): string {
  const best = bars.reduce((most, bar) => (bar.delivered > most.delivered ? bar : most))
  return `${counted(bars.length, weekly ? 'week' : 'day')}. The most was delivered in this one: ${tipOf(best, weekly)}. The table by day has every number.`
}
