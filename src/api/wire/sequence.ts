/** A sequence as the wire says it: `emailer_campaign`, with every recorded key, and the extra keys of the page. */
import { Type } from 'typebox'
import type { Instant } from '../../core/clock.ts'
import type { Id } from '../../core/ids.ts'
import { REPUTATION_RULES, type ReputationRules } from '../../core/reputation.ts'
import type { SequenceRow } from '../../store/sequences.ts'
import type { Total } from '../../store/stats.ts'
import { iso, isoOrNull } from './instant.ts'
import { ContactStatuses, contactStatuses, emailCounters, People, people } from './numbers.ts'

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])

/** The keys that programs and the page read; the answer has all that were recorded. */
export const EmailerCampaign = Type.Object(
  {
    id: Type.String(),
    name: orNull(Type.String()),
    archived: Type.Boolean(),
    active: Type.Boolean(),
    created_at: Type.String(),
    emailer_schedule_id: orNull(Type.String()),
    max_emails_per_day: orNull(Type.Integer()),
    user_id: Type.String(),
    num_steps: Type.Integer(),
    last_used_at: orNull(Type.String()),
    mark_finished_if_reply: Type.Boolean(),
    mark_finished_if_click: Type.Boolean(),
    open_tracking_enabled: Type.Boolean({
      description: 'Ours: emails carry a picture that tells of openings.',
    }),
    click_tracking_enabled: Type.Boolean({ description: 'Ours: links of emails come back to Segue first.' }),
    mark_paused_if_ooo: Type.Boolean(),
    contact_email_event_to_stage_mapping: Type.Record(Type.String(), orNull(Type.String())),
    same_account_reply_policy: orNull(Type.String()),
    same_account_reply_delay_days: orNull(Type.Integer()),
    excluded_contact_stage_ids: Type.Array(Type.String()),
    excluded_account_stage_ids: Type.Array(Type.String()),
    label_ids: Type.Array(Type.String()),
    unique_scheduled: Type.Integer(),
    unique_delivered: Type.Integer(),
    unique_bounced: Type.Integer(),
    unique_hard_bounced: Type.Integer(),
    unique_opened: Type.Integer({
      description:
        'Emails that a person opened; those that a machine fetched are in unique_opened_unfiltered, too.',
    }),
    unique_clicked: Type.Integer({
      description:
        'Emails of which a person followed a link; scanners are in unique_clicked_unfiltered, too.',
    }),
    unique_replied: Type.Integer(),
    unique_unsubscribed: Type.Integer(),
    bounce_rate: Type.Number(),
    open_rate: Type.Number({
      description: 'Of what was delivered, tracked or not; open_rate_tracked is of what carried the picture.',
    }),
    click_rate: Type.Number(),
    reply_rate: Type.Number(),
    loaded_stats: Type.Boolean(),
    contact_statuses: ContactStatuses,
    schedule: orNull(
      Type.Object({
        id: Type.String(),
        name: Type.String(),
        time_zone: Type.String(),
        always: Type.Boolean(),
      }),
    ),
    people: People,
    next_send_at: orNull(Type.String()),
    reputation_warning: orNull(
      Type.String({ description: 'What comes near the rate at which it is paused, with its numbers.' }),
    ),
    owner_name: orNull(Type.String()),
  },
  { additionalProperties: true },
)

export interface SequenceOnWire {
  row: SequenceRow
  totals: readonly Total[]
  nextSendAt: Instant | null
  /** What comes near the rate at which it is paused. */
  reputationWarning: string | null
  /** Who asks: `is_owner`. */
  userId: Id
}

