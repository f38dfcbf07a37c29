/** What typed values would add to the do-not-contact list, and which lines cannot be read and why; then the adding. */
import { Button, Group } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { addSuppressions, type Suppressed, trySuppressions } from '../lib/imports.ts'
import { counted, number } from '../lib/words.ts'
import { tell, useAct } from '../ui/act.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import classes from './settings.module.css'
import type { TypedValue } from './suppression-text.ts'

/** What one call takes. */
const BATCH = 1_000

async function inBatches(
  values: readonly string[],
  call: (values: string[]) => Promise<Suppressed>,
): Promise<Suppressed> {
  const sum: Suppressed = { added: 0, already: 0, refused: [] }
  for (let from = 0; from < values.length; from += BATCH) {
    const answer = await call(values.slice(from, from + BATCH))
    sum.added += answer.added
    sum.already += answer.already
    sum.refused.push(...answer.refused)
  }
  return sum
}

interface ReviewProps {
  values: TypedValue[]
  onBack: () => void
  onClose: () => void
}

export function SuppressionReview({ values, onBack, onClose }: ReviewProps) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const words = values.map(({ value }) => value)
  const { data, error, refetch } = useQuery({
    queryKey: ['suppressions', 'trial', words],
    queryFn: () => inBatches(words, trySuppressions),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  })
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <LoadingBlock height={120} />
  const add = () =>
    run(async () => {
      const refused = new Set(data.refused.map(({ value }) => value))
      const done = await inBatches(
        words.filter((value) => !refused.has(value)),
        addSuppressions,
      )
      await queries.invalidateQueries()
      tell(`${number(done.added)} added to the do-not-contact list.`)
      onClose()
    })
  return (
    <>
      <Outcome values={values} trial={data} />
      <Group justify="space-between" mt="md">
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button loading={busy} disabled={data.added === 0} onClick={add} data-testid="suppressions-add">
          {data.added > 0 ? `Add ${number(data.added)}` : 'Nothing to add'}
        </Button>
      </Group>
    </>
  )
}

function Outcome({ values, trial }: { values: TypedValue[]; trial: Suppressed }) {
  const [all, setAll] = useState(false)
  const reasons = new Map(trial.refused.map(({ value, reason }) => [value, reason]))
  const unread = values.filter(({ value }) => reasons.has(value))
  const partly = values.filter(({ value, ignored }) => ignored.length > 0 && !reasons.has(value))
  const domains = values.filter(
    ({ value }) => !value.replace(/^\*?@/, '').includes('@') && !reasons.has(value),
  )
  return (
    <div data-testid="suppressions-outcome">
      <p>
        <strong>{number(trial.added)} will be added</strong>
        {trial.already > 0 ? `, ${number(trial.already)} on the list already` : ''}
        {unread.length > 0
          ? `, ${counted(unread.length, 'line')} cannot be read`
          : ', every line can be read'}
        .
      </p>
      {domains.length > 0 ? (
        <Lines
          title="Everyone at these domains"
          lines={domains.map(({ value }) => value.replace(/^\*?@/, ''))}
          all={all}
        />
      ) : null}
      <Lines
        title="Cannot be read, and is not added"
        lines={unread.map(({ line, value }) => `Line ${line}: ${reasons.get(value)}`)}
        all={all}
      />
      <Lines
        title="Of these lines one cell is added"
        lines={partly.map(({ line, value, ignored }) => `Line ${line}: ${value}, not ${ignored.join(', ')}`)}
        all={all}
      />
      {!all && Math.max(unread.length, partly.length, domains.length) > LINES_SHOWN ? (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          Show all
        </Button>
      ) : null}
    </div>
  )
}

/** A screenful; the rest on demand. */
const LINES_SHOWN = 8

function Lines({ title, lines, all }: { title: string; lines: string[]; all: boolean }) {
  if (lines.length === 0) return null
  const shown = all ? lines : lines.slice(0, LINES_SHOWN)
  return (
    <>
      <p className={classes.linesTitle}>{title}</p>
      <ul className={classes.lines}>
        {shown.map((line) => (
          <li key={line}>{line}</li>
        ))}
        {shown.length < lines.length ? <li>and {number(lines.length - shown.length)} more</li> : null}
      </ul>
    </>
  )
}
