/** Chooses some contacts out of a search, or everyone it finds. */
import { Checkbox, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import type { Contact } from '../lib/api-types.ts'
import { type ContactPage, searchContacts } from '../lib/contacts.ts'
import { usePaged } from '../lib/paged.ts'
import { counted, nameOf } from '../lib/words.ts'
import type { Column } from '../ui/column.ts'
import { DataTable } from '../ui/data-table.tsx'
import { AppLink } from '../ui/link.tsx'
import { EmptyState } from '../ui/states.tsx'
import classes from './choose-people.module.css'

export interface Chosen {
  ids: ReadonlySet<string>
  /** Everyone a search finds, also those not shown. */
  everyone: { q: string; total: number } | undefined
}

export const NOBODY: Chosen = { ids: new Set(), everyone: undefined }
export const sizeOf = (chosen: Chosen) => chosen.everyone?.total ?? chosen.ids.size

const rowsOf = (page: ContactPage) => page.contacts

const columns: Column<Contact>[] = [
  {
    key: 'person',
    title: 'Person',
    width: 'minmax(0, 1fr)',
    cell: (contact) => (
      <div className="sg-truncate">
        {nameOf(contact)} <span className="sg-quiet">{contact.email ?? 'no email address'}</span>
      </div>
    ),
  },
  {
    key: 'company',
    title: 'Company',
    width: 'minmax(0, 0.5fr)',
    from: 480,
    cell: (contact) => <div className="sg-truncate sg-quiet">{contact.organization_name}</div>,
  },
]

function useFound(q: string) {
  const ask = useCallback((page: number, signal: AbortSignal) => searchContacts({ q, page }, signal), [q])
  return usePaged<ContactPage, Contact>({ key: ['contacts', 'choose', q], ask, rowsOf })
}

export function ChoosePeople({ chosen, onChoose }: { chosen: Chosen; onChoose: (chosen: Chosen) => void }) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 250)
  const paged = useFound(q)
  const shownIds = new Set(chosen.everyone ? paged.rows.map((row) => row.id) : chosen.ids)
  const toggle = ({ id }: Contact) => {
    const ids = new Set(shownIds)
    if (!ids.delete(id)) ids.add(id)
    onChoose({ ids, everyone: undefined })
  }
  return (
    <div>
      <div className={classes.head}>
        <SearchPeople
          typed={typed}
          onType={(text) => {
            setTyped(text)
            onChoose(NOBODY)
          }}
        />
        <Everyone q={q} total={paged.total} chosen={chosen} onChoose={onChoose} />
      </div>
      <div className={classes.list} data-scroll>
        <DataTable
          label="People to add"
          testId="choose-row"
          columns={columns}
          paged={paged}
          rowKey={(contact) => contact.id}
          onOpen={toggle}
          selection={{ chosen: shownIds, onChoose: (ids) => onChoose({ ids, everyone: undefined }) }}
          empty={<Nobody searched={q !== ''} />}
        />
      </div>
    </div>
  )
}

function SearchPeople({ typed, onType }: { typed: string; onType: (text: string) => void }) {
  return (
    <TextInput
      type="search"
      aria-label="Search people"
      placeholder="Search name, company, address"
      leftSection={<IconSearch size={16} stroke={1.75} />}
      value={typed}
      onChange={(event) => onType(event.currentTarget.value)}
      style={{ flex: '1 1 200px' }}
      data-autofocus
      data-testid="choose-people-search"
    />
  )
}

interface EveryoneProps {
  q: string
  total: number
  chosen: Chosen
  onChoose: (chosen: Chosen) => void
}

function Everyone({ q, total, chosen, onChoose }: EveryoneProps) {
  return (
    <Checkbox
      size="xs"
      label={`All ${counted(total, 'person', 'people')}${q ? ' found' : ''}`}
      checked={chosen.everyone !== undefined}
      disabled={total === 0}
      onChange={(event) =>
        onChoose(event.currentTarget.checked ? { ids: new Set(), everyone: { q, total } } : NOBODY)
      }
      data-testid="choose-everyone"
    />
  )
}

function Nobody({ searched }: { searched: boolean }) {
  if (searched) return <EmptyState title="Nobody of that name" />
  return (
    <EmptyState title="There are no people yet">
      <AppLink to="/people/import">Import a file</AppLink> or{' '}
      <AppLink to="/people" search={{ new: '1' }}>
        add one
      </AppLink>{' '}
      first.
    </EmptyState>
  )
}
