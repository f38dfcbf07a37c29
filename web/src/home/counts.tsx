/** How much is going on, each number leading to its rows. */
import type { ReactNode } from 'react'
import type { Home } from '../lib/api-types.ts'
import { useNow } from '../lib/clock.ts'
import { useSession } from '../lib/session.ts'
import { isoDate } from '../lib/time.ts'
import { number } from '../lib/words.ts'
import { AppLink } from '../ui/link.tsx'
import classes from './home.module.css'

interface Figure {
  n: number
  words: string
  to: string
  search?: Record<string, string>
  /** Colored when there is something a person has to look at. */
  tone?: 'held' | 'failed'
}

export function Counts({ counts }: { counts: Home['counts'] }) {
  const { team } = useSession()
  const today = isoDate(useNow(), team.time_zone)
  const figures: Figure[] = [
    { n: counts.sequences_active, words: 'active sequences', to: '/sequences', search: { status: 'active' } },
    { n: counts.people_active, words: 'people under way', to: '/sequences', search: { status: 'active' } },
    {
      n: counts.sent_today,
      words: 'sent today',
      to: '/',
      search: { rows: 'mails', show: 'delivered', since: today },
    },
    {
      n: counts.holds,
      words: 'held, waiting for you',
      to: '/',
      search: { rows: 'people', show: 'held' },
      tone: 'held',
    },
    { n: counts.unknown, words: 'in doubt, yours to decide', to: '/in-doubt', tone: 'failed' },
  ]
  return (
    <div className={classes.figures}>
      {figures.map((figure) => (
        <One key={figure.words} {...figure} />
      ))}
    </div>
  )
}

function One({ n, words, to, search, tone }: Figure) {
  const content: ReactNode = (
    <>
      <span className={classes.number}>{number(n)}</span>
      <span className={classes.words}>{words}</span>
    </>
  )
  if (n === 0)
    return (
      <div className={classes.figure} data-none>
        {content}
      </div>
    )
  return (
    <AppLink to={to} search={search ?? {}} plain className={classes.figure ?? ''} data-tone={tone}>
      {content}
    </AppLink>
  )
}
