/** Removing a mailbox: says whom it touches, and asks what becomes of them. What stands in the way is said in the dialog. */
import { Button, Checkbox, Radio, Select, Stack } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Mailbox, Removal, RemovalChoice } from '../lib/mailbox-types.ts'
import { removalQuery, removeMailbox } from '../lib/mailboxes.ts'
import { dayAndMonth } from '../lib/time.ts'
import { counted, listed } from '../lib/words.ts'
import { tell } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Notice, Problem } from '../ui/problem.tsx'
import { LoadingBlock } from '../ui/states.tsx'
import { MoveTo, useOthers } from './move-to.tsx'

interface Chosen {
  people: RemovalChoice['people'] | ''
  moveTo: string[]
  acceptUnread: boolean
  keepDays: string
}

const TITLES: Record<RemovalChoice['people'], string> = {
  move: 'Move them to another mailbox',
  finish: 'Finish them',
  hold: 'Hold them',
}

const KEEP = [
  { value: '7', label: 'for 7 days' },
  { value: '30', label: 'for 30 days' },
  { value: '90', label: 'for 90 days' },
  { value: '0', label: 'not at all' },
]

export function RemoveMailbox({ mailbox }: { mailbox: Mailbox }) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [chosen, setChosen] = useState<Chosen>({
    people: '',
    moveTo: [],
    acceptUnread: false,
    keepDays: '30',
  })
  const { data: removal, error } = useQuery({ ...removalQuery(mailbox.id), enabled: asking })
  const set = (change: Partial<Chosen>) => setChosen((before) => ({ ...before, ...change }))
  const remove = async () => {
    const { reads_until } = await removeMailbox(mailbox.id, inputOf(chosen, removal))
    await queries.invalidateQueries()
    const read =
      reads_until === null
        ? ''
        : ` Its answers are read until ${dayAndMonth(Date.parse(reads_until), 'UTC')}.`
    tell(`${mailbox.email} was removed.${read}`)
  }
  return (
    <>
      <Button
        variant="subtle"
        color="red"
        size="compact-sm"
        onClick={() => setAsking(true)}
        data-testid="remove-mailbox"
      >
        Remove
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Remove ${mailbox.email}?`}
        verb="Remove"
        danger
        blocked={removal === undefined || !isWhole(chosen, removal)}
        onConfirm={remove}
      >
        {removal ? <Asked removal={removal} chosen={chosen} set={set} /> : null}
        {!removal && !error ? <LoadingBlock height={120} /> : null}
        <Problem words={error?.message} />
      </Confirm>
    </>
  )
}

function isWhole({ people, moveTo, acceptUnread }: Chosen, removal: Removal): boolean {
  if (removal.reads_for.length > 0) return false
  if (removal.choices.length === 0) return true
  if (people === 'move') return moveTo.length > 0 && (!removal.answers_unread || acceptUnread)
  return people !== ''
}

const inputOf = ({ people, moveTo, acceptUnread, keepDays }: Chosen, removal: Removal | undefined) => ({
  ...(removal?.choices.length ? { people } : {}),
  ...(people === 'move' ? { move_to: moveTo } : {}),
  ...(people === 'move' && acceptUnread ? { unread_answers: 'accept' } : {}),
  keep_reading_days: Number(keepDays),
})

interface AskedProps {
  removal: Removal
  chosen: Chosen
  set: (change: Partial<Chosen>) => void
}

function Asked({ removal, chosen, set }: AskedProps) {
  if (removal.reads_for.length > 0)
    return (
      <Notice tone="paused">
        It reads the answers of {listed(removal.reads_for)}. Choose another mailbox for that in the settings
        there, then remove this one.
      </Notice>
    )
  return (
    <Stack gap={12}>
      <div>
        It sends nothing more. What it has sent stays in the numbers.{' '}
        {removal.will_be_read
          ? 'The password that sends is forgotten now, the one that reads when its answers are no longer read.'
          : 'Its passwords are forgotten.'}
      </div>
      {removal.queued_emails > 0 ? (
        <div>{counted(removal.queued_emails, 'email')} to yourselves that wait in it are not sent.</div>
      ) : null}
      {removal.choices.length > 0 ? <People removal={removal} chosen={chosen} set={set} /> : null}
      {removal.will_be_read ? (
        <Select
          label="Answers that still arrive there are read"
          data={KEEP}
          value={chosen.keepDays}
          onChange={(keepDays) => set({ keepDays: keepDays ?? '30' })}
          allowDeselect={false}
          data-testid="keep-reading"
        />
      ) : null}
    </Stack>
  )
}

function People({ removal, chosen, set }: AskedProps) {
  const others = useOthers(removal.id)
  return (
    <Radio.Group
      label={`What becomes of ${whom(removal)}?`}
      value={chosen.people}
      onChange={(people) => set({ people: people as Chosen['people'] })}
    >
      <Stack gap={8} mt={8}>
        {removal.choices.map(({ people, sentence }) => (
          <Radio
            key={people}
            value={people}
            label={TITLES[people]}
            description={sentence}
            disabled={people === 'move' && others.length === 0}
            data-testid={`people-${people}`}
          />
        ))}
      </Stack>
      {others.length === 0 ? (
        <div className="sg-quiet">No other mailbox is connected that could take them over.</div>
      ) : null}
      {chosen.people === 'move' ? (
        <Stack gap={8} mt={8}>
          <MoveTo others={others} value={chosen.moveTo} onChange={(moveTo) => set({ moveTo })} />
          {removal.answers_unread ? (
            <Checkbox
              label={`Move them although its inbox cannot be read: ${counted(removal.people.in_thread, 'person', 'people')} may have answered, and would be written to again.`}
              checked={chosen.acceptUnread}
              onChange={(event) => set({ acceptUnread: event.currentTarget.checked })}
              data-testid="accept-unread"
            />
          ) : null}
        </Stack>
      ) : null}
    </Radio.Group>
  )
}

function whom({ people, sequences }: Removal): string {
  if (people.total === 0) return counted(people.failed, 'failed person', 'failed people')
  const where =
    sequences.length === 1 ? `in ${sequences[0]!.name ?? 'a sequence'}` : `in ${sequences.length} sequences`
  return `${counted(people.total, 'person', 'people')} ${where}`
}
