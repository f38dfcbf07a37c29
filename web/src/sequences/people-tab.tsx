/** Everyone in one sequence, each with the state, the reason and the next moment. */
import { Button } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import { usePaged } from '../lib/paged.ts'
import type { Enrollment, EnrollmentPage, Sequence } from '../lib/sequence-types.ts'
import { searchEnrollments } from '../lib/sequences.ts'
import { useUrl } from '../lib/url.ts'
import { Chips } from '../ui/chips.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { Toolbar } from '../ui/page.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { EmptyState } from '../ui/states.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { columns, PersonDetailLine, STATES } from './people-columns.tsx'

const rowsOf = (page: EnrollmentPage) => page.enrollments

function usePeople(sequenceId: string) {
  const { state } = useUrl()
  const { q, state: shown } = state
  const ask = useCallback(
    (page: number, signal: AbortSignal) => searchEnrollments({ sequenceId, q, state: shown, page }, signal),
    [sequenceId, q, shown],
  )
  return usePaged<EnrollmentPage, Enrollment>({
    key: ['enrollments', 'of', sequenceId, q, shown],
    ask,
    rowsOf,
    refreshMs: 10_000,
  })
}

export function PeopleTab({ sequence }: { sequence: Sequence }) {
  const { state, set } = useUrl()
  const paged = usePeople(sequence.id)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const counts = paged.first?.counts
  const filtered = Boolean(state['q'] || state['state'])
  return (
    <>
      <Toolbar>
        <SearchBox label="Search name, company, address" />
        <Chips
          label="State"
          chips={STATES.map((chip) => ({ ...chip, count: counts?.[chip.count] }))}
          chosen={state['state'] ?? ''}
          onChoose={(value) => {
            set({ state: value || undefined })
            setChosen(new Set())
          }}
        />
      </Toolbar>
      <BulkBar
        sequence={sequence}
        rows={paged.rows}
        total={paged.total}
        chosen={chosen}
        filter={{ q: state['q'], state: state['state'] }}
        onDone={() => setChosen(new Set())}
      />
      <DataTable
        label="People in this sequence"
        testId="enrollment"
        columns={columns}
        paged={paged}
        rowKey={(row) => row.id}
        onOpen={(row) => set({ person: row.contact.id }, { replace: false })}
        detail={(row) => <PersonDetailLine row={row} />}
        selection={{ chosen, onChoose: setChosen }}
        empty={filtered ? <NoMatch /> : <Nobody />}
      />
    </>
  )
}

function Nobody() {
  const { set } = useUrl()
  return (
    <EmptyState
      icon={IconUserPlus}
      title="Nobody is in this sequence"
      action={<Button onClick={() => set({ add: '1' })}>Add people</Button>}
    >
      Choose people or a whole list, and the mailbox they hear from.
    </EmptyState>
  )
}

function NoMatch() {
  const { set } = useUrl()
  return (
    <EmptyState
      title="Nobody matches"
      action={
        <Button variant="default" onClick={() => set({ q: undefined, state: undefined })}>
          Clear the filters
        </Button>
      }
    />
  )
}
