/** The gates between a person and their next mail, as a checklist: open ones quiet, closed ones with value, rule, time and remedy. */
import { IconCircleCheck, IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { WhyGate } from '../lib/sequence-types.ts'
import { whyQuery } from '../lib/sequences.ts'
import { withDates } from '../lib/time.ts'
import { counted } from '../lib/words.ts'
import { Instant } from '../ui/instant.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import classes from './person.module.css'

export function WhyNotSent({ enrollmentId, zone }: { enrollmentId: string; zone: string | null }) {
  const { data, error, refetch } = useQuery(whyQuery(enrollmentId))
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <LoadingBlock height={120} />
  const closed = data.gates.filter((gate) => gate.state === 'closed')
  const open = data.gates.filter((gate) => gate.state === 'open')
  return (
    <div className={classes.why} data-testid="why">
      {data.next_at ? (
        <p style={{ marginBottom: 8 }}>
          Earliest: <Instant at={data.next_at} zone={zone} />
        </p>
      ) : null}
      <ul className={classes.gates}>
        {closed.map((gate) => (
          <Closed key={gate.name} gate={gate} zone={zone} />
        ))}
        {closed.length === 0 ? (
          <li className={classes.gate}>Every gate is open: it leaves within moments.</li>
        ) : null}
      </ul>
      {open.length > 0 ? (
        <details className={classes.open}>
          <summary>{counted(open.length, 'gate is', 'gates are')} open</summary>
          <ul className={classes.gates}>
            {open.map((gate) => (
              <li key={gate.name} className={classes.gate} data-open>
                <IconCircleCheck size={16} stroke={1.75} aria-label="Open" />
                <span>{gate.rule}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  )
}

function Closed({ gate, zone }: { gate: WhyGate; zone: string | null }) {
  return (
    <li className={classes.gate} data-testid={`gate-${gate.name}`}>
      <IconLock size={16} stroke={1.75} aria-label="Closed" />
      <div>
        <div>{withDates(gate.sentence || gate.value || gate.rule)}</div>
        <div className="sg-quiet">
          {gate.sentence ? gate.rule : ''}
          {gate.until ? (
            <>
              {' '}
              Opens <Instant at={gate.until} zone={zone} />.
            </>
          ) : null}
        </div>
      </div>
    </li>
  )
}
