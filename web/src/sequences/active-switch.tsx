/** Turns a sequence on and off. Before it does, it says what is missing, or whom it touches. */
import { Switch } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Sequence } from '../lib/sequence-types.ts'
import { activate, deactivate, readinessQuery } from '../lib/sequences.ts'
import { counted, listed } from '../lib/words.ts'
import { tell } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { LoadingBlock } from '../ui/states.tsx'
import { titleOf } from './names.ts'
import { Notices } from './readiness.tsx'

export function ActiveSwitch({ sequence }: { sequence: Sequence }) {
  const [asking, setAsking] = useState<'on' | 'off'>()
  if (sequence.archived) return <StateBadge state="archived" />
  const word = sequence.active ? 'Active' : 'Off'
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps a click on the switch or its dialog from opening the row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the switch inside takes the keys
    <div onClick={(event) => event.stopPropagation()}>
      <Switch
        size="sm"
        label={word}
        aria-label={`${titleOf(sequence)} is ${word.toLowerCase()}`}
        checked={sequence.active}
        onChange={() => setAsking(sequence.active ? 'off' : 'on')}
        wrapperProps={{ 'data-testid': 'active-switch' }}
      />
      <TurnOn sequence={sequence} opened={asking === 'on'} onClose={() => setAsking(undefined)} />
      <TurnOff sequence={sequence} opened={asking === 'off'} onClose={() => setAsking(undefined)} />
    </div>
  )
}

interface AskProps {
  sequence: Sequence
  opened: boolean
  onClose: () => void
}

function TurnOn({ sequence, opened, onClose }: AskProps) {
  const queries = useQueryClient()
  const { data } = useQuery({ ...readinessQuery(sequence.id), enabled: opened, staleTime: 0 })
  const waiting =
    sequence.people.total - sequence.people.finished - sequence.people.replied - sequence.people.bounced
  const refused = data?.problems.some((one) => one.refuses) ?? false
  const confirm = async () => {
    await activate(sequence.id)
    await queries.invalidateQueries()
    tell(`${titleOf(sequence)} is active.`)
  }
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={data && !data.ready ? 'This sequence cannot send yet' : `Turn on ${titleOf(sequence)}?`}
      verb={data && !data.ready && !refused ? 'Turn on anyway' : 'Turn on'}
      blocked={refused}
      onConfirm={confirm}
    >
      {data ? (
        <Notices sequenceId={sequence.id} readiness={data} onLeave={onClose} />
      ) : (
        <LoadingBlock height={72} />
      )}
      <p style={{ marginTop: 12 }}>
        {waiting > 0
          ? `${counted(waiting, 'person waits', 'people wait')} in it. Their mails leave in the schedule ${sequence.schedule?.name ?? ''}, within the limits of the mailboxes.`
          : 'Nobody is in it yet. Mails leave as soon as you add people.'}
      </p>
    </Confirm>
  )
}

function TurnOff({ sequence, opened, onClose }: AskProps) {
  const queries = useQueryClient()
  const confirm = async () => {
    const { still_sending: late } = await deactivate(sequence.id)
    await queries.invalidateQueries()
    const names = listed(late.map((each) => each.to_email ?? 'somebody'))
    tell(
      `${titleOf(sequence)} is off. ${late.length > 0 ? `Already on its way: the mail to ${names}.` : 'Nothing leaves from it.'}`,
    )
  }
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={`Turn off ${titleOf(sequence)}?`}
      verb="Turn off"
      onConfirm={confirm}
    >
      Nothing more leaves to the {counted(sequence.people.active, 'active person', 'active people')}. They
      keep their place and go on when you turn it on again.
    </Confirm>
  )
}
