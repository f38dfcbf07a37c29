/** What became of an adding: how many are in, and everyone who is not, grouped by the reason. */
import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { searchContactsByIds } from '../lib/contacts.ts'
import type { Sequence } from '../lib/sequence-types.ts'
import { counted, nameOf, number } from '../lib/words.ts'
import { PersonLink } from '../ui/link.tsx'
import classes from './add-result.module.css'
import type { Added } from './batches.ts'
import { skipReason } from './skip-reasons.ts'

/** Names shown per reason; the rest is a number. */
const NAMES_SHOWN = 20

interface AddResultProps {
  sequence: Sequence
  result: Added
  onDone: () => void
  onMore: () => void
}

export function AddResult({ sequence, result, onDone, onMore }: AddResultProps) {
  const groups = Object.entries(Object.groupBy(Object.entries(result.skipped), ([, code]) => code))
  const skipped = Object.keys(result.skipped).length
  return (
    <div data-testid="add-result">
      <p>
        <strong>{counted(result.added, 'person', 'people')} added.</strong>{' '}
        {skipped > 0 ? `${number(skipped)} skipped:` : 'Nobody was skipped.'}
      </p>
      {groups.map(([code, entries]) => (
        <Skipped key={code} code={code} ids={(entries ?? []).map(([id]) => id)} />
      ))}
      {result.added > 0 && !sequence.active ? (
        <p className="sg-quiet" style={{ marginTop: 12 }}>
          The sequence is off: turn it on when its steps are ready.
        </p>
      ) : null}
      <Group justify="flex-end" mt="md" gap={8}>
        <Button variant="default" onClick={onMore}>
          Add more
        </Button>
        <Button onClick={onDone} data-autofocus data-testid="add-people-done">
          Done
        </Button>
      </Group>
    </div>
  )
}

function Skipped({ code, ids }: { code: string; ids: string[] }) {
  const shown = ids.slice(0, NAMES_SHOWN)
  const { data } = useQuery({
    queryKey: ['contacts', 'by-ids', shown],
    queryFn: ({ signal }) => searchContactsByIds(shown, signal),
  })
  const people = new Map(data?.contacts.map((contact) => [contact.id, contact]))
  const { sentence, option } = skipReason(code)
  return (
    <div className={classes.group}>
      <div>
        <strong>{number(ids.length)}</strong> {sentence}
        {option ? <span className="sg-quiet"> To add them, choose "{option}".</span> : null}
      </div>
      <div className={classes.names}>
        {shown.map((id) => {
          const person = people.get(id)
          return (
            <PersonLink key={id} id={person ? id : null}>
              {person ? nameOf(person) : id}
            </PersonLink>
          )
        })}
        {ids.length > shown.length ? <span>and {number(ids.length - shown.length)} more</span> : null}
      </div>
    </div>
  )
}
