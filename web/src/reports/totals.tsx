/** The numbers of everything that is asked for, each with what it is divided by. */
import { type Counters, countOf, MEASURES, shareOf } from '../lib/reports.ts'
import { number } from '../lib/words.ts'
import classes from './reports.module.css'

export function Totals({ totals }: { totals: Counters }) {
  return (
    <dl className={classes.totals} aria-label="Altogether" data-testid="report-totals">
      {MEASURES.map((measure) => (
        <div key={measure.key} className={classes.total} data-testid={`total-${measure.key}`}>
          <dt>{measure.title}</dt>
          <dd className={classes.figure}>{number(countOf(totals, measure.key))}</dd>
          <dd className="sg-quiet">{measure.of ? shareOf(totals, measure, { words: true }) : 'emails'}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Beneath the table: what each word counts. */
export function Meanings({ zone }: { zone: string }) {
  return (
    <section className={classes.meanings} aria-label="What the numbers count">
      <h2>What the numbers count</h2>
      <p>
        A day is the one on which the email was handed over, in {zone}. What comes of it later, an answer or a
        bounce, counts on that day, too: so yesterday's numbers still rise.
      </p>
      <dl>
        {MEASURES.map(({ key, title, means, of }) => (
          <div key={key}>
            <dt>{title}</dt>
            <dd>
              {means}
              {of
                ? ` Divided by the emails ${of.words === 'delivered' ? 'delivered' : `delivered ${of.words}`}.`
                : ''}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
