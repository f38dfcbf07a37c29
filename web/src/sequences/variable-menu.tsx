/** A menu of what a mail can be filled with; choosing one inserts it where the cursor is. */
import { Menu } from '@mantine/core'
import { Fragment, type ReactElement } from 'react'
import { VARIABLE_GROUPS } from './variables.ts'

export function VariableMenu({
  target,
  onInsert,
}: {
  target: ReactElement
  onInsert: (text: string) => void
}) {
  return (
    <Menu position="bottom-end" width={240} returnFocus={false}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {VARIABLE_GROUPS.map(({ group, variables }) => (
          <Fragment key={group}>
            <Menu.Label>{group}</Menu.Label>
            {variables.map(({ label, insert }) => (
              <Menu.Item key={label} onClick={() => onInsert(insert)}>
                {label}
              </Menu.Item>
            ))}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
