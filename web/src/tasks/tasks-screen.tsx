/** Everything that waits for a person: calls, emails to write, LinkedIn and to-dos, by kind, state and due time. */
import { IconCheckbox } from '@tabler/icons-react'
import { useCallback } from 'react'
import { useNow } from '../lib/clock.ts'
import { usePaged } from '../lib/paged.ts'
import { cameTo, searchTasks, type Task, type TaskPage, taskWord } from '../lib/tasks.ts'
import { useUrl } from '../lib/url.ts'
import { counted } from '../lib/words.ts'
import { Chips } from '../ui/chips.tsx'
import type { Column } from '../ui/column.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Instant } from '../ui/instant.tsx'
import { AppLink } from '../ui/link.tsx'
import { Page, Toolbar } from '../ui/page.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { SideDrawer } from '../ui/side-drawer.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { EmptyState } from '../ui/states.tsx'
import { TaskPanel } from './task-panel.tsx'

const STATES = [
  { value: '', label: 'Open' },
  { value: 'completed', label: 'Done' },
  { value: 'skipped', label: 'Skipped' },
]
const KINDS = [
  { value: '', label: 'All kinds' },
  { value: 'outreach_manual_email', label: 'Emails' },
  { value: 'call', label: 'Calls' },
  { value: 'linkedin', label: 'LinkedIn' },
  { value: 'action_item', label: 'To do' },
]
const DUE = [
  { value: '', label: 'Any time' },
  { value: 'overdue', label: 'Due' },
  { value: 'today', label: 'By today' },
  { value: 'later', label: 'Later' },
]

const rowsOf = (page: TaskPage) => page.tasks

function tomorrowOf(now: number): string {
  const day = new Date(now)
  day.setHours(24, 0, 0, 0)
  return day.toISOString()
}

function useTasks() {
  const { state } = useUrl()
  const now = useNow()
  const { q, status, type, due } = state
  const tomorrow = tomorrowOf(now)
  // To the minute: a list that is asked for at every tick would never stand still.
  const minute = new Date(Math.floor(now / 60_000) * 60_000).toISOString()
  const ask = useCallback(
    (page: number, signal: AbortSignal) =>
      searchTasks({ q, status: status || undefined, type, due, page, tomorrow, now: minute }, signal),
    [q, status, type, due, tomorrow, minute],
  )
  return usePaged<TaskPage, Task>({
    key: ['tasks', 'list', q, status, type, due, due ? minute : ''],
    ask,
    rowsOf,
    refreshMs: 15_000,
  })
}

const stateOf = (task: Task) =>
  task.pending_send ? (
    <StateBadge state="queued" word="Leaving" />
  ) : task.status === 'completed' ? (
    <StateBadge state="done" />
  ) : task.status === 'skipped' ? (
    <StateBadge state="cancelled" word="Skipped" />
  ) : task.priority === 'high' ? (
    <StateBadge state="paused" word="High" />
  ) : null

const columns: Column<Task>[] = [
  {
    key: 'what',
    title: 'What',
    width: 'minmax(130px, 1fr)',
    cell: (task) => task.title || taskWord(task.type),
  },
  {
    key: 'who',
    title: 'Person',
    width: 'minmax(130px, 1.4fr)',
    cell: (task) => (
      <div className="sg-truncate">{task.contact?.name || task.contact?.email || 'Nobody'}</div>
    ),
  },
  {
    key: 'note',
    title: 'Note',
    width: 'minmax(120px, 2fr)',
    from: 860,
    cell: (task) => <div className="sg-truncate sg-quiet">{cameTo(task) || task.note || ''}</div>,
  },
  {
    key: 'sequence',
    title: 'Sequence',
    width: 'minmax(120px, 1.2fr)',
    from: 1000,
    cell: (task) =>
      task.emailer_campaign_id ? (
        <AppLink to={`/sequences/${task.emailer_campaign_id}`} plain>
          {task.campaign_name ?? 'Untitled sequence'}
        </AppLink>
      ) : null,
  },
  {
    key: 'due',
    title: 'Due',
    width: '150px',
    from: 520,
    cell: (task) => (
      <Instant at={task.completed_at ?? task.skipped_at ?? task.due_at} zone={task.contact?.time_zone} />
    ),
  },
  { key: 'state', title: '', width: '92px', from: 640, cell: stateOf },
]

export function TasksScreen() {
  const { state, set } = useUrl()
  const paged = useTasks()
  const filtered = Boolean(state['q'] || state['type'] || state['due'] || state['status'])
  const { task } = state
  const choose = (name: string) => (value: string) => set({ [name]: value || undefined })
  return (
    <Page wide title="Tasks" line={!paged.first ? ' ' : counted(paged.total, 'task')}>
      <Toolbar>
        <SearchBox label="Search person, note, sequence" />
        <Chips label="State" chips={STATES} chosen={state['status'] ?? ''} onChoose={choose('status')} />
        <Chips label="Kind" chips={KINDS} chosen={state['type'] ?? ''} onChoose={choose('type')} />
        <Chips label="Due" chips={DUE} chosen={state['due'] ?? ''} onChoose={choose('due')} />
      </Toolbar>
      <DataTable
        label="Tasks"
        testId="task-row"
        columns={columns}
        paged={paged}
        rowKey={(row) => row.id}
        onOpen={(row) => set({ task: row.id }, { replace: false })}
        detail={(row) => (
          <>
            <Instant at={row.due_at} zone={row.contact?.time_zone} short />
            {stateOf(row)}
          </>
        )}
        empty={
          <EmptyState icon={IconCheckbox} title={filtered ? 'No task matches' : 'Nothing waits for you'}>
            {filtered
              ? 'Change the search, the kind or the state.'
              : 'Add a call, an email by hand or a to-do as a step of a sequence: when it is due for somebody, it appears here.'}
          </EmptyState>
        }
      />
      <SideDrawer
        opened={task !== undefined}
        onClose={() => set({ task: undefined })}
        title="Task"
        width={760}
      >
        {task ? <TaskPanel key={task} id={task} onEnded={() => set({ task: undefined })} /> : null}
      </SideDrawer>
    </Page>
  )
}
