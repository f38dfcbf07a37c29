/** A drawer from the right: the list behind stays. Closing it takes it out of the address. */
import { Drawer } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './side-drawer.module.css'

interface SideDrawerProps {
  opened: boolean
  onClose: () => void
  title: ReactNode
  width?: number
  children: ReactNode
}

export function SideDrawer({ opened, onClose, title, width = 720, children }: SideDrawerProps) {
  return (
    <Drawer.Root
      opened={opened}
      onClose={onClose}
      size={width}
      position="right"
      classNames={{ content: classes.content ?? '', header: classes.head ?? '', body: classes.body ?? '' }}
    >
      <Drawer.Overlay backgroundOpacity={0.25} />
      <Drawer.Content>
        <Drawer.Header>
          <Drawer.Title>{title}</Drawer.Title>
          <Drawer.CloseButton aria-label="Close" />
        </Drawer.Header>
        <Drawer.Body data-scroll>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  )
}
