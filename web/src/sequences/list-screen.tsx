/** Every sequence with its live numbers. */
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useCallback } from 'react'
import { usePaged } from '../lib/paged.ts'
import type { Sequence } from '../lib/sequence-types.ts'
import { type SequencePage, searchSequences } from '../lib/sequences.ts'
import { useGo, useUrl } from '../lib/url.ts'
import { counted, matches } from '../lib/words.ts'
import { Chips } from '../ui/chips.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { Page, Toolbar } from '../ui/page.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { EmptyState } from '../ui/states.tsx'
import { columns, SequenceDetailLine } from './list-columns.tsx'
import { NewSequence } from './new-sequence.tsx'
import { Starters } from './starters.tsx'

const STATUSES = [
  { value: '', label: 'All' },
  { value: 'active', label: 'Active' },
  { value: 'inactive', label: 'Off' },
  { value: 'archived', label: 'Archived' },
]

const rowsOf = (page: SequencePage) => page.emailer_campaigns

function useList() {
  const { state } = useUrl()
  const { q, status, sort = 'created_at', up } = state
  const ask = useCallback(
    (page: number, signal: AbortSignal) =>
      searchSequences({ q, status, sort, ascending: up === '1', page }, signal),
    [q, status, sort, up],
  )
  return usePaged<SequencePage, Sequence>({
    key: ['sequences', 'list', q, status, sort, up],
    ask,
    rowsOf,
    refreshMs: 15_000,
  })
}

export function SequencesScreen() {
  const { state, set } = useUrl()
  const paged = useList()
  const filtered = Boolean(state['q'] || state['status'])
  const beginning = !paged.isLoading && paged.rows.length === 0 && !filtered
  return (
    <Page
      wide
      title="Sequences"
      line={!paged.first ? ' ' : `${counted(paged.total, 'sequence')}${filtered ? matches(paged.total) : ''}`}
      actions={
        <Button
          leftSection={<IconPlus size={16} />}
          onClick={() => set({ new: '1' })}
          data-testid="new-sequence"
        >
          New sequence
        </Button>
      }
    >
      <NewSequence opened={state['new'] === '1'} onClose={() => set({ new: undefined })} />
      {beginning && !paged.error ? (
        <Starters />
      ) : (
        <>
          <Filters />
          <SequenceTable paged={paged} />
        </>
      )}
    </Page>
  )
}

function Filters() {
  const { state, set } = useUrl()
  return (
    <Toolbar>
      <SearchBox label="Search by name" />
      <Chips
        label="State"
        chips={STATUSES}
        chosen={state['status'] ?? ''}
        onChoose={(status) => set({ status: status || undefined })}
      />
    </Toolbar>
  )
}

function SequenceTable({ paged }: { paged: ReturnType<typeof useList> }) {
  const { state, set } = useUrl()
  const go = useGo()
  const sort = state['sort'] ?? 'created_at'
  const ascending = state['up'] === '1'
  return (
    <DataTable
      label="Sequences"
      testId="sequence-row"
      columns={columns}
      paged={paged}
      rowKey={(sequence) => sequence.id}
      onOpen={(sequence) => go(`/sequences/${sequence.id}`)}
      detail={(sequence) => <SequenceDetailLine sequence={sequence} />}
      sorting={{
        by: sort,
        ascending,
        onSort: (by) => set({ sort: by, up: by === sort && !ascending ? '1' : undefined }),
      }}
      empty={<NothingMatches />}
    />
  )
}

function NothingMatches() {
  const { set } = useUrl()
  return (
    <EmptyState
      title="No sequence matches"
      action={
        <Button variant="default" onClick={() => set({ q: undefined, status: undefined })}>
          Clear the filters
        </Button>
      }
    />
  )
}
