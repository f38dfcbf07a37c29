/**
 * Works out what a declared list of steps means for the steps that are there: which are new, changed, deleted, and where each stands.
 * Pure but for new ids; writes nothing.
 */
import { filesProblem, type MailFile } from '../core/attachment.ts'
import type { Instant } from '../core/clock.ts'
import { type WaitUnit, waitProblem } from '../core/due.ts'
import { type Id, newId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, type Result, refused } from '../core/result.ts'
import {
  hasContent,
  isWorded,
  type Priority,
  STEPS_MAX,
  type StepKind,
  type Thread,
  VARIANTS_MAX,
  wordingProblem,
} from '../core/sequence.ts'
import type { StepRow, Tree } from '../store/steps.ts'
import type { TemplateRow } from '../store/templates.ts'
import type { VariantRow } from '../store/variants.ts'

/** What is left out keeps its value, or its default on something new. */
export interface StepDraft {
  id?: Id
  position?: number
  kind?: StepKind
  waitAmount?: number
  waitUnit?: WaitUnit
  businessDays?: boolean
  exactAt?: Instant | null
  priority?: Priority | null
  note?: string | null
  dailyCap?: number | null
  autoSkipDays?: number | null
  /** The whole list of wordings; left out, they stay. */
  variants?: VariantDraft[]
}

export interface VariantDraft {
  id?: Id
  thread?: Thread
  approved?: boolean
  /** Share among the wordings of the step; 0 switches it off. */
  weight?: number
  includeSignature?: boolean
  attachmentIds?: Id[]
  template?: { id?: Id; subject?: string | null; bodyHtml?: string | null }
}

type NewTemplate = Omit<TemplateRow, 'createdAt'>

export interface StepPlan {
  /** Every row to save, deleted ones with `deletedAt`. */
  steps: StepRow[]
  variants: VariantRow[]
  templates: NewTemplate[]
  deletedStepIds: Id[]
  /** Steps whose kind, wait, moment, priority or daily cap is another than before: their people get new moments. */
  retimedStepIds: Id[]
  /** Steps whose wording or approval is another than before: who was held for it is looked at again. */
  rewordedStepIds: Id[]
}

export interface Planning {
  sequenceId: Id
  ownerId: Id
  /** The steps now, deleted ones included. */
  tree: Tree
  /** Templates that the draft refers to by id, as far as the team has them. */
  known: readonly TemplateRow[]
  /** Files that the draft refers to by id, as far as the team has them. */
  files: ReadonlyMap<Id, MailFile>
  byExactTime: boolean
  /** The sequence is being created: another recorded text for an approved wording without content. */
  creating: boolean
  /** Dates may have passed: those of a copy, which has yet to get its own. */
  pastDates: boolean
  now: Instant
  random: Random
}

/** Nothing is saved. */
export function emptyPlan(): StepPlan {
  return {
    steps: [],
    variants: [],
    templates: [],
    deletedStepIds: [],
    retimedStepIds: [],
    rewordedStepIds: [],
  }
}

export function planSteps(drafts: readonly StepDraft[], planning: Planning): Result<StepPlan> {
  if (drafts.length > STEPS_MAX)
    return refused(
      `There are ${drafts.length} steps; a sequence has at most ${STEPS_MAX}. Split it into several sequences.`,
    )
  const plan = emptyPlan()
  const seen = new Set<Id>()
  const ordered = drafts.every((draft) => draft.position !== undefined)
    ? [...drafts].sort((a, b) => a.position! - b.position!)
    : drafts
  for (const [index, draft] of ordered.entries()) {
    const step = planStep(draft, index + 1, { planning, plan, seen })
    if (!step.ok) return step
  }
  planDeletions(planning, plan)
  const exact = planning.byExactTime ? exactTimesProblem(plan.steps, planning) : undefined
  return exact === undefined ? done(plan) : refused(exact)
}

interface Context {
  planning: Planning
  plan: StepPlan
  seen: Set<Id>
}

function planStep(draft: StepDraft, position: number, context: Context): Result<StepRow> {
  const { planning, plan, seen } = context
  const old = draft.id === undefined ? undefined : planning.tree.steps.find((step) => step.id === draft.id)
  if (draft.id !== undefined && (old === undefined || old.deletedAt !== null))
    return refused(
      `Step ${position} has the id ${draft.id}, which is not a step of this sequence. Leave the id out to add a step.`,
      {
        step_position: position,
      },
    )
  if (draft.id !== undefined && seen.has(draft.id))
    return refused(`The step ${draft.id} is listed twice. List each step once.`)
  const step = stepRow(draft, old, { position, planning })
  if (old === undefined && draft.waitAmount === undefined && !planning.byExactTime)
    return refused('Wait time must not be empty')
  const { waitAmount: amount, waitUnit: unit, businessDays } = step
  const wait = waitProblem({ amount, unit, businessDays })
  if (wait !== undefined) return refused(`Step ${position}: ${wait}`)
  seen.add(step.id)
  plan.steps.push(step)
  if (old && isRetimed(old, step)) plan.retimedStepIds.push(step.id)
  const wordings = planWordings(draft, step, context)
  return wordings.ok ? done(step) : wordings
}

