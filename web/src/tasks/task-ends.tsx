/** How a task ends: what came of it, completed or skipped. A call says which of the team's outcomes it came to. */
import { Button, Group, Menu, Select, Textarea } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type CallOutcome, callOutcomesQuery } from '../lib/call-outcomes.ts'
import { completeTask, skipTask, type Task } from '../lib/tasks.ts'
import { tell, useAct } from '../ui/act.tsx'

export function TaskEnds({ task, onEnded }: { task: Task; onEnded: () => void }) {
  const [note, setNote] = useState('')
  const [outcomeId, setOutcomeId] = useState<string | null>(null)
  const call = task.type === 'call'
  const outcomes = useQuery({ ...callOutcomesQuery, enabled: call }).data?.phone_call_outcomes ?? []
  const outcome = outcomes.find((each) => each.id === outcomeId)
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      {call ? (
        <Select
          label="Outcome of the call"
          placeholder="Connected, left voicemail, no answer"
          data={outcomes.map(({ id, name }) => ({ value: id, label: name }))}
          value={outcomeId}
          onChange={setOutcomeId}
          clearable
          searchable
          data-testid="call-outcome"
        />
      ) : null}
      <Textarea
        label={call ? 'What came of the call' : 'Note'}
        placeholder={call ? 'Call again on Friday' : ''}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        autosize
        minRows={2}
      />
      <Buttons task={task} note={note.trim()} outcome={outcome} onEnded={onEnded} />
      <p className="sg-quiet" style={{ margin: 0 }} data-testid="what-follows">
        {whatFollows(task, outcome)}
      </p>
    </div>
  )
}

function whatFollows(task: Task, outcome: CallOutcome | undefined): string {
  if (outcome && outcome.effect !== 'goes_on') return `${outcome.name}: ${outcome.effect_sentence}`
  if (task.emailer_step_id === null) return ''
  return `Completed or skipped, ${task.contact?.name || 'the person'} goes on with the next step; its wait begins now.`
}

interface ButtonsProps {
  task: Task
  note: string
  outcome: CallOutcome | undefined
  onEnded: () => void
}

function Buttons({ task, note, outcome, onEnded }: ButtonsProps) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const end = (words: string, act: () => Promise<unknown>) => () =>
    run(async () => {
      await act()
      await queries.invalidateQueries()
      tell(words)
      onEnded()
    })
  const said = { ...(note ? { note } : {}), ...(outcome ? { phone_call_outcome_id: outcome.id } : {}) }
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
