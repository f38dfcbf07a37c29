/** The parameters of POST and PUT /sequences, and the draft they mean. */
import { type Static, Type } from 'typebox'
import type { StepDraft, VariantDraft } from '../actions/plan-steps.ts'
import type { SequenceDraft } from '../actions/write-sequence.ts'
import { addressesIn } from '../core/address.ts'
import { COMPANY_DELAY_DAYS_MAX, COMPANY_RULES } from '../core/company-reply.ts'
import { WAIT_UNITS } from '../core/due.ts'
import { OPENINGS_FOR_CALL } from '../core/open-call.ts'
import { type ReputationRules, rulesProblem, WINDOW_DAYS_MAX } from '../core/reputation.ts'
import { type Priority, STEP_KINDS, type StepKind } from '../core/sequence.ts'
import { STAGE_EVENTS, type StageEvent, type StageRules } from '../core/stage-rules.ts'
import { WEIGHT_MAX } from '../core/wording-deal.ts'
import { VISITS_PER_MESSAGE_MAX } from '../store/visits.ts'
import { defined } from './defined.ts'
import { refuse } from './errors.ts'
import { clearable, IdParameter, oneOf } from './params.ts'
import { instantOf } from './wire/instant.ts'

/** A little over what the template language itself takes, so that its own sentence is the answer. */
const BODY_MAX = 300_000

export const templateFields = {
  subject: clearable(Type.String({ maxLength: 2_000 })),
  body_html: clearable(Type.String({ maxLength: BODY_MAX })),
}
const TemplateInput = Type.Object({ id: Type.Optional(IdParameter), ...templateFields })

export const touchFields = {
  type: Type.Optional(oneOf(['new_thread', 'reply_to_thread'] as const)),
  status: Type.Optional(oneOf(['to_be_reviewed', 'approved'] as const)),
  include_signature: Type.Optional(Type.Boolean()),
  weight: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: WEIGHT_MAX,
      description:
        'Of an A/B test: its share among the touches of the step, 1 by default; 0 switches it off.',
    }),
  ),
  emailer_template: Type.Optional(TemplateInput),
  attachment_ids: Type.Optional(
    Type.Array(IdParameter, { maxItems: 50, description: 'Files of POST /attachments.' }),
  ),
}
const TouchInput = Type.Object({ id: Type.Optional(IdParameter), ...touchFields })

export const stepFields = {
  position: Type.Optional(Type.Integer({ minimum: 1 })),
  type: Type.Optional(oneOf([...STEP_KINDS, 'linkedin_step_interact_with_post'] as const)),
  wait_time: Type.Optional(Type.Integer()),
  wait_mode: Type.Optional(oneOf(WAIT_UNITS)),
  wait_business_days: Type.Optional(
    Type.Boolean({
      description:
        'Extension: of a wait in days, counts only the dates on which the schedule opens (neither weekends nor its holidays).',
    }),
  ),
  exact_datetime: clearable(Type.String()),
  priority: clearable(oneOf(['high', 'medium', 'low', 'A', 'B'] as const)),
  note: clearable(Type.String()),
  max_emails_per_day: clearable(Type.Integer({ minimum: 0 })),
  auto_skip_in_x_days: clearable(Type.Integer({ minimum: 0 })),
  emailer_touches: Type.Optional(Type.Array(TouchInput, { maxItems: 100 })),
}
const StepInput = Type.Object({ id: Type.Optional(IdParameter), ...stepFields })

const RulesInput = Type.Object(
  {
    evaluation_window_days: Type.Integer({ minimum: 1, maximum: WINDOW_DAYS_MAX }),
    min_volume: Type.Integer({ minimum: 1 }),
    warning_threshold_pct: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
    auto_pause_threshold_pct: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
  },
  { description: 'When the sequence is turned off by itself, since too many of its emails came back.' },
)

const StageInput = Type.Record(Type.String(), Type.Union([IdParameter, Type.Null()]), {
  description: `Which contact stage an event of this sequence moves a contact to; null: the stage stays. An event that is left out moves to the usual one. Given, it replaces the whole mapping. Events: ${STAGE_EVENTS.join(', ')}; the names are ours, the original documents none.`,
})

