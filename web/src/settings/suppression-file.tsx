/** A file for the do-not-contact list on its way in: which column holds the values, what would be added, progress, result. The server reads it. */
import { Button, Group, Progress, Select } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { DryRun, Import } from '../lib/api-types.ts'
import { dryRun, failuresAddress, importQuery, startImport } from '../lib/imports.ts'
import { counted, number, percent } from '../lib/words.ts'
import { useAct } from '../ui/act.tsx'
import { Problem } from '../ui/problem.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import classes from './settings.module.css'

interface FileProps {
  id: string
  onBack: () => void
  onClose: () => void
}

export function SuppressionFile({ id, onBack, onClose }: FileProps) {
  const { data, error, refetch } = useQuery(importQuery(id))
  const found = data?.import
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!found) return <LoadingBlock height={120} />
  return (
    <>
      <p className="sg-quiet sg-truncate">{found.file_name}</p>
      {found.state === 'uploaded' ? <Choosing found={found} onBack={onBack} /> : null}
      {found.state === 'running' ? <Running found={found} /> : null}
      {found.state === 'done' ? <Done found={found} onClose={onClose} /> : null}
      {found.state === 'failed' ? <Stopped found={found} onBack={onBack} /> : null}
    </>
  )
}

function useStart(found: Import) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const start = (column: string) =>
    run(async () => {
      await startImport(found.id, { mapping: { [column]: 'value' } })
      await queries.invalidateQueries({ queryKey: ['imports'] })
    })
  return { busy, start }
}

function Choosing({ found, onBack }: { found: Import; onBack: () => void }) {
  const [column, setColumn] = useState<string | null>(Object.keys(found.guesses)[0] ?? null)
  const { busy, start } = useStart(found)
  const dry = useQuery({
    queryKey: ['imports', found.id, 'dry-run', column],
    queryFn: () => dryRun(found.id, { [column ?? '']: 'value' }),
    enabled: column !== null,
    retry: false,
  })
  const place = found.columns.indexOf(column ?? '')
  const samples = found.samples.flatMap((row) => row[place] || []).slice(0, 3)
  const adding = dry.data?.new ?? 0
  return (
    <>
      <Select
        mt="sm"
        label="Column with the address or domain"
        description={samples.length > 0 ? `Begins with ${samples.join(', ')}` : 'Only this column is read.'}
        data={found.columns}
        value={column}
        onChange={setColumn}
        allowDeselect={false}
        data-testid="suppressions-column"
      />
      <div className={classes.outcome}>
        {dry.error ? <ErrorState error={dry.error} onRetry={() => dry.refetch()} /> : null}
        {column !== null && dry.isPending ? <LoadingBlock height={60} /> : null}
        {dry.data ? <Outcome dry={dry.data} /> : null}
      </div>
      <Group justify="space-between" mt="md">
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button
          loading={busy}
          disabled={adding === 0}
          onClick={() => column !== null && start(column)}
          data-testid="suppressions-add"
        >
          {dry.data && adding === 0 ? 'Nothing to add' : `Add ${number(adding)}`}
        </Button>
      </Group>
    </>
  )
}

function Outcome({ dry }: { dry: DryRun }) {
  return (
    <div data-testid="suppressions-outcome">
      <p>
        <strong>{number(dry.new)} will be added</strong>
        {dry.update > 0 ? `, ${number(dry.update)} on the list already or twice in the file` : ''}
        {dry.failed > 0 ? `, ${counted(dry.failed, 'row')} cannot be read:` : ', every row can be read.'}
      </p>
      {dry.failed > 0 ? (
        <ul className={classes.lines}>
          {dry.failures.map(({ row, reason }) => (
            <li key={row}>
              Row {row}: {reason}
            </li>
          ))}
          {dry.failed > dry.failures.length ? (
            <li>and {number(dry.failed - dry.failures.length)} more, in a file after the import</li>
          ) : null}
        </ul>
      ) : null}
    </div>
  )
}

function Running({ found }: { found: Import }) {
  return (
    <>
      <Progress mt="md" value={found.progress * 100} aria-label="Progress" />
      <p className={classes.outcome}>
        {percent(found.progress)}: {counted(found.rows_read, 'row')} read. You can leave; it goes on.
      </p>
    </>
  )
}

function Done({ found, onClose }: { found: Import; onClose: () => void }) {
  const queries = useQueryClient()
  useEffect(() => {
    queries.invalidateQueries({ queryKey: ['suppressions'] })
  }, [queries])
  return (
    <>
      <p className={classes.outcome} data-testid="suppressions-done">
        <strong>{number(found.rows_created)} added.</strong>
        {found.rows_updated > 0 ? ` ${number(found.rows_updated)} were on the list already.` : ''}
        {found.rows_failed > 0 ? ` ${counted(found.rows_failed, 'row')} could not be read.` : ''}
      </p>
      <Group justify="flex-end" mt="md">
        {found.rows_failed > 0 ? <Failures id={found.id} /> : null}
        <Button onClick={onClose}>Done</Button>
      </Group>
    </>
  )
}

function Stopped({ found, onBack }: { found: Import; onBack: () => void }) {
  const { busy, start } = useStart(found)
  const column = Object.keys(found.mapping ?? {})[0]
  return (
    <>
      <Problem words={found.problem ?? 'The file could not be read to its end.'} />
      <p className={classes.outcome}>{number(found.rows_created)} were added before it stopped.</p>
      <Group justify="space-between" mt="md">
        <Button variant="default" onClick={onBack}>
          Another file
        </Button>
        {column ? (
          <Button loading={busy} onClick={() => start(column)}>
            Go on behind row {number(found.rows_read)}
          </Button>
        ) : null}
      </Group>
    </>
  )
}

const Failures = ({ id }: { id: string }) => (
  <Button variant="default" component="a" href={failuresAddress(id)} download>
    Download the rows that failed
  </Button>
)
