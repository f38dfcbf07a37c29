/** The way out of a hold: try the same step again, where the mailbox went away from another one. */
import { Button, Select } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { mailboxesQuery } from '../lib/mailboxes.ts'
import { release } from '../lib/sequences.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'

interface Row {
  id: string
  reason?: string | null
  mailbox_email?: string | null
}

export function ReleaseButton({ row }: { row: Row }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  if (row.reason === 'no_active_email_account') return <ChooseMailbox row={row} />
  const retry = () =>
    run(async () => {
      await release(row.id)
      await queries.invalidateQueries()
      tell('Released. It goes on from the same step.')
    })
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={busy}
      onClick={(event) => {
        event.stopPropagation()
        retry()
      }}
      style={{ flex: 'none' }}
    >
      Retry
    </Button>
  )
}

/** A thread cannot go on elsewhere: that is said before. */
function ChooseMailbox({ row }: { row: Row }) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [chosen, setChosen] = useState<string | null>(null)
  const { data } = useQuery({ ...mailboxesQuery, enabled: asking })
  const others = (data ?? []).filter(({ state, is_sandbox }) => state === 'connected' && !is_sandbox)
  const goOn = async () => {
    await release(row.id, chosen ?? undefined)
    await queries.invalidateQueries()
    tell('It goes on from the same step.')
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps clicks in the dialog from opening the row beneath
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys do not open rows from here
    <span onClick={(event) => event.stopPropagation()} style={{ flex: 'none' }}>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => setAsking(true)}
        data-testid="choose-mailbox"
      >
        Choose a mailbox
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title="Who writes to them from now on?"
        verb="Go on"
        blocked={chosen === null}
        onConfirm={goOn}
      >
        <p>
          {row.mailbox_email ?? 'Their mailbox'} does not send any more. The next email leaves from the one
          you choose, in a new thread.
        </p>
        <Select
          label="Mailbox"
          data={others.map(({ id, email }) => ({ value: id, label: email }))}
          value={chosen}
          onChange={setChosen}
          placeholder={others.length === 0 ? 'No other mailbox is connected' : 'Choose one'}
          data-testid="release-mailbox"
        />
      </Confirm>
    </span>
  )
}
