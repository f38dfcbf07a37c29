/** Adds people, or everyone on a list, to a sequence: who, from which mailbox, and afterwards a true account of who was skipped and why. */
import { Modal } from '@mantine/core'
import { useState } from 'react'
import type { Sequence } from '../lib/sequence-types.ts'
import { AddForm } from './add-form.tsx'
import { AddResult } from './add-result.tsx'
import type { Added } from './batches.ts'
import { titleOf } from './names.ts'

interface AddPeopleProps {
  sequence: Sequence
  opened: boolean
  onClose: () => void
}

export function AddPeople({ sequence, opened, onClose }: AddPeopleProps) {
  const [result, setResult] = useState<Added>()
  const close = () => {
    setResult(undefined)
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      size={640}
      yOffset="6vh"
      title={`Add people to ${titleOf(sequence)}`}
    >
      {result ? (
        <AddResult sequence={sequence} result={result} onDone={close} onMore={() => setResult(undefined)} />
      ) : (
        <AddForm sequence={sequence} onAdded={setResult} onCancel={close} />
      )}
    </Modal>
  )
}
