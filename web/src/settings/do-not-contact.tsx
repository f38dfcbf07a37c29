/** The do-not-contact list: searching it, adding to it, and lifting an entry with a reason. */
import { Button, Group, Modal, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import type { Suppression } from '../lib/api-types.ts'
import { liftSuppression, type SuppressionPage, searchSuppressions } from '../lib/imports.ts'
import { usePaged } from '../lib/paged.ts'
import { useUrl } from '../lib/url.ts'
import { tell, useAct } from '../ui/act.tsx'
import type { Column } from '../ui/column.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Instant } from '../ui/instant.tsx'
import { Toolbar } from '../ui/page.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { EmptyState } from '../ui/states.tsx'
import { AddSuppressions } from './add-suppressions.tsx'

const REASONS: Record<string, string> = {
  opt_out: 'Opted out',
  hard_bounce: 'Does not exist',
  complaint: 'Reported as spam',
  imported: 'Imported',
  manual: 'Added by hand',
}

const rowsOf = (page: SuppressionPage) => page.suppressions

function useSuppressions() {
  const { state } = useUrl()
  const q = state['q'] ?? ''
  const ask = useCallback((page: number, signal: AbortSignal) => searchSuppressions(q, page, signal), [q])
  return usePaged<SuppressionPage, Suppression>({ key: ['suppressions', q], ask, rowsOf })
}

const columnsWith = (onLift: (row: Suppression) => void): Column<Suppression>[] => [
  {
    key: 'value',
    title: 'Address or domain',
    width: 'minmax(140px, 2fr)',
    cell: (row) => (row.kind === 'hash' ? 'An erased address' : row.value),
  },
  {
    key: 'reason',
    title: 'Reason',
    width: 'minmax(110px, 1fr)',
    cell: (row) => (row.lifted_at ? 'Lifted' : (REASONS[row.reason] ?? row.reason)),
  },
  {
    key: 'source',
    title: 'From',
    width: 'minmax(80px, 1fr)',
    from: 640,
    cell: (row) => <div className="sg-truncate sg-quiet">{row.source}</div>,
  },
  {
    key: 'when',
    title: 'Since',
    width: '110px',
    from: 520,
    cell: (row) => <Instant at={row.created_at} short />,
  },
  {
    key: 'lift',
    title: '',
    width: '56px',
    cell: (row) =>
      row.lifted_at || row.kind === 'hash' ? null : (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onLift(row)}>
          Lift
        </Button>
      ),
  },
]

export function DoNotContact() {
  const { state, set } = useUrl()
  const paged = useSuppressions()
  const [lifting, setLifting] = useState<Suppression>()
  return (
    <>
      <Toolbar>
        <SearchBox label="Search address, domain" />
        <Button
          leftSection={<IconPlus size={16} />}
          onClick={() => set({ add: '1' })}
          data-testid="add-suppressions"
        >
          Add
        </Button>
      </Toolbar>
      <DataTable
        label="Do not contact"
        testId="suppression-row"
        columns={columnsWith(setLifting)}
        paged={paged}
        rowKey={(row) => `${row.kind} ${row.value}`}
        empty={
          state['q'] ? (
            <EmptyState title="Nothing matches" />
          ) : (
            <EmptyState
              title="The list is empty"
              action={<Button onClick={() => set({ add: '1' })}>Add addresses or domains</Button>}
            >
              Bring your list before the first mail leaves. Whoever opts out or bounces is put on it by Segue.
            </EmptyState>
          )
        }
      />
      <AddSuppressions />
      {lifting ? <Lift row={lifting} onClose={() => setLifting(undefined)} /> : null}
    </>
  )
}

function Lift({ row, onClose }: { row: Suppression; onClose: () => void }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const [reason, setReason] = useState('')
  const lift = () =>
    run(async () => {
      await liftSuppression(row.kind, row.value, reason.trim())
      await queries.invalidateQueries()
      tell(`${row.value} may be written to again.`)
      onClose()
    })
  return (
    <Modal opened onClose={onClose} title={`Write to ${row.value} again?`}>
      {row.reason === 'opt_out' ? 'This person asked not to be written to. ' : ''}Say why it is lifted; the
      reason and your name are kept.
      <TextInput
        mt="sm"
        label="Reason"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
      <Group justify="flex-end" mt="md" gap={8}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={busy} disabled={!reason.trim()} onClick={lift}>
          Lift
        </Button>
      </Group>
    </Modal>
  )
}
