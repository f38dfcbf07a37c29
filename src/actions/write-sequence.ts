/** Creates a sequence with its steps and wordings in one call, and rewrites one as declared, also while people are in it. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { isHttps, trackingProblem } from '../core/tracking.ts'
import { attachmentsByIds } from '../store/attachments.ts'
import { countSince } from '../store/caps.ts'
import { bumpSequences } from '../store/lanes.ts'
import { listsNamed } from '../store/lists.ts'
import { aRealMailbox } from '../store/mailboxes.ts'
import { defaultSchedule, type ScheduleRow, scheduleById, scheduleOf } from '../store/schedules.ts'
import {
  insertSequence,
  isUserOfTeam,
  lockSequence,
  type SequenceSettings,
  saveSequence,
  setArchived,
} from '../store/sequence-writes.ts'
import { type SequenceRow, sequenceById } from '../store/sequences.ts'
import { contactStagesOf } from '../store/stages.ts'
import { type StepRow, saveSteps, stepsOf, type Tree, treeOf } from '../store/steps.ts'
import { type InFlight, sweep } from '../store/stops.ts'
import { saveTemplates, templatesByIds } from '../store/templates.ts'
import { saveVariants } from '../store/variants.ts'
import { activateSequence, activationRefusal, turnOn } from './activate-sequence.ts'
import { archiveSequence } from './archive-sequence.ts'
import { deactivateSequence } from './deactivate-sequence.ts'
import { followCompanyRule } from './follow-company.ts'
import { lockNewCaps } from './new-caps.ts'
import { emptyPlan, planSteps, type StepDraft, type StepPlan } from './plan-steps.ts'
import { type Edit, followDeletedSteps, leaveDeletedSteps, lookAgain, retimePeople } from './retime-people.ts'

/** What is left out keeps its value, or its default on a new sequence. */
export interface SequenceDraft extends Partial<Omit<SequenceSettings, 'labelIds' | 'settings'>> {
  labelNames?: readonly string[]
  settings?: Record<string, unknown>
  active?: boolean
  archived?: boolean
  /** The whole list of steps; left out, they stay. */
  steps?: readonly StepDraft[]
}

/** The whole list of steps, made of those that there are once nobody else changes them. */
export type StepEdit = (tree: Tree) => Result<readonly StepDraft[]>

export interface SequenceUpdate {
  id: Id
  draft: SequenceDraft
  /** In place of the draft's steps. */
  edit?: StepEdit
}

export interface Writing {
  team: TeamId
  userId: Id
  actor: string
  now: Instant
  random: Random
  /** Where recipients reach Segue; tracking asks for it. */
  publicUrl?: string | null
}

const EMPTY_SCHEDULE =
  'The schedule you are trying to attach to this sequence is empty. You cannot attach an empty schedule to the sequence'

const NEW: Omit<SequenceSettings, 'ownerId' | 'scheduleId'> = {
  name: null,
  description: null,
  dailyCap: null,
  finishOnReply: true,
  finishOnClick: false,
  finishOnInterested: true,
  pauseOnAway: true,
  responseDays: null,
  taskOnOpens: false,
  taskOpenThreshold: null,
  sameAccountReply: null,
  sameAccountDelayDays: null,
  autoPause: true,
  autoPauseRules: null,
  trackOpens: false,
  trackClicks: false,
  excludedContactStageIds: [],
  excludedAccountStageIds: [],
  stageRules: {},
  byExactTime: false,
  cc: '',
  bcc: '',
  labelIds: [],
  starredBy: [],
  creationType: 'new',
  settings: {},
}