const settings = {
  name: clearable(Type.String({ maxLength: 500 })),
  description: clearable(Type.String()),
  active: Type.Optional(Type.Boolean()),
  user_id: Type.Optional(IdParameter),
  emailer_schedule_id: clearable(IdParameter),
  label_names: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 })),
  sequence_by_exact_daytime: Type.Optional(Type.Boolean()),
  max_emails_per_day: clearable(Type.Integer({ minimum: 0 })),
  mark_finished_if_reply: Type.Optional(Type.Boolean()),
  mark_finished_if_click: Type.Optional(Type.Boolean()),
  mark_finished_if_interested: Type.Optional(Type.Boolean()),
  mark_paused_if_ooo: Type.Optional(Type.Boolean()),
  days_to_wait_before_mark_as_response: clearable(Type.Integer({ minimum: 0, maximum: 3650 })),
  create_task_if_email_open: Type.Optional(
    Type.Boolean({
      description:
        'A call for whoever opens an email so often; once in a sequence. Openings must be tracked.',
    }),
  ),
  email_open_trigger_task_threshold: clearable(
    Type.Integer({
      minimum: 0,
      maximum: VISITS_PER_MESSAGE_MAX,
      description: `Openings of one email by people. Null: ${OPENINGS_FOR_CALL}.`,
    }),
  ),
  open_tracking_enabled: Type.Optional(
    Type.Boolean({ description: 'Ours. Emails carry a picture that tells of openings. Off unless said.' }),
  ),
  click_tracking_enabled: Type.Optional(
    Type.Boolean({ description: 'Ours. Links of emails come back to Segue first. Off unless said.' }),
  ),
  auto_pause_enabled: Type.Optional(Type.Boolean()),
  auto_pause_config: clearable(RulesInput),
  same_account_reply_delay_days: clearable(
    Type.Integer({ minimum: 0, maximum: COMPANY_DELAY_DAYS_MAX, description: 'Null: what the team says.' }),
  ),
  same_account_reply_policy: clearable(
    oneOf(COMPANY_RULES, {
      description:
        'Extension: what happens to others of a company (the account, else the domain) when one person of it answers. ' +
        'ignore; delay: their next steps wait same_account_reply_delay_days from the answer; stop: they are held until a person decides. Null: what the team says.',
    }),
  ),
  excluded_account_stage_ids: Type.Optional(Type.Array(IdParameter, { maxItems: 200 })),
  contact_email_event_to_stage_mapping: Type.Optional(StageInput),
  excluded_contact_stage_ids: Type.Optional(Type.Array(IdParameter, { maxItems: 200 })),
  cc_emails: Type.Optional(Type.String()),
  bcc_emails: Type.Optional(Type.String()),
  creation_type: clearable(oneOf(['new', 'draft', 'ai_assistant'] as const)),
  emailer_steps: Type.Optional(Type.Array(StepInput, { maxItems: 200 })),
  // Without a meaning here: kept, and given back.
  permissions: Type.Optional(Type.String()),
  folder_id: clearable(Type.String()),
  sequence_ruleset_id: clearable(Type.String()),
  ignore_apollo_global_email_bounce_list: Type.Optional(Type.Boolean()),
  same_account_reply_policy_cd: clearable(Type.Integer()),
  sharing_permission: Type.Optional(Type.Unknown()),
  label_ids: Type.Optional(Type.Array(IdParameter)),
}

export const SequenceSettings = Type.Object(settings)
export type SettingsInput = Static<typeof SequenceSettings> & { archived?: boolean }
export const SequenceChanges = Type.Object({
  id: IdParameter,
  archived: Type.Optional(Type.Boolean()),
  dry_run: Type.Optional(
    Type.Boolean({ description: 'Extension: says whom it would touch, and changes nothing.' }),
  ),
  ...settings,
})

/** The keys of the wire as our words. What was left out stays out. */
export function draftOf(input: SettingsInput): SequenceDraft {
  const kept = defined({
    permissions: input.permissions,
    folder_id: input.folder_id,
    sequence_ruleset_id: input.sequence_ruleset_id,
    ignore_apollo_global_email_bounce_list: input.ignore_apollo_global_email_bounce_list,
    same_account_reply_policy_cd: input.same_account_reply_policy_cd,
  })
  return defined({
    name: input.name,
    description: input.description,
    active: input.active,
    archived: input.archived,
    ownerId: input.user_id,
    scheduleId: input.emailer_schedule_id,
    labelNames: input.label_names,
    byExactTime: input.sequence_by_exact_daytime,
    dailyCap: input.max_emails_per_day,
    finishOnReply: input.mark_finished_if_reply,
    finishOnClick: input.mark_finished_if_click,
    finishOnInterested: input.mark_finished_if_interested,
    pauseOnAway: input.mark_paused_if_ooo,
    responseDays: input.days_to_wait_before_mark_as_response,
    taskOnOpens: input.create_task_if_email_open,
    taskOpenThreshold: input.email_open_trigger_task_threshold,
    trackOpens: input.open_tracking_enabled,
    trackClicks: input.click_tracking_enabled,
    autoPause: input.auto_pause_enabled,
    autoPauseRules: rulesOf(input.auto_pause_config),
    sameAccountReply: input.same_account_reply_policy,
    sameAccountDelayDays: input.same_account_reply_delay_days,
    stageRules: stageRulesOf(input.contact_email_event_to_stage_mapping),
    excludedAccountStageIds: input.excluded_account_stage_ids,
    excludedContactStageIds: input.excluded_contact_stage_ids,
    cc: copiesOf(input.cc_emails, 'cc_emails'),
    bcc: copiesOf(input.bcc_emails, 'bcc_emails'),
    creationType: input.creation_type,
    settings: Object.keys(kept).length === 0 ? undefined : kept,
    steps: input.emailer_steps?.map((step, index) => stepDraft(step, `emailer_steps[${index}]`)),
  }) as SequenceDraft
}

