/** One step in the timeline: closed it shows its wordings and results, open it is where they are written. */
import { ActionIcon, Menu } from '@mantine/core'
import { IconCheckbox, IconDots, IconMail, IconPhone, IconPlus, IconTrash } from '@tabler/icons-react'
import type { Step, StepKind, Variant } from '../lib/sequence-types.ts'
import { counted } from '../lib/words.ts'
import { type DraftStep, isEmail, withNewVariant, withVariant } from './draft.ts'
import classes from './steps.module.css'
import { TaskResults } from './task-results.tsx'
import { KINDS, TaskFields } from './task-step.tsx'
import { VariantEditor } from './variant-editor.tsx'
import { Wordings } from './wordings.tsx'

const iconOf = (kind: StepKind) => (isEmail(kind) ? IconMail : kind === 'call' ? IconPhone : IconCheckbox)

interface StepCardProps {
  step: DraftStep
  index: number
  day: number
  saved: Step | undefined
  results: Variant[]
  threadSubject: string | undefined
  /** The key of the open variant, if this step is the open one. */
  open: string | undefined
  onOpen: (variantKey: string) => void
  onChange: (step: DraftStep) => void
  onRemove: () => void
}

export function StepCard(props: StepCardProps) {
  const { step, index, day, saved, open } = props
  const Icon = iconOf(step.kind)
  const here = (saved?.counts?.active ?? 0) + (saved?.counts?.paused ?? 0)
  const opened = step.variants.find((variant) => variant.key === open)
  return (
    <section
      className={classes.card}
      data-open={open ? true : undefined}
      aria-label={`Step ${index + 1}`}
      data-testid={`step-${index + 1}`}
    >
      <header className={classes.cardHead}>
        <span className={classes.position}>{index + 1}</span>
        <Icon size={16} stroke={1.75} aria-hidden />
        <h3 className={classes.kind}>{nameOf(step)}</h3>
        <span className="sg-quiet">day {day}</span>
        {here > 0 ? <span className={classes.here}>{counted(here, 'person', 'people')} here</span> : null}
        <StepMenu {...props} />
      </header>
      {step.kind === 'auto_email' ? null : <TaskFields step={step} onChange={props.onChange} />}
      {saved && step.kind !== 'auto_email' ? <TaskResults saved={saved} /> : null}
      {step.variants.length > 1 || !opened ? <Wordings {...props} test={saved?.ab_test ?? null} /> : null}
      {opened ? (
        <VariantEditor
          key={opened.key}
          variant={opened}
          threadSubject={props.threadSubject}
          onChange={(patch) => props.onChange(withVariant(step, opened.key, patch))}
        />
      ) : null}
    </section>
  )
}

const nameOf = (step: DraftStep): string =>
  step.kind === 'auto_email' && step.variants[0]?.thread === 'reply_to_thread'
    ? 'Reply in the same thread'
    : KINDS[step.kind]

function StepMenu({ step, index, onChange, onOpen, onRemove }: StepCardProps) {
  const addVariant = () => {
    const added = withNewVariant(step)
    onChange(added.step)
    onOpen(added.key)
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={26} ml="auto" aria-label={`More for step ${index + 1}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isEmail(step.kind) ? (
          <Menu.Item leftSection={<IconPlus size={16} />} onClick={addVariant}>
            Add a second wording (A/B)
          </Menu.Item>
        ) : null}
        <Menu.Item leftSection={<IconTrash size={16} />} onClick={onRemove}>
          Remove this step
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
