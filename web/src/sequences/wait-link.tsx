/** The wait between two steps: a line that links their cards, and opens to be changed. */
import { ActionIcon, Button, Checkbox, Group, NumberInput, Popover, Select, Tooltip } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import type { WaitUnit } from '../lib/sequence-types.ts'
import { waitInWords } from '../lib/time.ts'
import type { DraftStep } from './draft.ts'
import classes from './steps.module.css'

const UNITS = [
  { value: 'minute', label: 'minutes' },
  { value: 'hour', label: 'hours' },
  { value: 'day', label: 'days' },
  { value: 'week', label: 'weeks' },
]
/** The engine's longest wait is ten years. */
const WAIT_MAX = 3650

interface WaitLinkProps {
  step: DraftStep
  first: boolean
  onChange: (patch: Pick<DraftStep, 'wait' | 'unit' | 'businessDays'>) => void
  onInsert: () => void
}

export function WaitLink({ step, first, onChange, onInsert }: WaitLinkProps) {
  const [opened, setOpened] = useState(false)
  const words = waitInWords(step.wait, step.unit, step.businessDays)
  const said = first
    ? step.wait === 0
      ? 'At once when added'
      : `${words} after being added`
    : step.wait === 0
      ? 'Then at once'
      : `Wait ${words}`
  return (
    <div className={classes.link}>
      <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus>
        <Popover.Target>
          <button type="button" className={classes.wait} onClick={() => setOpened(true)} data-testid="wait">
            {said}
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <WaitForm step={step} onChange={onChange} onDone={() => setOpened(false)} />
        </Popover.Dropdown>
      </Popover>
      <Tooltip label="Insert a step here">
        <ActionIcon
          size={24}
          className={classes.insert ?? ''}
          aria-label="Insert a step here"
          onClick={onInsert}
        >
          <IconPlus size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}

const of = ({ wait, unit, businessDays }: DraftStep) => ({ wait, unit, businessDays })
/** Only days can be business days. */
const withUnit = (step: DraftStep, unit: WaitUnit) => ({
  ...of(step),
  unit,
  businessDays: step.businessDays && unit === 'day',
})

interface WaitFormProps {
  step: DraftStep
  onChange: WaitLinkProps['onChange']
  onDone: () => void
}

function WaitForm({ step, onChange, onDone }: WaitFormProps) {
  const units = UNITS.some(({ value }) => value === step.unit)
    ? UNITS
    : [...UNITS, { value: step.unit, label: `${step.unit}s` }]
  return (
    <Group gap={8} align="end">
      <NumberInput
        label="Wait"
        w={88}
        min={0}
        max={WAIT_MAX}
        allowDecimal={false}
        value={step.wait}
        onChange={(wait) => onChange({ ...of(step), wait: Number(wait) || 0 })}
        data-testid="wait-amount"
      />
      <Select
        aria-label="Unit"
        w={110}
        data={units}
        allowDeselect={false}
        value={step.unit}
        onChange={(unit) => onChange(withUnit(step, (unit ?? 'day') as WaitUnit))}
        comboboxProps={{ withinPortal: false }}
      />
      {step.unit === 'day' ? (
        <Checkbox
          label="business days"
          h={34}
          styles={{ body: { alignItems: 'center', height: '100%' } }}
          checked={step.businessDays}
          onChange={(event) => onChange({ ...of(step), businessDays: event.currentTarget.checked })}
          data-testid="wait-business-days"
        />
      ) : null}
      <Button variant="default" h={34} onClick={onDone}>
        Done
      </Button>
    </Group>
  )
}
