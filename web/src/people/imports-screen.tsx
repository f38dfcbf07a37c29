/** Handing in a file of people, and the files of before. */
import { FileButton, Progress } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type DragEvent, useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import type { Import } from '../lib/api-types.ts'
import { importsQuery, uploadImport } from '../lib/imports.ts'
import { useGo } from '../lib/url.ts'
import { counted, number } from '../lib/words.ts'
import { Instant } from '../ui/instant.tsx'
import { AppLink } from '../ui/link.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import classes from './import.module.css'

export function ImportsScreen() {
  return (
    <Page
      title="Import people"
      line="A CSV file with one person per row. Nobody is written to until you add them to a sequence."
      actions={<AppLink to="/people">Back to People</AppLink>}
    >
      <Drop />
      <Earlier />
    </Page>
  )
}

function useUpload() {
  const go = useGo()
  const queries = useQueryClient()
  const [part, setPart] = useState<number>()
  const [problem, setProblem] = useState<string>()
  const send = async (file: File | null | undefined) => {
    if (!file) return
    setProblem(undefined)
    setPart(0)
    try {
      const answer = await uploadImport('contacts', file, setPart)
      queries.setQueryData(['imports', answer.import.id], answer)
      go(`/people/import/${answer.import.id}`)
    } catch (error) {
      setProblem(sentenceOf(error))
    } finally {
      setPart(undefined)
    }
  }
  return { part, problem, send }
}

function Drop() {
  const { part, problem, send } = useUpload()
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    send(event.dataTransfer.files[0])
  }
  return (
    <>
      <FileButton
        onChange={send}
        accept=".csv,.tsv,.txt,text/csv"
        inputProps={{ 'data-testid': 'import-file' } as object}
      >
        {(props) => (
          <button
            type="button"
            {...props}
            className={classes.drop}
            data-over={over || undefined}
            disabled={part !== undefined}
            onDragOver={(event) => {
              event.preventDefault()
              setOver(true)
            }}
            onDragLeave={() => setOver(false)}
            onDrop={drop}
          >
            <IconFileUpload size={24} stroke={1.5} aria-hidden />
            <span className={classes.dropWords}>Drop a CSV file here, or choose one</span>
            <span className="sg-quiet">Any separator, UTF-8 or UTF-16. The first row names the columns.</span>
            {part === undefined ? null : (
              <Progress value={part * 100} w={240} mt={8} aria-label="Sending the file" />
            )}
          </button>
        )}
      </FileButton>
      <Problem words={problem} />
    </>
  )
}

function Earlier() {
  const { data, error, refetch } = useQuery(importsQuery)
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <LoadingRows rows={3} />
  const imports = data.imports.filter((each) => each.kind !== 'suppressions')
  if (imports.length === 0) return null
  return (
    <Section title="Earlier files">
      {imports.map((each) => (
        <AppLink key={each.id} to={`/people/import/${each.id}`} plain className={classes.earlier ?? ''}>
          <span className="sg-truncate">{each.file_name || 'A file'}</span>
          <span className="sg-quiet">{summary(each)}</span>
          <StateBadge state={each.state} />
          <span className="sg-quiet">
            <Instant at={each.created_at} short />
          </span>
        </AppLink>
      ))}
    </Section>
  )
}

function summary(each: Import): string {
  if (each.state === 'uploaded') return 'not started'
  const failed = each.rows_failed ?? 0
  return `${number(each.rows_created ?? 0)} new, ${number(each.rows_updated ?? 0)} updated${failed > 0 ? `, ${counted(failed, 'row')} failed` : ''}`
}
