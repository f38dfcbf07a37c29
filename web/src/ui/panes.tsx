/** A list on the left, what is open on the right; on a phone one of the two. */
import { Button } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './panes.module.css'

interface PanesProps {
  opened: boolean
  onBack: () => void
  list: ReactNode
  children: ReactNode
}

export function Panes({ opened, onBack, list, children }: PanesProps) {
  return (
    <div className={classes.panes} data-opened={opened || undefined}>
      <div className={classes.list} data-scroll>
        {list}
      </div>
      <div className={classes.open}>
        <Button
          className={classes.back ?? ''}
          variant="default"
          size="compact-sm"
          leftSection={<IconArrowLeft size={14} />}
          onClick={onBack}
        >
          Back to the list
        </Button>
        {children}
      </div>
    </div>
  )
}