/** Throws a 422 for rules that cannot be meant. */
function rulesOf(input: SettingsInput['auto_pause_config']): ReputationRules | null | undefined {
  if (input === undefined || input === null) return input
  const rules = {
    windowDays: input.evaluation_window_days,
    minVolume: input.min_volume,
    warnPct: input.warning_threshold_pct,
    pausePct: input.auto_pause_threshold_pct,
  }
  const problem = rulesProblem(rules)
  return problem === undefined ? rules : refuse(422, problem, { parameter: 'auto_pause_config' })
}

/** Throws a 422 for an event that does not exist: a misspelled one would never happen. */
function stageRulesOf(input: SettingsInput['contact_email_event_to_stage_mapping']): StageRules | undefined {
  const wrong = Object.keys(input ?? {}).find((event) => !STAGE_EVENTS.includes(event as StageEvent))
  const parameter = 'contact_email_event_to_stage_mapping'
  return wrong === undefined
    ? input
    : refuse(422, `There is no event "${wrong}" for a stage. Events are ${STAGE_EVENTS.join(', ')}.`, {
        parameter,
      })
}

/** Every copy is one more recipient of each mail, and more than this is a mailing list; many servers refuse long lists. */
const COPIES_MAX = 20

/** As plain addresses between commas. Throws a 422 that names the part which is none: a mail with it could not be composed. */
function copiesOf(text: string | undefined, parameter: string): string | undefined {
  if (text === undefined) return undefined
  const { addresses, problems } = addressesIn(text)
  const wrong = (sentence: string) =>
    refuse(422, `The parameter "${parameter}" takes email addresses, separated by commas. ${sentence}`, {
      parameter,
    })
  if (problems[0] !== undefined) return wrong(problems[0])
  if (addresses.length > COPIES_MAX)
    return wrong(`It has ${addresses.length} addresses; give at most ${COPIES_MAX}.`)
  return addresses.join(', ')
}

/** `within`: where the step stands among the parameters; "" when they are its own. */
export function stepDraft(input: Static<typeof StepInput>, within = ''): StepDraft {
  return defined({
    id: input.id,
    position: input.position,
    kind:
      input.type === 'linkedin_step_interact_with_post'
        ? ('linkedin_step_interact_post' as StepKind)
        : (input.type as StepKind | undefined),
    waitAmount: input.wait_time,
    waitUnit: input.wait_mode,
    businessDays: input.wait_business_days,
    exactAt:
      typeof input.exact_datetime === 'string'
        ? instantOf(input.exact_datetime, within === '' ? 'exact_datetime' : `${within}[exact_datetime]`)
        : input.exact_datetime,
    priority: priorityOf(input.priority),
    note: input.note,
    dailyCap: input.max_emails_per_day,
    autoSkipDays: input.auto_skip_in_x_days,
    variants: input.emailer_touches?.map(variantDraft),
  }) as StepDraft
}

/** Recorded: the original also takes "A" and "B". */
function priorityOf(given: string | null | undefined): Priority | null | undefined {
  if (given === 'A') return 'high'
  return given === 'B' ? 'medium' : (given as Priority | null | undefined)
}

export function variantDraft(input: Static<typeof TouchInput>): VariantDraft {
  const { emailer_template: template } = input
  return defined({
    id: input.id,
    thread: input.type,
    approved: input.status === undefined ? undefined : input.status === 'approved',
    includeSignature: input.include_signature,
    weight: input.weight,
    attachmentIds: input.attachment_ids,
    template:
      template && defined({ id: template.id, subject: template.subject, bodyHtml: template.body_html }),
  }) as VariantDraft
}