function stepRow(
  draft: StepDraft,
  old: StepRow | undefined,
  { position, planning }: { position: number; planning: Planning },
): StepRow {
  const pick = <T>(given: T | undefined, before: T | undefined, fallback: T): T =>
    given !== undefined ? given : before !== undefined ? before : fallback
  return {
    id: old?.id ?? newId(planning.now, planning.random),
    sequenceId: planning.sequenceId,
    position,
    kind: pick(draft.kind, old?.kind, 'auto_email'),
    waitAmount: pick(draft.waitAmount, old?.waitAmount, 0),
    waitUnit: pick(draft.waitUnit, old?.waitUnit, 'day'),
    businessDays: pick(draft.businessDays, staysDays(draft) ? old?.businessDays : false, false),
    exactAt: pick(draft.exactAt, old?.exactAt, null),
    priority: pick(draft.priority, old?.priority, null),
    note: pick(draft.note, old?.note, null),
    dailyCap: pick(draft.dailyCap, old?.dailyCap, null),
    autoSkipDays: pick(draft.autoSkipDays, old?.autoSkipDays, null),
    deletedAt: null,
  }
}

/** Who changes a wait to hours, and knows nothing of business days, means hours. */
const staysDays = ({ waitUnit }: StepDraft) => waitUnit === undefined || waitUnit === 'day'

/** None given is as medium: the same place in the queue. */
const urgency = ({ priority }: StepRow): Priority => priority ?? 'medium'

function isRetimed(old: StepRow, step: StepRow): boolean {
  return (
    old.waitAmount !== step.waitAmount ||
    old.waitUnit !== step.waitUnit ||
    old.businessDays !== step.businessDays ||
    old.exactAt !== step.exactAt ||
    urgency(old) !== urgency(step) ||
    old.kind !== step.kind ||
    old.dailyCap !== step.dailyCap
  )
}

/** The wordings of one step: those listed stay or are made, the others are deleted. */
function planWordings(draft: StepDraft, step: StepRow, context: Context): Result<null> {
  const { planning, plan } = context
  const before = planning.tree.variants.filter((variant) => variant.stepId === step.id)
  const drafts =
    draft.variants ??
    (before.length === 0 && isWorded(step.kind) && draft.id === undefined ? [{}] : undefined)
  if (drafts === undefined) return done(null)
  if (drafts.length > VARIANTS_MAX)
    return refused(`Step ${step.position} has ${drafts.length} wordings; a step has at most ${VARIANTS_MAX}.`)
  const kept = new Set<Id>()
  let changed = drafts.length !== before.length
  for (const each of drafts) {
    const planned = planVariant(each, step, { context, before })
    if (!planned.ok) return planned
    kept.add(planned.value.variant.id)
    changed ||= planned.value.changed
  }
  const listed = plan.variants.filter((one) => one.stepId === step.id)
  if (listed.length > 0 && listed.every((one) => one.weight === 0))
    return refused(
      `Step ${step.position} has every wording switched off (weight 0). Switch one on, or take the step out.`,
      { step_position: step.position },
    )
  for (const variant of before)
    if (!kept.has(variant.id)) plan.variants.push({ ...variant, deletedAt: planning.now })
  if (changed && before.length > 0) plan.rewordedStepIds.push(step.id)
  return done(null)
}

function planVariant(
  draft: VariantDraft,
  step: StepRow,
  { context, before }: { context: Context; before: readonly VariantRow[] },
): Result<{ variant: VariantRow; changed: boolean }> {
  const { planning, plan } = context
  const old = before.find((variant) => variant.id === draft.id)
  if (draft.id !== undefined && old === undefined)
    return refused(
      `Step ${step.position} lists the touch ${draft.id}, which is not one of it. Leave the id out to add a wording.`,
    )
  const template = planTemplate(draft, old, { planning, step })
  if (!template.ok) return template
  const { row, isNew } = template.value
  const variant: VariantRow = {
    id: old?.id ?? newId(planning.now, planning.random),
    stepId: step.id,
    templateId: row.id,
    thread: draft.thread ?? old?.thread ?? 'new_thread',
    approved: draft.approved ?? old?.approved ?? false,
    weight: draft.weight ?? old?.weight ?? 1,
    includeSignature: draft.includeSignature ?? old?.includeSignature ?? true,
    attachmentIds: draft.attachmentIds ?? old?.attachmentIds ?? [],
    deletedAt: null,
  }
  if (variant.approved && isWorded(step.kind) && !hasContent(row.bodyHtml))
    return refused(planning.creating ? EMPTY_WHEN_CREATED : EMPTY_WHEN_UPDATED)
  const carried = draft.attachmentIds && attachmentProblem(draft.attachmentIds, step, planning)
  if (carried !== undefined)
    return refused(carried, { parameter: 'attachment_ids', step_position: step.position })
  plan.variants.push(variant)
  const twin = plan.templates.find((one) => one.id === row.id)
  if (isNew && twin && (twin.subject !== row.subject || twin.bodyHtml !== row.bodyHtml))
    return refused(
      `Two touches give the template ${row.id} different words. Leave the id out in one of them to make another template.`,
      { step_position: step.position },
    )
  if (isNew && !twin) plan.templates.push(row)
  const changed =
    isNew ||
    variant.approved !== old?.approved ||
    variant.weight !== old.weight ||
    variant.thread !== old.thread ||
    variant.templateId !== old.templateId ||
    variant.includeSignature !== old.includeSignature ||
    variant.attachmentIds.join() !== old.attachmentIds.join()
  return done({ variant, changed })
}

