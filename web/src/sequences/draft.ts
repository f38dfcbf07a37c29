/** The steps of a sequence while a person edits them: pure values, compared with what is saved. Steps keep their ids; positions are only their order. */
import type { SequenceDetail, StepInput, StepKind, Thread, WaitUnit } from '../lib/sequence-types.ts'
import { waitMs } from '../lib/time.ts'

export interface DraftVariant {
  /** The saved id, or a name for the page alone until it is saved. */
  key: string
  saved: boolean
  templateId: string | undefined
  thread: Thread
  approved: boolean
  signature: boolean
  /** Share among the wordings of the step; 0: switched off. */
  weight: number
  attachmentIds: string[]
  subject: string
  html: string
}

export interface DraftStep {
  key: string
  saved: boolean
  kind: StepKind
  wait: number
  unit: WaitUnit
  /** Of days: only those on which the schedule opens. */
  businessDays: boolean
  note: string
  priority: 'high' | 'medium' | 'low'
  /** 0: a person ends its task. */
  autoSkipDays: number
  variants: DraftVariant[]
}

export type Draft = DraftStep[]

let made = 0
const newKey = () => `new-${++made}`

/** Bodies recorded from the original API come wrapped in a whole document. */
const unwrapped = (html: string) =>
  html.replace(/^\s*<html>[\s\S]*?<body[^>]*>/i, '').replace(/<\/body>\s*<\/html>\s*$/i, '')

export function draftOf(detail: SequenceDetail): Draft {
  const templates = new Map(detail.emailer_templates.map((template) => [template.id, template]))
  return [...detail.emailer_steps]
    .sort((a, b) => a.position - b.position)
    .map((step) => ({
      key: step.id,
      saved: true,
      kind: step.type,
      wait: step.wait_time,
      unit: step.wait_mode,
      businessDays: step.wait_business_days,
      note: step.note ?? '',
      priority: step.priority ?? 'medium',
      autoSkipDays: step.auto_skip_in_x_days ?? 0,
      variants: detail.emailer_touches
        .filter((variant) => variant.emailer_step_id === step.id)
        .map((variant) => ({
          key: variant.id,
          saved: true,
          templateId: variant.emailer_template_id,
          thread: variant.type,
          approved: variant.status === 'approved',
          signature: variant.include_signature,
          weight: variant.weight,
          attachmentIds: variant.attachment_ids,
          subject: templates.get(variant.emailer_template_id)?.subject ?? '',
          html: unwrapped(templates.get(variant.emailer_template_id)?.body_html ?? ''),
        })),
    }))
}

/** What the API is told: everything that stays must be in it. */
export const stepInputs = (draft: Draft): StepInput[] =>
  draft.map((step) => ({
    ...(step.saved ? { id: step.key } : {}),
    type: step.kind,
    wait_time: step.wait,
    wait_mode: step.unit,
    wait_business_days: step.businessDays,
    note: step.note || null,
    priority: step.priority,
    auto_skip_in_x_days: step.autoSkipDays || null,
    emailer_touches: step.variants.map((variant) => ({
      ...(variant.saved ? { id: variant.key } : {}),
      type: variant.thread,
      status: variant.approved ? 'approved' : 'to_be_reviewed',
      include_signature: variant.signature,
      weight: variant.weight,
      attachment_ids: variant.attachmentIds,
      emailer_template: {
        ...(variant.templateId ? { id: variant.templateId } : {}),
        subject: variant.subject,
        body_html: variant.html,
      },
    })),
  }))

export const isEmail = (kind: StepKind) => kind === 'auto_email' || kind === 'manual_email'

const newVariant = (thread: Thread): DraftVariant => ({
  key: newKey(),
  saved: false,
  templateId: undefined,
  thread,
  approved: true,
  signature: true,
  weight: 1,
  attachmentIds: [],
  subject: '',
  html: '',
})

/** Another step after the one at `after` (-1: first of all). A follow-up answers in the thread that was begun. */
export function withNewStep(
  draft: Draft,
  after: number,
  kind: StepKind = 'auto_email',
): { draft: Draft; key: string } {
  const threaded = draft.slice(0, after + 1).some((step) => isEmail(step.kind))
  const step: DraftStep = {
    key: newKey(),
    saved: false,
    kind,
    wait: after < 0 ? 0 : 3,
    unit: 'day',
    businessDays: false,
    note: '',
    priority: 'medium',
    autoSkipDays: 0,
    variants: isEmail(kind) ? [newVariant(threaded ? 'reply_to_thread' : 'new_thread')] : [],
  }
  return { draft: draft.toSpliced(after + 1, 0, step), key: step.key }
}

export const withStep = (draft: Draft, key: string, patch: Partial<DraftStep>): Draft =>
  draft.map((step) => (step.key === key ? { ...step, ...patch } : step))

export const withVariant = (step: DraftStep, key: string, patch: Partial<DraftVariant>): DraftStep => ({
  ...step,
  variants: step.variants.map((variant) => (variant.key === key ? { ...variant, ...patch } : variant)),
})

/** A second wording of the same step, beginning as a copy of the last. */
export function withNewVariant(step: DraftStep): { step: DraftStep; key: string } {
  const last = step.variants.at(-1)
  const variant = {
    ...newVariant(last?.thread ?? 'new_thread'),
    subject: last?.subject ?? '',
    html: last?.html ?? '',
    attachmentIds: last?.attachmentIds ?? [],
  }
  return { step: { ...step, variants: [...step.variants, variant] }, key: variant.key }
}

/** The subject a reply goes out under: that of the newest thread begun before it. */
export function threadSubject(draft: Draft, index: number): string | undefined {
  const parent = draft
    .slice(0, index)
    .findLast(
      (step) => isEmail(step.kind) && step.variants.some((variant) => variant.thread === 'new_thread'),
    )
  return parent?.variants.find((variant) => variant.thread === 'new_thread')?.subject
}

const DAY_MS = 86_400_000

/** The day of the sequence on which a step falls, counted from 1, when nothing delays it. */
export function dayOf(draft: Draft, index: number): number {
  const ms = draft.slice(0, index + 1).reduce((sum, step) => sum + waitMs(step.wait, step.unit), 0)
  return Math.floor(ms / DAY_MS) + 1
}

export const sameDraft = (a: Draft, b: Draft) => JSON.stringify(a) === JSON.stringify(b)

export const letter = (index: number) => String.fromCharCode(65 + index)
