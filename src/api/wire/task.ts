/** A task as the wire says it, with every recorded key; and our kinds and states in its words. */
import { Type } from 'typebox'
import type { TaskKind } from '../../core/task.ts'
import type { TaskRow, TaskState } from '../../store/tasks.ts'
import { iso, isoOrNull, isoWithOffset } from './instant.ts'

/** The wire's word for each kind. `manual_email` is accepted as well. */
const TYPES: Record<TaskKind, string> = {
  manual_email: 'outreach_manual_email',
  call: 'call',
  action_item: 'action_item',
  linkedin_step_connect: 'linkedin_step_connect',
  linkedin_step_message: 'linkedin_step_message',
  linkedin_step_view_profile: 'linkedin_step_view_profile',
  linkedin_step_interact_post: 'linkedin_step_interact_post',
}
export const TASK_TYPES = Object.values(TYPES)

/** As the facets of the original name them. */
const FACETS: Record<TaskKind, { value: string; name: string }> = {
  manual_email: { value: 'outreach_manual_email', name: 'Email Contact' },
  call: { value: 'contact_call', name: 'Call Contact' },
  action_item: { value: 'contact_action_item', name: 'Contact Action Item' },
  linkedin_step_connect: { value: 'linkedin_step_connect', name: 'LI: Send connection request' },
  linkedin_step_message: { value: 'linkedin_step_message', name: 'LI: Send message' },
  linkedin_step_view_profile: { value: 'linkedin_step_view_profile', name: 'LI: View profile' },
  linkedin_step_interact_post: { value: 'linkedin_step_interact_post', name: 'LI: Interact with post' },
}

export const typeOnWire = (kind: TaskKind): string => TYPES[kind]

/** Undefined: no such type. */
export function kindOf(type: string): TaskKind | undefined {
  const bare = type === 'linkedin_step_interact_with_post' ? 'linkedin_step_interact_post' : type
  return (Object.keys(TYPES) as TaskKind[]).find((kind) => kind === bare || TYPES[kind] === bare)
}

export const TASK_STATUSES = ['scheduled', 'completed', 'skipped'] as const
export type TaskStatus = (typeof TASK_STATUSES)[number]

export function stateOf(status: TaskStatus): 'open' | 'completed' | 'skipped' {
  return status === 'scheduled' ? 'open' : status
}

/** Recorded: a task that was made without a status has none. */
export function statusOnWire({
  state,
  statusGiven,
}: {
  state: TaskState
  statusGiven: boolean
}): string | null {
  if (state === 'open') return statusGiven ? 'scheduled' : null
  return state === 'cancelled' ? 'deleted' : state
}

const TextOrNull = Type.Union([Type.String(), Type.Null()])

export const WireTask = Type.Object(
  {
    id: Type.String(),
    user_id: Type.String(),
    type: Type.String({ description: TASK_TYPES.join(', ') }),
    status: Type.Union([Type.String(), Type.Null()], { description: 'scheduled, completed or skipped.' }),
    priority: Type.String({ description: 'high, medium or low.' }),
    due_at: Type.String(),
    title: TextOrNull,
    note: TextOrNull,
    contact_id: TextOrNull,
    emailer_campaign_id: TextOrNull,
    campaign_name: TextOrNull,
    campaign_position: Type.Union([Type.Integer(), Type.Null()]),
    completed_at: TextOrNull,
    skipped_at: TextOrNull,
    created_at: Type.String(),
    creator_id: TextOrNull,
    pending_send: Type.Boolean({ description: 'The draft was sent off and has not left yet.' }),
    emailer_step_id: TextOrNull,
    emailer_message_id: TextOrNull,
    auto_skip_at: TextOrNull,
    outcome: TextOrNull,
    phone_call_outcome_id: TextOrNull,
    phone_call_outcome: Type.Union([Type.String(), Type.Null()], {
      description: 'Extension. What the call came to, by its name.',
    }),
    ended_by: TextOrNull,
  },
  { additionalProperties: true },
)