const EMPTY_WHEN_CREATED = 'Please make sure your template has content before turning it on.'
export const EMPTY_WHEN_UPDATED = 'Please make sure your template has a non-empty body before turning it on.'

function attachmentProblem(ids: readonly Id[], step: StepRow, { files }: Planning): string | undefined {
  const unknown = ids.find((id) => !files.has(id))
  if (unknown !== undefined)
    return `Step ${step.position} carries the file ${unknown}, which does not exist. Upload it (POST /api/v1/attachments) and give its id.`
  const problem = filesProblem(ids.map((id) => files.get(id)!))
  return problem === undefined ? undefined : `Step ${step.position}: ${problem}`
}

/** The template a wording uses: its own, rewritten if words were given; another one of the team; or a new one. */
function planTemplate(
  draft: VariantDraft,
  old: VariantRow | undefined,
  { planning, step }: { planning: Planning; step: StepRow },
): Result<{ row: NewTemplate; isNew: boolean }> {
  const { template } = draft
  const id = template?.id ?? old?.templateId
  const known =
    planning.known.find((one) => one.id === id) ?? planning.tree.templates.find((one) => one.id === id)
  if (template?.id !== undefined && known === undefined)
    return refused(`Step ${step.position} uses the template ${template.id}, which does not exist.`)
  const row: NewTemplate = {
    id: known?.id ?? newId(planning.now, planning.random),
    name: known?.name ?? null,
    subject: template?.subject !== undefined ? template.subject : (known?.subject ?? null),
    bodyHtml: template?.bodyHtml !== undefined ? template.bodyHtml : (known?.bodyHtml ?? null),
    ownerId: known?.ownerId ?? planning.ownerId,
  }
  const problem = wordingProblem(row, `Step ${step.position}`)
  if (problem)
    return refused(problem.sentence, {
      code: 'template_problem',
      step_position: step.position,
      part: problem.part,
      line: problem.line,
      column: problem.column,
    })
  const isNew = known === undefined || known.subject !== row.subject || known.bodyHtml !== row.bodyHtml
  return done({ row, isNew })
}

/** A step that is not listed goes. Its row stays, at the place of the survivor before it, so that whoever still stands on it goes on after that one. */
function planDeletions({ tree, now }: Planning, plan: StepPlan): void {
  const places = new Map(plan.steps.map((step) => [step.id, step.position]))
  let before = 0
  const inOrder = [...tree.steps].sort(
    (a, b) => a.position - b.position || Number(a.deletedAt !== null) - Number(b.deletedAt !== null),
  )
  const gone: StepRow[] = []
  for (const old of inOrder) {
    const place = places.get(old.id)
    if (place !== undefined) {
      before = place
      continue
    }
    if (old.deletedAt === null) plan.deletedStepIds.push(old.id)
    gone.push({ ...old, position: before, deletedAt: old.deletedAt ?? now })
  }
  plan.steps.push(...gone)
}

/** Recorded: exact moments lie in the future and increase. One that was set before may have passed meanwhile. */
function exactTimesProblem(
  steps: readonly StepRow[],
  { tree, pastDates, now }: Planning,
): string | undefined {
  let previous = Number.NEGATIVE_INFINITY
  for (const step of steps) {
    if (step.deletedAt !== null) continue
    if (step.exactAt === null)
      return `Step ${step.position} has no exact_datetime. With sequence_by_exact_daytime every step needs one.`
    const before = tree.steps.find((old) => old.id === step.id)?.exactAt
    if (step.exactAt <= now && step.exactAt !== before && !pastDates)
      return `Step ${step.position} has an exact_datetime in the past. Choose one in the future.`
    if (step.exactAt <= previous)
      return `Step ${step.position} has an exact_datetime that is not after that of the step before. Let them increase.`
    previous = step.exactAt
  }
  return undefined
}
