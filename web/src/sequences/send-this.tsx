/** Sends the step on show to oneself or to the sandbox, and says where it went. */
import { Button, Group, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import type { QueuedTrial } from '../lib/sequence-types.ts'
import { sendMeThis } from '../lib/sequences.ts'
import { useAct } from '../ui/act.tsx'
import { AppLink } from '../ui/link.tsx'
import type { DraftStep } from './draft.ts'

interface SendThisProps {
  sequenceId: string
  step: DraftStep
  person: string
  unsaved: boolean
}

export function SendThis({ sequenceId, step, person, unsaved }: SendThisProps) {
  const { busy, run } = useAct()
  const [queued, setQueued] = useState<QueuedTrial>()
  const send = (to: 'me' | 'sandbox') =>
    run(async () => {
      setQueued(undefined)
      setQueued((await sendMeThis(sequenceId, { step_id: step.key, contact_id: person, to })).queued)
    })
  return (
    <>
      <Group mt="sm" gap={8}>
        <Menu position="bottom-start">
          <Menu.Target>
            <Button
              variant="default"
              rightSection={<IconChevronDown size={14} />}
              loading={busy}
              disabled={!step.saved || !person || unsaved}
              data-testid="send-me-this"
            >
              Send me this
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => send('me')}>To my address</Menu.Item>
            <Menu.Item onClick={() => send('sandbox')}>To the sandbox</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        {unsaved ? <span className="sg-quiet">Save first, then it can be sent.</span> : null}
      </Group>
      <div aria-live="polite">{queued ? <Queued queued={queued} /> : null}</div>
    </>
  )
}

function Queued({ queued }: { queued: QueuedTrial }) {
  const { to_email, from_email, sandbox } = queued
  return (
    <p style={{ marginTop: 8, overflowWrap: 'anywhere' }} data-testid="trial-queued">
      {sandbox ? (
        <>
          Queued for {to_email}, in the sandbox: nobody outside gets it.{' '}
          <AppLink to="/sandbox" search={{ q: to_email }}>
            Open the sandbox
          </AppLink>
        </>
      ) : (
        `Queued for ${to_email}, from the mailbox ${from_email}. It leaves in a moment.`
      )}{' '}
      <span className="sg-quiet">It counts in no number.</span>
    </p>
  )
}
