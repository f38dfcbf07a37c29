/** Shown while there are unsaved words. Saving a live sequence first says whom it touches; leaving asks once. */
import { Button, Group, Modal } from '@mantine/core'
import { useState } from 'react'
import type { SequenceDetail } from '../lib/sequence-types.ts'
import { foreseeUpdate } from '../lib/sequences.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { stepInputs } from './draft.ts'
import classes from './steps.module.css'
import { touches } from './touches.ts'
import { type Editing, useSaveKey } from './use-draft.ts'

export function SaveBar({ detail, editing }: { detail: SequenceDetail; editing: Editing }) {
  const { dirty, discard, save } = editing
  const { busy, run } = useAct()
  const [asking, setAsking] = useState<string[]>()
  const live = detail.emailer_campaign.active && detail.emailer_campaign.people.total > 0
  const saveNow = async () => {
    await save()
    tell('Saved.')
  }
  const ask = async () => {
    const { saved: before, draft: after } = editing
    const foreseen = await foreseeUpdate(detail.emailer_campaign.id, { emailer_steps: stepInputs(after) })
    setAsking(touches({ before, after }, foreseen))
  }
  const begin = () => void run(live ? ask : saveNow)
  useSaveKey(dirty, begin)
  return (
    <>
      {dirty ? (
        <div className={classes.saveBar} data-testid="save-bar">
          <span>Not saved yet.</span>
          <Group gap={8}>
            <Button variant="default" onClick={discard}>
              Discard
            </Button>
            <Button onClick={begin} loading={busy} data-testid="save-steps">
              Save
            </Button>
          </Group>
        </div>
      ) : null}
      <Confirm
        opened={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title="Save while it is active?"
        verb="Save"
        onConfirm={saveNow}
      >
        <ul style={{ margin: 0, paddingLeft: 18 }}>
          {asking?.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Confirm>
      <Leaving editing={editing} />
    </>
  )
}

function Leaving({ editing: { leaving } }: { editing: Editing }) {
  return (
    <Modal opened={leaving !== undefined} onClose={() => leaving?.stay()} title="Leave without saving?">
      What you changed in the steps is lost when you leave.
      <Group justify="flex-end" mt="md" gap={8}>
        <Button variant="default" onClick={leaving?.leave}>
          Leave
        </Button>
        <Button onClick={leaving?.stay} data-autofocus>
          Stay
        </Button>
      </Group>
    </Modal>
  )
}
