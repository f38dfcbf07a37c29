/** A list under Settings: a section with the button that adds to it, its states and its rows, each with what can be done to it. */
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Confirm } from '../ui/confirm.tsx'
import { Section } from '../ui/page.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import classes from './settings.module.css'

interface RecordsProps<T> {
  title: string
  actions: ReactNode
  /** Undefined until they have come. */
  records: readonly T[] | undefined
  error: unknown
  onRetry: () => void
  empty?: ReactNode
  row: (record: T) => ReactNode
  /** A dialog over the list. */
  children?: ReactNode
}

export function Records<T>({
  title,
  actions,
  records,
  error,
  onRetry,
  empty,
  row,
  children,
}: RecordsProps<T>) {
  return (
    <Section title={title} actions={actions}>
      {error && !records ? <ErrorState error={error} onRetry={onRetry} /> : null}
      {!records && !error ? <LoadingRows rows={2} /> : null}
      {records?.length === 0 ? empty : null}
      {records?.map(row)}
      {children}
    </Section>
  )
}

export function AddButton({ word, onClick, testId }: { word: string; onClick: () => void; testId: string }) {
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconPlus size={14} />}
      onClick={onClick}
      data-testid={testId}
    >
      {word}
    </Button>
  )
}

export function RecordRow({ what, acts, testId }: { what: ReactNode; acts?: ReactNode; testId?: string }) {
  return (
    <div className={classes.row} data-testid={testId}>
      <div className={classes.what}>{what}</div>
      {acts ? <div className={classes.acts}>{acts}</div> : null}
    </div>
  )
}

interface EndButtonProps {
  /** "Delete", "Remove", "Revoke". */
  verb: string
  /** For those who hear the page, and in the question. */
  name: string
  end: () => Promise<unknown>
  queryKey: readonly unknown[]
  /** What it means, asked before. */
  children: ReactNode
}

/** Takes a record out of its list, after asking. */
export function EndButton({ verb, name, end, queryKey, children }: EndButtonProps) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const confirm = async () => {
    await end()
    await queries.invalidateQueries({ queryKey })
  }
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => setAsking(true)}
        aria-label={`${verb} ${name}`}
      >
        {verb}
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`${verb} ${name}?`}
        verb={verb}
        danger
        onConfirm={confirm}
      >
        {children}
      </Confirm>
    </>
  )
}
