/** What everyone must know now: that the clock is not the real one, that nothing is sent, that something needs an operator. */
import { IconAlertTriangle, IconClockPlay } from '@tabler/icons-react'
import { useState } from 'react'
import { useNow } from '../lib/clock.ts'
import { useSession, useTravel } from '../lib/session.ts'
import { browserZone, fullTime } from '../lib/time.ts'
import { useAct } from '../ui/act.tsx'
import classes from './shell.module.css'

export function Banners() {
  const { clock, fenced_reason, warnings } = useSession()
  return (
    <>
      {fenced_reason ? <Warning tone="failed" words={fenced_reason} /> : null}
      {warnings.map((words) => (
        <Warning key={words} tone="paused" words={words} />
      ))}
      {clock.travel_enabled ? <TravelBar /> : null}
    </>
  )
}

/** Red: nothing is sent. Amber: something is less than it could be. */
function Warning({ tone, words }: { tone: 'failed' | 'paused'; words: string }) {
  return (
    <div className={classes.banner} data-tone={tone} role="status">
      <IconAlertTriangle size={16} stroke={1.75} aria-hidden />
      <span>{words}</span>
    </div>
  )
}

const JUMPS = [
  { advance: '1h', words: '+1 h' },
  { advance: '1d', words: '+1 day' },
  { advance: 'next', words: 'Next event' },
] as const

function TravelBar() {
  const now = useNow()
  const travel = useTravel()
  const { busy, run } = useAct()
  const [going, setGoing] = useState('')
  const jump = (advance: string) => {
    setGoing(advance)
    run(() => travel(advance))
  }
  return (
    <div className={classes.banner} data-tone="paused" data-testid="travel-bar">
      <IconClockPlay size={16} stroke={1.75} aria-hidden />
      <span aria-live="polite">
        It is <strong data-testid="travel-now">{fullTime(now, browserZone())}</strong> here.
      </span>
      <div className={classes.travel}>
        {JUMPS.map(({ advance, words }) => (
          <button
            type="button"
            key={advance}
            disabled={busy}
            onClick={() => jump(advance)}
            data-testid={`travel-${advance}`}
          >
            {busy && going === advance ? 'Travelling' : words}
          </button>
        ))}
      </div>
    </div>
  )
}
