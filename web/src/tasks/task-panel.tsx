/** One task: whom and what it is about, and how it ends. An email is edited and sent from here. */
import { Button, Group, Menu, Textarea } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { completeTask, skipTask, stepTextQuery, type Task, taskQuery, taskWord } from '../lib/tasks.ts'
import { listed } from '../lib/words.ts'
import { tell, useAct } from '../ui/act.tsx'
import { CopyField } from '../ui/copy-field.tsx'
import { Instant } from '../ui/instant.tsx'
import { AppLink } from '../ui/link.tsx'
import { Notice } from '../ui/problem.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import { DraftEditor } from './draft-editor.tsx'

export function TaskPanel({ id, onEnded }: { id: string; onEnded: () => void }) {
  const { data, error, refetch } = useQuery(taskQuery(id))
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <LoadingBlock />
  const { task } = data
  const open = (task.status === 'scheduled' || task.status === null) && !task.pending_send
  return (
    <div data-testid="task-panel" style={{ display: 'grid', gap: 16 }}>
      <About task={task} />
      {task.pending_send ? (
        <Notice tone="paused">
          This email was sent off. It leaves as soon as its mailbox may send; the task ends with it.
        </Notice>
      ) : null}
      {open && task.type === 'outreach_manual_email' ? <DraftEditor task={task} onSent={onEnded} /> : null}
      {open && SAYS.has(task.type) ? <StepText id={task.id} /> : null}
      {open ? <Ends task={task} onEnded={onEnded} /> : null}
      {task.outcome ? <p>{task.outcome}</p> : null}
    </div>
  )
}

const SAYS = new Set(['linkedin_step_connect', 'linkedin_step_message'])

/** To be copied to where it is said. */
function StepText({ id }: { id: string }) {
  const { data } = useQuery(stepTextQuery(id))
  if (!data || data.text === null) return null
  return (
    <div style={{ display: 'grid', gap: 8 }} data-testid="step-text">
      <CopyField label="What to write" text={data.text} />
      {data.missing.length > 0 ? (
        <Notice tone="paused">
          {`No value for ${listed(data.missing)}: fill ${data.missing.length === 1 ? 'it' : 'them'} in, or mend the text after copying.`}
        </Notice>
      ) : null}
    </div>
  )
}

function About({ task }: { task: Task }) {
  const { contact } = task
  return (
    <div style={{ display: 'grid', gap: 4 }}>
      <h2 style={{ margin: 0, fontSize: 16 }}>{task.title || taskWord(task.type)}</h2>
      {contact ? (
        <div>
          <AppLink to={`/people/${contact.id}`}>{contact.name || contact.email || 'No name'}</AppLink>
          <span className="sg-quiet">
            {[contact.organization_name, contact.email, contact.sanitized_phone]
              .filter(Boolean)
              .map((each) => `, ${each}`)}
          </span>
        </div>
      ) : null}
      {task.note ? <p style={{ margin: 0 }}>{task.note}</p> : null}
      <div className="sg-quiet">
        Due <Instant at={task.due_at} zone={contact?.time_zone} />
        {task.auto_skip_at ? (
          <>
            , skipped by itself <Instant at={task.auto_skip_at} short />
          </>
        ) : null}
        {task.emailer_campaign_id
          ? `, step ${task.campaign_position ?? ''} of ${task.campaign_name ?? 'a sequence'}`
          : ''}
      </div>
    </div>
  )
}

function Ends({ task, onEnded }: { task: Task; onEnded: () => void }) {
  const [outcome, setOutcome] = useState('')
  const call = task.type === 'call'
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <Textarea
        label={call ? 'What came of the call' : 'Note'}
        placeholder={call ? 'No answer, call again on Friday' : ''}
        value={outcome}
        onChange={(event) => setOutcome(event.currentTarget.value)}
        autosize
        minRows={2}
      />
      <Buttons task={task} note={outcome.trim()} onEnded={onEnded} />
      {task.emailer_campaign_id === null ? null : (
        <p className="sg-quiet" style={{ margin: 0 }}>
          Completed or skipped, {task.contact?.name || 'the person'} goes on with the next step; its wait
          begins now.
        </p>
      )}
    </div>
  )
}

function Buttons({ task, note, onEnded }: { task: Task; note: string; onEnded: () => void }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const end = (words: string, act: () => Promise<unknown>) => () =>
    run(async () => {
      await act()
      await queries.invalidateQueries()
      tell(words)
      onEnded()
    })
  const said = note ? { note } : {}
  const email = task.type === 'outreach_manual_email'
  return (
    <Group gap={8}>
      <Button
        variant={email ? 'default' : 'filled'}
        loading={busy}
        onClick={end('Task done.', () => completeTask(task.id, said))}
        data-testid="complete-task"
      >
        {email ? 'Done elsewhere' : 'Complete'}
      </Button>
      <Button
        variant="default"
        loading={busy}
        onClick={end('Task skipped.', () => skipTask(task.id, note))}
        data-testid="skip-task"
      >
        Skip
      </Button>
      {task.emailer_campaign_id === null ? null : (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="subtle" color="gray" rightSection={<IconChevronDown size={14} />}>
              More
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              onClick={end('Done, and finished in the sequence.', () =>
                completeTask(task.id, { ...said, finish: true }),
              )}
            >
              Complete, and finish: nothing more from this sequence
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  )
}
