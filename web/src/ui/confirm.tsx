/** Asks once before something that touches people or cannot be undone, and says whom it touches. */
import { Button, Group, Modal } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import classes from './confirm.module.css'
import { Problem } from './problem.tsx'

interface ConfirmProps {
  opened: boolean
  onClose: () => void
  title: string
  children: ReactNode
  /** What the button does, as a verb: "Archive". */
  verb: string
  danger?: boolean
  /** Nothing to confirm: what is said must be mended first. */
  blocked?: boolean
  onConfirm: () => Promise<unknown>
}

export function Confirm({
  opened,
  onClose,
  title,
  children,
  verb,
  danger,
  blocked,
  onConfirm,
}: ConfirmProps) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const close = () => {
    setProblem(undefined)
    onClose()
  }
  const confirm = async () => {
    setBusy(true)
    setProblem(undefined)
    try {
      await onConfirm()
      close()
    } catch (error) {
      setProblem(sentenceOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal opened={opened} onClose={close} title={title}>
      <div className={classes.words}>{children}</div>
      <Problem words={problem} />
      <Group justify="flex-end" mt="md" gap={8}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          color={danger ? 'red' : 'indigo'}
          loading={busy}
          disabled={blocked ?? false}
          onClick={confirm}
          data-autofocus
          data-testid="confirm"
        >
          {verb}
        </Button>
      </Group>
    </Modal>
  )
}
