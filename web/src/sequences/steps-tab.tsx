/** The timeline of a sequence is its document: edited in place, waits between the cards, the mail as one person will get it beside them. */
import { Button, Group } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Fragment, useEffect, useRef } from 'react'
import type { SequenceDetail, StepKind } from '../lib/sequence-types.ts'
import { useUrl } from '../lib/url.ts'
import { EmptyState } from '../ui/states.tsx'
import { type DraftStep, dayOf, threadSubject, withNewStep, withStep } from './draft.ts'
import { PreviewPane } from './preview-pane.tsx'
import { ReadinessBar } from './readiness.tsx'
import { SaveBar } from './save-bar.tsx'
import { StepCard } from './step-card.tsx'
import classes from './steps.module.css'
import { TaskMenu } from './task-step.tsx'
import { type Editing, useDraft } from './use-draft.ts'
import { WaitLink } from './wait-link.tsx'

/** Which wording is open: in the address, by the id of its step or of itself. */
function useOpened({ draft }: Editing) {
  const { state, set } = useUrl()
  const named = state['step'] ?? ''
  const step = draft.find(
    (each) => each.key === named || each.variants.some((variant) => variant.key === named),
  )
  const variant = step?.variants.find((each) => each.key === named) ?? step?.variants[0]
  return { step, variant, open: (key: string | undefined) => set({ step: key }) }
}

export function StepsTab({ detail }: { detail: SequenceDetail }) {
  const editing = useDraft(detail)
  const opened = useOpened(editing)
  const shown = opened.step ?? editing.draft[0]
  const variant = opened.variant ?? shown?.variants[0]
  const insert = (after: number, kind?: StepKind) => {
    const next = withNewStep(editing.draft, after, kind)
    editing.change(next.draft)
    opened.open(next.key)
  }
  return (
    <>
      {detail.emailer_campaign.archived ? null : <ReadinessBar sequenceId={detail.emailer_campaign.id} />}
      <div className={classes.split}>
        <div>
          <Timeline detail={detail} editing={editing} opened={opened} onInsert={insert} />
          <SaveBar detail={detail} editing={editing} />
        </div>
        {variant && shown ? (
          <aside className={classes.side} aria-label="Preview">
            <PreviewPane
              sequenceId={detail.emailer_campaign.id}
              step={shown}
              variant={variant}
              subject={threadSubject(editing.draft, editing.draft.indexOf(shown))}
              unsaved={editing.dirty}
            />
          </aside>
        ) : null}
      </div>
    </>
  )
}

interface TimelineProps {
  detail: SequenceDetail
  editing: Editing
  opened: ReturnType<typeof useOpened>
  onInsert: (after: number, kind?: StepKind) => void
}

function Timeline({ detail, editing, opened, onInsert }: TimelineProps) {
  const { draft, change } = editing
  const remove = (step: DraftStep) => {
    change(draft.filter((each) => each !== step))
    if (opened.step === step) opened.open(undefined)
  }
  if (draft.length === 0)
    return (
      <EmptyState
        title="No step yet"
        action={
          <Button leftSection={<IconPlus size={16} />} onClick={() => onInsert(-1)} data-testid="add-step">
            Write the first mail
          </Button>
        }
      >
        A step is a mail, a call or another task; between two steps there is a wait.
      </EmptyState>
    )
  return (
    <>
      {draft.map((step, index) => (
        <Fragment key={step.key}>
          <WaitLink
            step={step}
            first={index === 0}
            onChange={(patch) => change(withStep(draft, step.key, patch))}
            onInsert={() => onInsert(index - 1)}
          />
          <Scrolled to={opened.step === step && !step.saved}>
            <StepCard
              step={step}
              index={index}
              day={dayOf(draft, index)}
              saved={detail.emailer_steps.find((each) => each.id === step.key)}
              results={detail.emailer_touches}
              threadSubject={threadSubject(draft, index)}
              open={opened.step === step ? opened.variant?.key : undefined}
              onOpen={(key) => opened.open(key === opened.variant?.key ? undefined : key)}
              onChange={(next) => change(withStep(draft, step.key, next))}
              onRemove={() => remove(step)}
            />
          </Scrolled>
        </Fragment>
      ))}
      <Group gap={8} className={classes.add ?? ''}>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() => onInsert(draft.length - 1)}
          data-testid="add-step"
        >
          Add a step
        </Button>
        <TaskMenu onChoose={(kind) => onInsert(draft.length - 1, kind)} />
      </Group>
    </>
  )
}

/** Brings a step that was just added into view. */
function Scrolled({ to, children }: { to: boolean; children: React.ReactNode }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (to) place.current?.scrollIntoView({ block: 'nearest', behavior: 'smooth' })
  }, [to])
  return <div ref={place}>{children}</div>
}
