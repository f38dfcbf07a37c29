/** A menu of what a mail can be filled with; choosing one inserts it where the cursor is. */
import { Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Fragment, type ReactElement } from 'react'
import { snippetsQuery } from '../lib/reusables.ts'
import { VARIABLE_GROUPS } from './variables.ts'

export function VariableMenu({
  target,
  withSnippets = false,
  onInsert,
}: {
  target: ReactElement
  /** Into a body; a subject takes none. */
  withSnippets?: boolean
  onInsert: (text: string) => void
}) {
  const { data } = useQuery({ ...snippetsQuery, enabled: withSnippets })
  const snippets = withSnippets ? (data?.snippets ?? []) : []
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
        {snippets.length > 0 ? <Menu.Label>Snippets</Menu.Label> : null}
        {snippets.map(({ id, name }) => (
          <Menu.Item key={id} onClick={() => onInsert(`{{snippet:${name}}}`)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
