/** What can be done with the chosen people, or with all who match; it says what will happen before it does. */
import { Button, Progress } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Enrollment, Sequence } from '../lib/sequence-types.ts'
import { changeStatuses, stopPeople } from '../lib/sequences.ts'
import { counted } from '../lib/words.ts'
import { tell } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { allMatching, inBatches } from './batches.ts'
import classes from './bulk-bar.module.css'

interface Act {
  verb: string
  done: string
  says: (people: string) => string
  danger?: boolean
  act: (sequenceId: string, contactIds: string[]) => Promise<unknown>
}

const ACTS: Act[] = [
  {
    verb: 'Pause',
    done: 'paused',
    says: (people) => `Nothing leaves to ${people} until somebody resumes them. Waits run on.`,
    act: (id, contacts) => changeStatuses(id, contacts, 'paused'),
  },
  {
    verb: 'Resume',
    done: 'resumed',
    says: (people) =>
      `${people} go on from where they stand. What is overdue goes at the next opening, within the limits.`,
    act: (id, contacts) => changeStatuses(id, contacts, 'active'),
  },
  {
    verb: 'Finish',
    done: 'finished',
    says: (people) => `${people} receive nothing more from this sequence. Their history stays.`,
    act: (id, contacts) => stopPeople(id, contacts, 'mark_as_finished'),
  },
  {
    verb: 'Remove',
    done: 'removed',
    danger: true,
    says: (people) =>
      `${people} leave this sequence and can be added again from its first step. What was sent stays in the ledger.`,
    act: (id, contacts) => stopPeople(id, contacts, 'remove'),
  },
]

interface BulkBarProps {
  sequence: Sequence
  rows: Enrollment[]
  total: number
  chosen: ReadonlySet<string>
  filter: { q: string | undefined; state: string | undefined }
  onDone: () => void
}

export function BulkBar({ sequence, rows, total, chosen, filter, onDone }: BulkBarProps) {
  const queries = useQueryClient()
  const [all, setAll] = useState(false)
  const [asking, setAsking] = useState<Act>()
  const [part, setPart] = useState(0)
  const picked = rows.filter((row) => chosen.has(row.id)).map((row) => row.contact.id)
  if (picked.length === 0) return null
  const everyone = all && picked.length < total
  const people = counted(everyone ? total : picked.length, 'person', 'people')
  const confirm = async () => {
    if (!asking) return
    const ids = everyone ? await allMatching({ sequenceId: sequence.id, ...filter }) : picked
    await inBatches(ids, (batch) => asking.act(sequence.id, batch), setPart)
    await queries.invalidateQueries()
    tell(`${counted(ids.length, 'person', 'people')} ${asking.done}.`)
    setPart(0)
    onDone()
  }
  return (
    <div className={classes.bar} role="toolbar" aria-label="With the chosen people" data-testid="bulk-bar">
      <span className={classes.words}>
        {everyone ? `All ${people} that match` : `${people} chosen`}
        {picked.length < total ? (
          <button type="button" className={classes.all} onClick={() => setAll(!all)}>
            {everyone
              ? 'Only the chosen ones'
              : `Choose all ${counted(total, 'person', 'people')} that match`}
          </button>
        ) : null}
      </span>
      <div className={classes.acts}>
        {ACTS.map((act) => (
          <Button
            key={act.verb}
            variant="default"
            onClick={() => setAsking(act)}
            data-testid={`bulk-${act.verb.toLowerCase()}`}
          >
            {act.verb}
          </Button>
        ))}
        <Button variant="subtle" color="gray" onClick={onDone}>
          Clear
        </Button>
      </div>
      <Confirm
        opened={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={`${asking?.verb ?? ''} ${people}?`}
        verb={asking?.verb ?? ''}
        danger={asking?.danger ?? false}
        onConfirm={confirm}
      >
        {asking?.says(people)}
        {part > 0 ? <Progress value={part * 100} mt="sm" aria-label="Progress" /> : null}
      </Confirm>
    </div>
  )
}
