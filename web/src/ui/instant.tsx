/** A moment, in the reader's zone: "Tue 9:02 (in 14 h)". Pointing at it shows the contact's zone and UTC. */
import { useNow } from '../lib/clock.ts'
import { browserZone, fromNow, fullTime, wallTime, zoneName } from '../lib/time.ts'
import classes from './instant.module.css'
import { Tip } from './tip.tsx'

interface InstantProps {
  at: string | null | undefined
  /** The zone of the contact it is about, if there is one. */
  zone?: string | null | undefined
  /** Leaves out "(in 14 h)" where space is short. */
  short?: boolean
  /** What stands there when there is no moment. */
  none?: string
}

function Zones({ at, zone }: { at: number; zone: string | null | undefined }) {
  const mine = browserZone()
  const rows = [
    ['You', mine],
    ...(zone && zone !== mine ? [['Contact', zone]] : []),
    ...(mine !== 'UTC' && zone !== 'UTC' ? [['UTC', 'UTC']] : []),
  ] as const
  return (
    <>
      {rows.map(([who, where]) => (
        <div key={who}>
          {who}: {fullTime(at, where ?? 'UTC')}
          {who === 'UTC' ? '' : ` (${zoneName(where ?? 'UTC')})`}
        </div>
      ))}
    </>
  )
}

export function Instant({ at, zone, short, none = '' }: InstantProps) {
  const now = useNow()
  const instant = at ? Date.parse(at) : Number.NaN
  if (Number.isNaN(instant)) return none ? <span className="sg-quiet">{none}</span> : null
  return (
    <Tip label={() => <Zones at={instant} zone={zone} />}>
      <time dateTime={at ?? ''}>
        <span className={classes.whole}>{wallTime(instant, now, browserZone())}</span>
        {short ? null : (
          <>
            {' '}
            <span className={classes.apart}>({fromNow(instant, now)})</span>
          </>
        )}
      </time>
    </Tip>
  )
}
