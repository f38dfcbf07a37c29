/** Steps that a person does: which there are, and what stands on their tasks. */
import { Button, Group, Menu, NumberInput, Select, Textarea } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import type { StepKind } from '../lib/sequence-types.ts'
import type { DraftStep } from './draft.ts'

export const KINDS: Record<StepKind, string> = {
  auto_email: 'Automatic email',
  manual_email: 'Email by hand',
  call: 'Call',
  action_item: 'To do',
  linkedin_step_connect: 'LinkedIn: connect',
  linkedin_step_message: 'LinkedIn: message',
  linkedin_step_view_profile: 'LinkedIn: view the profile',
  linkedin_step_interact_post: 'LinkedIn: react to a post',
}

export function TaskMenu({ onChoose }: { onChoose: (kind: StepKind) => void }) {
  const kinds = (Object.keys(KINDS) as StepKind[]).filter((kind) => kind !== 'auto_email')
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={14} />} data-testid="add-task-step">
          Add a task
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map((kind) => (
          <Menu.Item key={kind} onClick={() => onChoose(kind)}>
            {KINDS[kind]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const PRIORITIES = [
  { value: 'high', label: 'High' },
  { value: 'medium', label: 'Medium' },
  { value: 'low', label: 'Low' },
]
/** As long as the API takes it for one step. */
const SKIP_MAX_DAYS = 365

export function TaskFields({ step, onChange }: { step: DraftStep; onChange: (step: DraftStep) => void }) {
  return (
    <div style={{ display: 'grid', gap: 8, padding: '4px 12px 12px' }}>
      <Textarea
        label="Note for whoever does it"
        value={step.note}
        onChange={(event) => onChange({ ...step, note: event.currentTarget.value })}
        autosize
        minRows={1}
        data-testid="task-note"
      />
      <Group gap={8} align="end">
        <Select
          label="Priority"
          w={120}
          data={PRIORITIES}
          allowDeselect={false}
          value={step.priority}
          onChange={(priority) =>
            onChange({ ...step, priority: (priority ?? 'medium') as DraftStep['priority'] })
          }
        />
        <NumberInput
          label="Skipped by itself after (days)"
          description="0: never"
          w={220}
          min={0}
          max={SKIP_MAX_DAYS}
          allowDecimal={false}
          value={step.autoSkipDays}
          onChange={(days) => onChange({ ...step, autoSkipDays: Number(days) || 0 })}
        />
      </Group>
    </div>
  )
}
