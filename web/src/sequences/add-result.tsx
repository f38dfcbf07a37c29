/** What became of an adding: how many are in, and everyone who is not, grouped by the reason. */
import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { searchContactsByIds } from '../lib/contacts.ts'
import type { Sequence, SkipReason } from '../lib/sequence-types.ts'
import { counted, nameOf, number } from '../lib/words.ts'
import { PersonLink } from '../ui/link.tsx'
import classes from './add-result.module.css'
import type { Added } from './batches.ts'
import { optionFor, sentenceOf } from './skip-reasons.ts'

/** Names shown per reason; the rest is a number. */
const NAMES_SHOWN = 20

interface AddResultProps {
  sequence: Sequence
  result: Added
  onDone: () => void
  onMore: () => void
}

/** People with the same sentence stand together. */
function grouped(result: Added) {
  const groups = new Map<string, { reason: SkipReason; ids: string[] }>()
  for (const { id, reasons } of result.skipped) {
    const [reason] = reasons
    if (!reason) continue
    const sentence = sentenceOf(reason)
    const group = groups.get(sentence) ?? { reason, ids: [] }
    group.ids.push(id)
    groups.set(sentence, group)
  }
  return [...groups]
}

export function AddResult({ sequence, result, onDone, onMore }: AddResultProps) {
  const skipped = result.skipped.length
  return (
    <div data-testid="add-result">
      <p>
        <strong>{counted(result.added, 'person', 'people')} added.</strong>{' '}
        {skipped > 0 ? `${number(skipped)} skipped:` : 'Nobody was skipped.'}
      </p>
      {result.receivedBefore > 0 ? (
        <p data-testid="received-before">
          {counted(result.receivedBefore, 'person was', 'people were')} in this sequence before and received
          emails of it. {result.goOn ? 'They go on after the last one.' : 'They begin again at step 1.'}
        </p>
      ) : null}
      {grouped(result).map(([sentence, { reason, ids }]) => (
        <Skipped key={sentence} sentence={sentence} option={optionFor(reason.flag)} ids={ids} />
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

interface SkippedProps {
  sentence: string
  option: string | undefined
  ids: string[]
}

function Skipped({ sentence, option, ids }: SkippedProps) {
  const shown = ids.slice(0, NAMES_SHOWN)
  const { data } = useQuery({
    queryKey: ['contacts', 'by-ids', shown],
    queryFn: ({ signal }) => searchContactsByIds(shown, signal),
  })
  const people = new Map(data?.contacts.map((contact) => [contact.id, contact]))
  return (
    <div className={classes.group} data-testid="skipped">
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