/** Makes the sequence; an empty draft makes a nameless one. The owner is whoever calls. `pastDates`: dates of steps may have passed. */
export async function createSequence(
  db: Db,
  writing: Writing,
  draft: SequenceDraft,
  { pastDates = false }: { pastDates?: boolean } = {},
): Promise<Result<Id>> {
  const { team, now, random } = writing
  const id = newId(now, random)
  return db.transaction(async (tx): Promise<Result<Id>> => {
    const schedule =
      draft.scheduleId == null
        ? await defaultSchedule(tx, team)
        : await scheduleById(tx, { team, id: draft.scheduleId })
    const wrong = scheduleRefusal(draft, schedule) ?? (await trackingRefusal(tx, writing, { draft }))
    if (wrong !== undefined) return refused(wrong)
    const base = { ...NEW, ownerId: writing.userId, scheduleId: schedule?.id ?? null }
    const settings = await merged(tx, writing, {
      base,
      draft: { ...draft, ownerId: writing.userId, scheduleId: schedule?.id ?? null },
    })
    const plan = await planned(tx, writing, {
      id,
      draft,
      tree: { steps: [], variants: [], templates: [] },
      settings,
      pastDates,
    })
    if (!plan.ok) return plan
    const refusal = draft.active ? await activationRefusal(tx, { team, steps: plan.value.steps }) : undefined
    if (refusal) return { ok: false, refusal }
    await insertSequence(tx, { team, id, now }, settings)
    await savePlan(tx, writing, plan.value)
    if (draft.active) await turnOn(tx, { ...writing, sequenceId: id })
    return done(id)
  })
}

export interface Updated {
  /** What was transmitting when the sequence was turned off. */
  transmitting: InFlight[]
  /** What was written of the steps, in their order. */
  plan: StepPlan
}

/** Rewrites what the draft names. People in the sequence follow: see `retime-people.ts`. */
export async function updateSequence(
  db: Db,
  writing: Writing,
  update: SequenceUpdate,
): Promise<Result<Updated>> {
  const { id, draft } = update
  const saved = await db.transaction((tx) => rewrite(tx, writing, update))
  if (!saved.ok) return saved
  const { edit, plan, rescheduled } = saved.value
  await followDeletedSteps(db, edit, plan.deletedStepIds)
  // What was claimed was judged by the windows of before.
  if (rescheduled) await sweep(db, { ...edit, of: { sequenceIds: [id] } })
  await lookAgain(db, edit, { stepIds: plan.rewordedStepIds, schedule: rescheduled })
  if (saved.value.companyRule) await followCompanyRule(db, writing, [id])
  const switching = { ...writing, sequenceId: id }
  if (draft.archived) {
    const archived = await archiveSequence(db, switching)
    return archived.ok ? done({ transmitting: archived.value, plan }) : archived
  }
  if (draft.active === undefined || draft.active === saved.value.active)
    return done({ transmitting: [], plan })
  if (draft.active) {
    const activated = await activateSequence(db, switching)
    return activated.ok ? done({ transmitting: [], plan }) : activated
  }
  const off = await deactivateSequence(db, switching)
  return off.ok ? done({ transmitting: off.value, plan }) : off
}

interface Rewritten {
  edit: Edit
  plan: StepPlan
  rescheduled: boolean
  /** Another rule about answers of others in the company. */
  companyRule: boolean
  /** As it was before. */
  active: boolean
}

export interface UpdatePlan {
  locked: NonNullable<Awaited<ReturnType<typeof lockSequence>>>
  before: SequenceRow
  settings: SequenceSettings
  schedule: ScheduleRow | undefined
  /** The steps as they were, deleted ones included. */
  tree: Tree
  plan: StepPlan
  /** Those after the update, deleted ones included. */
  steps: readonly StepRow[]
  rescheduled: boolean
}

