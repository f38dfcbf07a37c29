/** The rows behind a number, in a drawer: people in a state, or mails with an outcome. The filter is a chip, and in the address. */
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { usePaged } from '../lib/paged.ts'
import type { Enrollment, EnrollmentPage } from '../lib/sequence-types.ts'
import { searchEnrollments, sequenceQuery } from '../lib/sequences.ts'
import { useUrl } from '../lib/url.ts'
import { Chips } from '../ui/chips.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { AppLink } from '../ui/link.tsx'
import { Toolbar } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import { MessageRows, STAT_CHIPS } from './message-rows.tsx'
import { titleOf } from './names.ts'
import { drawerColumns, PersonDetailLine, STATES } from './people-columns.tsx'

export function RowsPanel({ kind }: { kind: string }) {
  const { state } = useUrl()
  const sequenceId = state['of']
  return (
    <>
      {sequenceId ? <Of sequenceId={sequenceId} /> : null}
      {kind === 'mails' ? <Mails sequenceId={sequenceId} /> : <People sequenceId={sequenceId} />}
    </>
  )
}

function Of({ sequenceId }: { sequenceId: string }) {
  const { data } = useQuery(sequenceQuery(sequenceId))
  return (
    <div style={{ marginBottom: 12, minHeight: 20 }}>
      {data ? (
        <>
          in <AppLink to={`/sequences/${sequenceId}`}>{titleOf(data.emailer_campaign)}</AppLink>
        </>
      ) : null}
    </div>
  )
}

const rowsOf = (page: EnrollmentPage) => page.enrollments

function People({ sequenceId }: { sequenceId: string | undefined }) {
  const { state, set } = useUrl()
  const show = state['show']
  const ask = useCallback(
    (page: number, signal: AbortSignal) =>
      searchEnrollments({ ...(sequenceId ? { sequenceId } : {}), state: show, page }, signal),
    [sequenceId, show],
  )
  const paged = usePaged<EnrollmentPage, Enrollment>({
    key: ['enrollments', 'drawer', sequenceId, show],
    ask,
    rowsOf,
  })
  const counts = paged.first?.counts
  return (
    <>
      <Toolbar>
        <Chips
          label="State"
          chips={STATES.map((chip) => ({ ...chip, count: counts?.[chip.count] }))}
          chosen={show ?? ''}
          onChoose={(value) => set({ show: value || undefined })}
        />
      </Toolbar>
      <DataTable
        label="People"
        testId="enrollment"
        columns={drawerColumns}
        paged={paged}
        rowKey={(row) => row.id}
        onOpen={(row) => set({ person: row.contact.id }, { replace: false })}
        detail={(row) => <PersonDetailLine row={row} />}
        empty={<EmptyState title="Nobody is in this state" />}
      />
    </>
  )
}

function Mails({ sequenceId }: { sequenceId: string | undefined }) {
  const { state, set } = useUrl()
  const show = state['show']
  const since = state['since']
  return (
    <>
      <Toolbar>
        <Chips
          label="Outcome"
          chips={STAT_CHIPS}
          chosen={show ?? ''}
          onChoose={(value) => set({ show: value || undefined })}
        />
        {since ? (
          <Chips
            label="Since"
            chips={[{ value: since, label: `Since ${since}, remove` }]}
            chosen={since}
            onChoose={() => set({ since: undefined })}
          />
        ) : null}
      </Toolbar>
      <MessageRows sequenceId={sequenceId} stats={show} since={since} />
    </>
  )
}
