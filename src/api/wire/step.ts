/** Steps, touches and templates as the wire says them, with every recorded key. */
import { Type } from 'typebox'
import type { Id } from '../../core/ids.ts'
import { isSentByItself } from '../../core/sequence.ts'
import type { Total } from '../../store/stats.ts'
import type { StepRow, Tree } from '../../store/steps.ts'
import type { TaskCounts } from '../../store/task-counts.ts'
import type { TemplateRow } from '../../store/templates.ts'
import type { VariantRow } from '../../store/variants.ts'
import { AbTest, abTestOf, Results, resultsOf } from './ab-test.ts'
import { iso, isoOrNull } from './instant.ts'
import { emailCounters, stepCounts, waiting } from './numbers.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])
const IntegerOrNull = Type.Union([Type.Integer(), Type.Null()])

export const EmailerStep = Type.Object(
  {
    id: Type.String(),
    emailer_campaign_id: Type.String(),
    position: Type.Integer(),
    wait_time: Type.Integer(),
    type: Type.String(),
    wait_mode: Type.String(),
    wait_business_days: Type.Boolean(),
    note: TextOrNull,
    max_emails_per_day: IntegerOrNull,
    exact_datetime: TextOrNull,
    priority: TextOrNull,
    auto_skip_in_x_days: IntegerOrNull,
    counts: Type.Record(Type.String(), Type.Integer()),
    ab_test_details: Type.Record(Type.String(), Type.Unknown()),
    ab_test: AbTest,
  },
  { additionalProperties: true },
)

export const EmailerTouch = Type.Object(
  {
    id: Type.String(),
    emailer_step_id: Type.String(),
    emailer_template_id: Type.String(),
    status: Type.String({ description: 'to_be_reviewed or approved.' }),
    type: Type.String({ description: 'new_thread or reply_to_thread.' }),
    include_signature: Type.Boolean(),
    weight: Type.Integer({
      description: 'Extension. Its share among the touches of its step that are dealt; 0: switched off.',
    }),
    attachment_ids: Type.Array(Type.String(), { description: 'Files that its emails carry.' }),
    results: Results,
  },
  { additionalProperties: true },
)

export const EmailerTemplate = Type.Object(
  {
    id: Type.String(),
    name: TextOrNull,
    subject: TextOrNull,
    body_html: TextOrNull,
    created_at: Type.String(),
  },
  { additionalProperties: true },
)

/** The three lists that go with a sequence. */
export const TreeOnWire = {
  emailer_steps: Type.Array(EmailerStep),
  emailer_touches: Type.Array(EmailerTouch),
  emailer_templates: Type.Array(EmailerTemplate),
}

export interface Counting {
  totals: readonly Total[]
  sequenceActive: boolean
  tasks: ReadonlyMap<Id, TaskCounts>
}

export function wireTree(tree: Tree, counting: Counting) {
  return {
    emailer_steps: tree.steps.map((step) => ({
      ...wireStep(step, counting),
      ab_test: abTestOf(
        tree.variants.filter((variant) => variant.stepId === step.id),
        counting.totals,
      ),
    })),
    emailer_touches: tree.variants.map((variant) => wireTouch(variant, counting.totals)),
    emailer_templates: tree.templates.map(wireTemplate),
  }
}

/** Steps that a person does: `unique_scheduled` are people who stand there, with or without a task yet. */
function taskCounters(step: StepRow, { totals, tasks }: Counting) {
  if (isSentByItself(step.kind)) return {}
  const { open, completed, skipped, outcomes } = tasks.get(step.id) ?? NO_TASKS
  return {
    unique_scheduled: waiting(totals, { stepId: step.id }) + open,
    unique_completed: completed,
    unique_skipped: skipped,
    tasks_open: open,
    // Recorded empty, of calls alone; what stands in it is ours.
    ...(step.kind === 'call' && {
      note_text: step.note ?? '',
      outcomes: outcomes.map(({ id, name, answered, n }) => ({ id, name, answered, count: n })),
    }),
  }
}

const NO_TASKS: TaskCounts = { open: 0, completed: 0, skipped: 0, outcomes: [] }

export function wireStep(step: StepRow, counting: Counting) {
  const { totals, sequenceActive } = counting
  return {
    id: step.id,
    emailer_campaign_id: step.sequenceId,
    position: step.position,
    wait_time: step.waitAmount,
    type: step.kind,
    wait_mode: step.waitUnit,
    wait_business_days: step.businessDays,
    note: step.note,
    max_emails_per_day: step.dailyCap,
    exact_datetime: isoOrNull(step.exactAt),
    priority: step.priority,
    auto_skip_in_x_days: step.autoSkipDays,
    counts: stepCounts(totals, sequenceActive, step.id),
    ab_test_details: {},
    ...emailCounters(totals, { stepId: step.id }),
    ...taskCounters(step, counting),
  }
}

export function wireTouch(variant: VariantRow, totals: readonly Total[]) {
  return {
    id: variant.id,
    emailer_step_id: variant.stepId,
    emailer_template_id: variant.templateId,
    status: variant.approved ? 'approved' : 'to_be_reviewed',
    type: variant.thread,
    include_signature: variant.includeSignature,
    weight: variant.weight,
    attachment_ids: variant.attachmentIds,
    has_personalized_opener: null,
    personalized_opener_fallback_option: 'send_without_opener',
    generic_personalized_opener: null,
    template_type: null,
    generation_options: [],
    generation_tone: {},
    content_center_type: null,
    product_profile_ids: [],
    composition_mode: null,
    project_workspace_id: null,
    ...emailCounters(totals, { variantId: variant.id }),
    results: resultsOf(variant.id, totals),
  }
}

export function wireTemplate(template: TemplateRow) {
  return {
    id: template.id,
    name: template.name,
    user_id: template.ownerId,
    starred_by_user_ids: [],
    subject: template.subject,
    archived: null,
    created_at: iso(template.createdAt),
    global: false,
    body_text: null,
    folder_id: null,
    body_html: template.bodyHtml,
    creation_type: null,
    prompt_template_id: null,
    description: null,
    highlights: null,
    has_ai_variables: false,
    label_ids: [] as Id[],
    prompt_id: null,
  }
}