/** What an update means, or why it is refused. Locks the sequence; writes nothing but lists that the draft names and nobody has made. */
export async function planUpdate(
  tx: Db,
  writing: Writing,
  { id, draft: given, edit }: SequenceUpdate,
): Promise<Result<UpdatePlan>> {
  const { team } = writing
  const locked = await lockSequence(tx, { team, id })
  const before = locked && (await sequenceById(tx, { team, id }))
  if (!locked || !before) return notFound()
  const current = await treeOf(tx, { team, sequenceId: id })
  const edited = edit?.(current) ?? done(given.steps)
  if (!edited.ok) return edited
  const draft = { ...given, ...(edited.value && { steps: edited.value }) }
  if (draft.ownerId !== undefined && !(await isUserOfTeam(tx, { team, id: draft.ownerId })))
    return refused(`The user ${draft.ownerId} is not a member of this team.`)
  const scheduleId = draft.scheduleId === undefined ? locked.scheduleId : draft.scheduleId
  const schedule = scheduleId === null ? undefined : await scheduleById(tx, { team, id: scheduleId })
  const wrong = scheduleRefusal(draft, schedule) ?? (await trackingRefusal(tx, writing, { draft, before }))
  if (wrong !== undefined) return refused(wrong)
  const settings = await merged(tx, writing, {
    base: { ...before, scheduleId: locked.scheduleId },
    draft,
  })
  const tree = { ...current, steps: await stepsOf(tx, { team, sequenceIds: [id], deleted: true }) }
  const plan = await planned(tx, writing, { id, draft, tree, settings })
  if (!plan.ok) return plan
  const steps = draft.steps ? plan.value.steps : tree.steps
  if (draft.active && !locked.active) {
    if (draft.archived ?? before.archivedAt !== null)
      return refused(
        'The sequence is archived. Take it out of the archive (archived=false), then turn it on.',
      )
    const refusal = await activationRefusal(tx, {
      team,
      steps: steps.filter((step) => step.deletedAt === null),
    })
    if (refusal) return { ok: false, refusal }
  }
  const rescheduled = scheduleId !== locked.scheduleId
  return done({ locked, before, settings, schedule, tree, plan: plan.value, steps, rescheduled })
}

async function rewrite(tx: Db, writing: Writing, asked: SequenceUpdate): Promise<Result<Rewritten>> {
  const { id, draft } = asked
  const { team, now } = writing
  const update = await planUpdate(tx, writing, asked)
  if (!update.ok) return update
  const { locked, before, settings, schedule, tree, plan, steps, rescheduled } = update.value
  await saveSequence(tx, { team, id, now }, settings)
  if (draft.archived === false && before.archivedAt !== null)
    await setArchived(tx, { team, id, archived: false, now })
  await savePlan(tx, writing, plan)
  const edit = editOf(writing, { id, schedule, steps })
  await bumpSequences(tx, { team, sequenceIds: [id], now })
  const caps = await lockNewCaps(tx, {
    ...{ team, sequenceId: id, zone: schedule?.timeZone ?? 'UTC', now },
    before: { sequence: before.dailyCap, steps: tree.steps },
    after: { sequence: settings.dailyCap, steps: plan.steps },
  })
  await leaveDeletedSteps(tx, edit, plan.deletedStepIds)
  await retimePeople(
    tx,
    edit,
    rescheduled
      ? edit.steps.filter((step) => step.deletedAt === null).map((step) => step.id)
      : plan.retimedStepIds,
  )
  // Messages come after people in the order of locks.
  await countSince(tx, { team, sequenceId: id, ...caps })
  const companyRule =
    settings.sameAccountReply !== before.sameAccountReply ||
    settings.sameAccountDelayDays !== before.sameAccountDelayDays
  return done({ edit, plan: plan, rescheduled, companyRule, active: locked.active })
}

function editOf(
  { team, actor, now, random }: Writing,
  o: { id: Id; schedule: ScheduleRow | undefined; steps: Edit['steps'] },
): Edit {
  const schedule = o.schedule ? scheduleOf(o.schedule, now) : null
  return { team, sequenceId: o.id, steps: o.steps, schedule, actor, now, random }
}

