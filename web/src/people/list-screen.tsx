/** Everyone the team can write to. */
import { Button, Select } from '@mantine/core'
import { IconPlus, IconUpload, IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { Contact } from '../lib/api-types.ts'
import { type ContactPage, labelsQuery, searchContacts, stagesQuery } from '../lib/contacts.ts'
import { usePaged } from '../lib/paged.ts'
import { useGo, useUrl } from '../lib/url.ts'
import { counted, matches } from '../lib/words.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Page, Toolbar } from '../ui/page.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { EmptyState } from '../ui/states.tsx'
import { NewPerson } from './new-person.tsx'
import { DetailLine, usePeopleColumns } from './people-columns.tsx'

const rowsOf = (page: ContactPage) => page.contacts

function usePeople() {
  const { state } = useUrl()
  const { q, stage, list } = state
  const ask = useCallback(
    (page: number, signal: AbortSignal) => searchContacts({ q, stage, list, page }, signal),
    [q, stage, list],
  )
  return usePaged<ContactPage, Contact>({ key: ['contacts', 'list', q, stage, list], ask, rowsOf })
}

export function PeopleScreen() {
  const { state, set } = useUrl()
  const go = useGo()
  const paged = usePeople()
  const columns = usePeopleColumns()
  const filtered = Boolean(state['q'] || state['stage'] || state['list'])
  return (
    <Page
      wide
      title="People"
      line={
        !paged.first
          ? ' '
          : `${counted(paged.total, 'person', 'people')}${filtered ? matches(paged.total) : ''}`
      }
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconUpload size={16} />}
            onClick={() => go('/people/import')}
            data-testid="import-people"
          >
            Import
          </Button>
          <Button
            leftSection={<IconPlus size={16} />}
            onClick={() => set({ new: '1' })}
            data-testid="new-person"
          >
            New person
          </Button>
        </>
      }
    >
      <NewPerson opened={state['new'] === '1'} onClose={() => set({ new: undefined })} />
      <Toolbar>
        <SearchBox label="Search name, company, address" />
        <Filters />
      </Toolbar>
      <DataTable
        label="People"
        testId="person-row"
        columns={columns}
        paged={paged}
        rowKey={(contact) => contact.id}
        onOpen={(contact) => set({ person: contact.id }, { replace: false })}
        detail={(contact) => <DetailLine contact={contact} />}
        empty={filtered ? <NoMatch /> : <NoPeople />}
      />
    </Page>
  )
}

function Filters() {
  const { state, set } = useUrl()
  const stages = useQuery(stagesQuery)
  const labels = useQuery(labelsQuery)
  return (
    <>
      <Select
        aria-label="Stage"
        placeholder="Any stage"
        clearable
        w={160}
        data={(stages.data?.contact_stages ?? []).map((stage) => ({
          value: stage.id,
          label: stage.display_name || stage.name,
        }))}
        value={state['stage'] ?? null}
        onChange={(stage) => set({ stage: stage ?? undefined })}
      />
      <Select
        aria-label="List"
        placeholder="Any list"
        clearable
        searchable
        w={180}
        data={(labels.data ?? []).map((label) => ({ value: label.id, label: label.name }))}
        value={state['list'] ?? null}
        onChange={(list) => set({ list: list ?? undefined })}
      />
    </>
  )
}

function NoPeople() {
  const { set } = useUrl()
  const go = useGo()
  return (
    <EmptyState
      icon={IconUsers}
      title="There are no people yet"
      action={
        <>
          <Button onClick={() => go('/people/import')}>Import a file</Button>
          <Button variant="default" onClick={() => set({ new: '1' })}>
            Add one person
          </Button>
        </>
      }
    >
      Bring a CSV file from your CRM or a spreadsheet. Nobody is written to until you add them to a sequence.
    </EmptyState>
  )
}

function NoMatch() {
  const { set } = useUrl()
  return (
    <EmptyState
      title="Nobody matches"
      action={
        <Button variant="default" onClick={() => set({ q: undefined, stage: undefined, list: undefined })}>
          Clear the filters
        </Button>
      }
    />
  )
}