export function wireSequence({ row, totals, nextSendAt, reputationWarning, userId }: SequenceOnWire) {
  const active = row.active && row.archivedAt === null
  return {
    ...identity(row),
    ...settings(row),
    ...unusedSettings(row),
    num_steps: row.numSteps,
    ...emailCounters(totals),
    loaded_stats: true,
    contact_statuses: contactStatuses(totals, active),
    cc_emails: row.cc,
    bcc_emails: row.bcc,
    underperforming_touches_count: 0,
    sharing_permission: sharing(row, userId),
    schedule: row.schedule && {
      id: row.schedule.id,
      name: row.schedule.name,
      time_zone: row.schedule.timeZone,
      always: row.schedule.always,
    },
    people: people(totals),
    next_send_at: active ? isoOrNull(nextSendAt) : null,
    reputation_warning: reputationWarning,
    owner_name: row.ownerName,
  }
}

function identity(row: SequenceRow) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    archived: row.archivedAt !== null,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
    emailer_schedule_id: row.schedule?.id ?? null,
    user_id: row.ownerId,
    object_owner_id: row.ownerId,
    active: row.active,
    last_used_at: isoOrNull(row.lastUsedAt),
    creation_type: row.creationType,
  }
}

/** What the engine acts by. */
function settings(row: SequenceRow) {
  return {
    max_emails_per_day: row.dailyCap,
    same_account_reply_policy: row.sameAccountReply,
    same_account_reply_delay_days: row.sameAccountDelayDays,
    excluded_account_stage_ids: row.excludedAccountStageIds,
    excluded_contact_stage_ids: row.excludedContactStageIds,
    label_ids: row.labelIds,
    starred_by_user_ids: row.starredBy,
    create_task_if_email_open: row.taskOnOpens,
    email_open_trigger_task_threshold: row.taskOpenThreshold,
    open_tracking_enabled: row.trackOpens,
    click_tracking_enabled: row.trackClicks,
    auto_paused_at: isoOrNull(row.autoPausedAt),
    auto_pause_words: row.autoPauseWords,
    auto_pause_enabled: row.autoPause,
    auto_pause_config: rulesOnWire(row.autoPauseRules ?? REPUTATION_RULES),
    contact_email_event_to_stage_mapping: row.stageRules,
    mark_finished_if_click: row.finishOnClick,
    mark_finished_if_reply: row.finishOnReply,
    mark_finished_if_interested: row.finishOnInterested,
    mark_paused_if_ooo: row.pauseOnAway,
    days_to_wait_before_mark_as_response: row.responseDays,
    sequence_by_exact_daytime: row.byExactTime ? true : null,
  }
}

function rulesOnWire({ windowDays, minVolume, warnPct, pausePct }: ReputationRules) {
  return {
    evaluation_window_days: windowDays,
    min_volume: minVolume,
    warning_threshold_pct: warnPct,
    auto_pause_threshold_pct: pausePct,
  }
}

/** Keys of the original without a meaning here: what was given comes back, else what a new sequence was recorded with. */
function unusedSettings({ settings }: SequenceRow) {
  return {
    same_account_reply_policy_cd: settings['same_account_reply_policy_cd'] ?? null,
    sequence_ruleset_id: settings['sequence_ruleset_id'] ?? null,
    ignore_apollo_global_email_bounce_list: settings['ignore_apollo_global_email_bounce_list'] ?? null,
    folder_id: settings['folder_id'] ?? null,
    permissions: settings['permissions'] ?? 'team_can_use',
    is_performing_poorly: false,
    num_contacts_email_status_extrapolated: 0,
    remind_ab_test_results: false,
    ab_test_step_ids: [],
    prioritized_by_user: null,
    dmp_ids: [],
    content_center_type: null,
    product_profile_ids: [],
    status_reason: 'manual_approve',
    auto_pause_warning_level: null,
    auto_pause_bounce_rate: null,
    allowed_send_from_domains: [],
    project_workspace_context: {},
  }
}

function sharing(row: SequenceRow, userId: Id) {
  return {
    visibility: 'everyone',
    access_type: 'full_access',
    object_type: 'EmailerCampaign',
    object_id: row.id,
    is_owner: row.ownerId === userId,
    owner_id: row.ownerId,
    sharing_accesses: [],
  }
}