function scheduleRefusal(draft: SequenceDraft, schedule: ScheduleRow | undefined): string | undefined {
  if (draft.scheduleId == null) return undefined
  if (schedule === undefined)
    return `The schedule ${draft.scheduleId} does not exist. Choose one of the team's schedules.`
  return schedule.windows.length === 0 ? EMPTY_SCHEDULE : undefined
}

/** What was on stays on: turning something else must not fail because a mailbox was connected since. */
async function trackingRefusal(
  tx: Db,
  { team, publicUrl = null }: Writing,
  { draft, before }: { draft: SequenceDraft; before?: SequenceRow },
): Promise<string | undefined> {
  const asked = (draft.trackOpens && !before?.trackOpens) || (draft.trackClicks && !before?.trackClicks)
  if (!asked || isHttps(publicUrl)) return undefined
  const real = await aRealMailbox(tx, team)
  return real === null ? undefined : trackingProblem(publicUrl, real)
}

async function merged(
  tx: Db,
  writing: Writing,
  {
    base,
    draft,
  }: { base: SequenceSettings | (SequenceRow & { scheduleId: Id | null }); draft: SequenceDraft },
): Promise<SequenceSettings> {
  const given = Object.fromEntries(
    Object.entries(draft).filter(([key, value]) => value !== undefined && key in NEW),
  ) as Partial<SequenceSettings>
  const labelIds =
    draft.labelNames === undefined
      ? base.labelIds
      : (await listsNamed(tx, { ...writing, modality: 'sequences', names: draft.labelNames })).map(
          (list) => list.id,
        )
  return {
    ...base,
    ...given,
    ownerId: draft.ownerId ?? base.ownerId,
    scheduleId: draft.scheduleId === undefined ? base.scheduleId : draft.scheduleId,
    labelIds,
    settings: { ...base.settings, ...draft.settings },
  }
}

async function planned(
  tx: Db,
  { team, userId, now, random }: Writing,
  o: { id: Id; draft: SequenceDraft; tree: Tree; settings: SequenceSettings; pastDates?: boolean },
): Promise<Result<StepPlan>> {
  const { draft, tree } = o
  const unknown = await unknownStage(tx, team, draft)
  if (unknown !== undefined) return refused(unknown, { parameter: 'contact_email_event_to_stage_mapping' })
  if (draft.steps === undefined) return done(emptyPlan())
  const referred = draft.steps.flatMap((step) => step.variants ?? []).flatMap((one) => one.template?.id ?? [])
  const carried = draft.steps.flatMap((step) => step.variants ?? []).flatMap((one) => one.attachmentIds ?? [])
  const known = await templatesByIds(tx, { team, ids: referred })
  return planSteps(draft.steps, {
    sequenceId: o.id,
    ownerId: userId,
    tree,
    known,
    files: await attachmentsByIds(tx, { team, ids: carried }),
    byExactTime: o.settings.byExactTime,
    creating: tree.steps.length === 0,
    pastDates: o.pastDates ?? false,
    now,
    random,
  })
}

/** In words; undefined when every stage of the rules is a contact stage of the team. */
async function unknownStage(
  tx: Db,
  team: TeamId,
  { stageRules }: SequenceDraft,
): Promise<string | undefined> {
  const named = Object.entries(stageRules ?? {}).filter(([, id]) => id !== null)
  if (named.length === 0) return undefined
  const stages = await contactStagesOf(tx, team)
  const wrong = named.find(([, id]) => !stages.some((stage) => stage.id === id))
  return (
    wrong &&
    `The stage ${wrong[1]} for "${wrong[0]}" is not a contact stage of this team. Choose one of GET /contact_stages, or null to leave the stage as it is.`
  )
}

async function savePlan(tx: Db, { team, now }: Writing, plan: StepPlan): Promise<void> {
  await saveSteps(tx, { team, steps: plan.steps, now })
  await saveTemplates(tx, { team, templates: plan.templates, now })
  await saveVariants(tx, { team, variants: plan.variants, now })
}
