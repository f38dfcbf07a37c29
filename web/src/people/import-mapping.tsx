/** Which column holds what, with samples and guesses; then a dry run; then the start. */
import { Button, Group, Select, SimpleGrid, TagsInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import type { DryRun, Import } from '../lib/api-types.ts'
import { labelsQuery } from '../lib/contacts.ts'
import { dryRun, importQuery, type Mapping, type StartInput, startImport } from '../lib/imports.ts'
import { counted, number } from '../lib/words.ts'
import { useAct } from '../ui/act.tsx'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import { ZoneSelect } from '../ui/zone-select.tsx'
import classes from './import.module.css'

/** Only what was mapped to a field is sent. */
const told = (mapping: Mapping): Mapping =>
  Object.fromEntries(Object.entries(mapping).filter(([, field]) => field !== ''))

export function ImportMapping({ found }: { found: Import }) {
  const [mapping, setMapping] = useState<Mapping>(() => ({ ...found.guesses }))
  const [lists, setLists] = useState<string[]>([])
  const [zone, setZone] = useState<string | null>(null)
  const dry = useDryRun(found, mapping)
  const { busy, start } = useStart(found)
  const begin = () =>
    start({
      mapping: told(mapping),
      ...(lists.length > 0 ? { label_names: lists } : {}),
      ...(zone ? { time_zone_default: zone } : {}),
    })
  return (
    <>
      <Section title="Columns">
        <Columns found={found} mapping={mapping} onChange={setMapping} />
      </Section>
      <Section title="For everyone in this file">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing={12}>
          <Lists chosen={lists} onChoose={setLists} />
          <ZoneSelect
            label="Time zone where the file says none"
            description="Empty: unknown, so the schedule's zone is used."
            clearable
            value={zone}
            onChange={setZone}
          />
        </SimpleGrid>
      </Section>
      <Section title="What would happen">
        <Forecast dry={dry} />
        <StartButton dry={dry} busy={busy} onStart={begin} />
      </Section>
    </>
  )
}

const useDryRun = (found: Import, mapping: Mapping) =>
  useQuery({
    queryKey: ['imports', found.id, 'dry-run', told(mapping)],
    queryFn: () => dryRun(found.id, told(mapping)),
    placeholderData: (previous) => previous,
    retry: false,
  })

/** Starts the import, and shows it as started at once. */
function useStart(found: Import) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const start = (input: StartInput) =>
    run(async () => {
      const answer = await startImport(found.id, input)
      queries.setQueryData(
        importQuery(found.id).queryKey,
        (before) =>
          ({ import: { ...before?.import, ...answer.import, state: answer.import.state } }) as never,
      )
      await queries.invalidateQueries({ queryKey: ['imports'] })
    })
  return { busy, start }
}

function Lists({ chosen, onChoose }: { chosen: string[]; onChoose: (names: string[]) => void }) {
  const { data: labels } = useQuery(labelsQuery)
  return (
    <TagsInput
      label="Put on lists"
      description="A list that does not exist yet is made."
      data={(labels ?? []).map((label) => label.name)}
      value={chosen}
      onChange={onChoose}
    />
  )
}

type Dry = ReturnType<typeof useDryRun>

function Forecast({ dry }: { dry: Dry }) {
  return (
    <>
      {dry.error ? <Problem words={sentenceOf(dry.error)} /> : null}
      {dry.isPending ? <LoadingBlock height={60} /> : null}
      {dry.data && !dry.error ? <Outcome dry={dry.data} /> : null}
      {dry.error ? <ErrorStateRetry onRetry={() => dry.refetch()} /> : null}
    </>
  )
}

function StartButton({ dry, busy, onStart }: { dry: Dry; busy: boolean; onStart: () => void }) {
  const useful = dry.data ? dry.data.new + dry.data.update : 0
  return (
    <Group mt="md">
      <Button
        onClick={onStart}
        loading={busy}
        disabled={!dry.data || dry.isError || dry.isPlaceholderData || useful === 0}
        data-testid="import-start"
      >
        {useful > 0 ? `Import ${counted(useful, 'person', 'people')}` : 'Import'}
      </Button>
    </Group>
  )
}

const ErrorStateRetry = ({ onRetry }: { onRetry: () => void }) => (
  <Button variant="default" mt="sm" onClick={onRetry}>
    Try again
  </Button>
)

interface ColumnsProps {
  found: Import
  mapping: Mapping
  onChange: (mapping: Mapping) => void
}

function Columns({ found, mapping, onChange }: ColumnsProps) {
  const taken = new Set(Object.values(mapping))
  if (found.columns.length === 0) return <ErrorState error={undefined} />
  return (
    <div className={classes.columns}>
      <div className={classes.columnHead}>
        <span>In the file</span>
        <span>First rows</span>
        <span>Becomes</span>
      </div>
      {found.columns.map((column, place) => (
        <div key={column} className={classes.column}>
          <span className={classes.columnName}>{column || `Column ${place + 1}`}</span>
          <span className={classes.samples}>
            {found.samples
              .slice(0, 3)
              .map((row) => row[place])
              .filter(Boolean)
              .join(', ')}
          </span>
          <Select
            aria-label={`What ${column} becomes`}
            placeholder="Left out"
            clearable
            searchable
            data={found.fields.map((field) => ({
              value: field.name,
              label: field.label,
              disabled: taken.has(field.name) && mapping[column] !== field.name,
            }))}
            value={mapping[column] || null}
            onChange={(field) => onChange({ ...mapping, [column]: field ?? '' })}
            data-testid={`map-${column}`}
          />
        </div>
      ))}
    </div>
  )
}

function Outcome({ dry }: { dry: DryRun }) {
  const [shown, setShown] = useState(false)
  return (
    <div data-testid="dry-run">
      <p>
        {counted(dry.rows, 'row')}: <strong>{number(dry.new)} new</strong>,{' '}
        <strong>{number(dry.update)} update</strong>
        {dry.failed > 0 ? (
          <>
            , {number(dry.failed)} cannot be read:{' '}
            <button
              type="button"
              className={classes.why}
              aria-expanded={shown}
              onClick={() => setShown(!shown)}
            >
              {shown ? 'hide why' : 'see why'}
            </button>
          </>
        ) : (
          ', all can be read.'
        )}
      </p>
      {shown ? (
        <ul className={classes.failures}>
          {dry.failures.map((failure) => (
            <li key={failure.row}>
              Row {failure.row}: {failure.reason}
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
