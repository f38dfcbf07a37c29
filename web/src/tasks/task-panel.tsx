/** One task: whom and what it is about, and how it ends. An email is edited and sent from here. */
import { useQuery } from '@tanstack/react-query'
import { cameTo, stepTextQuery, type Task, taskQuery, taskWord } from '../lib/tasks.ts'
import { listed } from '../lib/words.ts'
import { CopyField } from '../ui/copy-field.tsx'
import { Instant } from '../ui/instant.tsx'
import { AppLink } from '../ui/link.tsx'
import { Notice } from '../ui/problem.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import { DraftEditor } from './draft-editor.tsx'
import { TaskEnds } from './task-ends.tsx'

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
      {open ? <TaskEnds task={task} onEnded={onEnded} /> : null}
      {cameTo(task) ? <p>{cameTo(task)}</p> : null}
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
        {task.emailer_step_id
          ? `, step ${task.campaign_position ?? ''} of ${task.campaign_name ?? 'a sequence'}`
          : ''}
      </div>
    </div>
  )
}
