/** One file of people on its way in: mapping, dry run, progress, result. It can be left and come back to at any point. */
import { Button, Group, Progress } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Import } from '../lib/api-types.ts'
import { failuresAddress, importQuery, startImport } from '../lib/imports.ts'
import { useGo, useParam } from '../lib/url.ts'
import { bytes, counted, number, percent } from '../lib/words.ts'
import { useAct } from '../ui/act.tsx'
import { AppLink } from '../ui/link.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import { ImportMapping } from './import-mapping.tsx'

export function ImportScreen() {
  const id = useParam('importId')
  const { data, error, refetch } = useQuery(importQuery(id))
  const found = data?.import
  return (
    <Page
      title={found?.file_name || 'Import'}
      line={found ? lineOf(found) : ' '}
      actions={<AppLink to="/people/import">All imports</AppLink>}
    >
      {error && !data ? <ErrorState error={error} onRetry={refetch} /> : null}
      {!found && !error ? <LoadingBlock height={320} /> : null}
      {found?.state === 'uploaded' ? <ImportMapping found={found} /> : null}
      {found?.state === 'running' ? <Running found={found} /> : null}
      {found?.state === 'done' ? <Done found={found} /> : null}
      {found?.state === 'failed' ? <Failed found={found} /> : null}
    </Page>
  )
}

function lineOf(found: Import): string {
  if (found.state === 'uploaded')
    return `${bytes(found.bytes)}. Say which column holds what, look at the result, then start.`
  if (found.state === 'running') return 'Running. You can leave this page; it goes on.'
  return found.state === 'done' ? 'Done.' : 'It stopped.'
}

function Running({ found }: { found: Import }) {
  const part = found.progress ?? 0
  return (
    <Section>
      <Progress value={part * 100} aria-label="Progress" />
      <p style={{ marginTop: 8 }} data-testid="import-progress">
        {percent(part)}: {counted(found.rows_read ?? 0, 'row')} read, {number(found.rows_created ?? 0)} new,{' '}
        {number(found.rows_updated ?? 0)} updated, {number(found.rows_failed ?? 0)} failed.
      </p>
    </Section>
  )
}

function Done({ found }: { found: Import }) {
  const go = useGo()
  const failed = found.rows_failed ?? 0
  return (
    <Section>
      <p data-testid="import-done">
        <strong>{counted(found.rows_created ?? 0, 'new person', 'new people')}</strong>,{' '}
        {number(found.rows_updated ?? 0)} updated.
        {failed > 0
          ? ` ${counted(failed, 'row')} could not be read: the file below has each with its reason.`
          : ' Every row could be read.'}
      </p>
      <Group mt="md" gap={8}>
        <Button onClick={() => go('/people')}>See the people</Button>
        {failed > 0 ? <Failures id={found.id} /> : null}
        <Button variant="default" onClick={() => go('/people/import')}>
          Import another file
        </Button>
      </Group>
    </Section>
  )
}

function Failures({ id }: { id: string }) {
  return (
    <Button variant="default" component="a" href={failuresAddress(id)} download data-testid="import-failures">
      Download the failed rows
    </Button>
  )
}

function Failed({ found }: { found: Import }) {
  const go = useGo()
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const { mapping } = found
  const goOn = () =>
    run(async () => {
      await startImport(found.id, { mapping: mapping ?? {} })
      await queries.invalidateQueries({ queryKey: ['imports'] })
    })
  return (
    <Section>
      <Problem words={found.problem ?? 'The file could not be read to its end.'} />
      <p className="sg-quiet" style={{ marginTop: 12 }} data-testid="import-stopped">
        {number(found.rows_created)} new and {number(found.rows_updated)} updated before it stopped, after{' '}
        {number(found.rows_read)} of {counted(found.rows_total, 'row')}. Going on begins behind them, with the
        same columns and lists. Handing the file in again merges by email address and doubles nobody.
      </p>
      <Group mt="md" gap={8}>
        {mapping ? (
          <Button onClick={goOn} loading={busy} data-testid="import-go-on">
            Go on
          </Button>
        ) : null}
        <Button variant="default" onClick={() => go('/people/import')}>
          Hand in a file again
        </Button>
        {(found.rows_failed ?? 0) > 0 ? <Failures id={found.id} /> : null}
      </Group>
    </Section>
  )
}