/** What the original keeps and Segue does not. */
const ABSENT = {
  subject: null,
  salesforce_type: null,
  playbook_step_ids: [],
  playbook_id: null,
  needs_playbook_autoprospecting: null,
  starred_by_user_ids: [],
  salesforce_id: null,
  hubspot_id: null,
  opportunity_id: null,
  rule_config_id: null,
  persona_ids: [],
  call_script: null,
  relevant_fields: null,
  ai_variables_status: null,
  recommended: false,
  recommendation_reasons: [],
  relevant_field_values: {},
}

export function wireTask<C, A>(
  task: TaskRow,
  { contact, account }: { contact: C | null; account: A | null },
) {
  const { state, endedAt } = task
  return {
    ...ABSENT,
    emailer_campaign_id: task.sequenceId,
    campaign_name: task.sequenceName,
    campaign_position: task.stepPosition,
    id: task.id,
    user_id: task.userId,
    created_at: iso(task.createdAt),
    completed_at: state === 'completed' ? isoOrNull(endedAt) : null,
    note: task.note,
    note_text: task.note,
    skipped_at: state === 'skipped' ? isoOrNull(endedAt) : null,
    due_at: isoWithOffset(task.dueAt),
    type: typeOnWire(task.kind),
    priority: task.priority,
    status: statusOnWire(task),
    contact_id: task.contactId,
    person_id: task.contactId,
    account_id: task.accountId,
    organization_id: task.accountId,
    created_from: task.createdFrom,
    title: task.title,
    creator_id: task.creatorId,
    completed_by_user_id: state === 'completed' ? (task.endedBy?.split(':')[1] ?? null) : null,
    pending_send: state === 'open' && task.approvedAt !== null,
    contact,
    account,
    emailer_step_id: task.stepId,
    emailer_message_id: task.messageId,
    auto_skip_at: state === 'open' ? isoOrNull(task.skipsAt) : null,
    outcome: task.outcome,
    answered: task.callAnswered,
    phone_call_outcome_id: task.callOutcomeId,
    phone_call_outcome: task.callOutcome,
    phone_call: wirePhoneCall(task),
    ended_by: task.endedBy,
  }
}

/** A call that was made and told of: it has the id of its task. */
function wirePhoneCall(task: TaskRow) {
  if (task.callOutcomeId === null) return null
  return {
    id: task.id,
    answered: task.callAnswered,
    created_at: isoOrNull(task.endedAt),
    phone_call_outcome_id: task.callOutcomeId,
    phone_call_purpose_id: null,
    to_number: task.calledNumber,
  }
}

const EMPTY_FACETS = [
  ...['playbook_step', 'person_function', 'person_seniority', 'normalized_person_title', 'organization_ids'],
  ...[
    'organization_ids_in_query',
    'person_persona',
    'organization_keywords',
    'linkedin_industry',
    'num_employees',
  ],
  ...['revenues', 'currently_using_any_of_technology_uids', 'currently_using_all_of_technology_uids'],
  ...['currently_not_using_any_of_technology_uids', 'added_technology_uids', 'dropped_technology_uids'],
  ...['latest_funding_stage', 'organization_trading_status', 'person_city', 'person_state', 'person_country'],
  ...[
    'organization_hq_city',
    'organization_hq_state',
    'organization_hq_country',
    'organization_intent_scoring',
  ],
  ...['forecast_category', 'intent_topic_count', 'contact_stage'],
].map((name) => [`${name}_facets`, []] as const)

/** How many of each kind match the search, whatever kinds it asks for. */
export function wireFaceting(kinds: readonly { kind: TaskKind; n: number }[]) {
  const total = kinds.reduce((sum, { n }) => sum + n, 0)
  return {
    ...Object.fromEntries(EMPTY_FACETS),
    task_types: kinds.map(({ kind, n }) => ({
      value: FACETS[kind].value,
      display_name: FACETS[kind].name,
      count: n,
    })),
    total_facets: [{ value: 'pipeline_total', display_name: 'Total', count: total }],
    linkedin_task: [],
  }
}
