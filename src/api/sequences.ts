/** Creates and changes sequences over HTTP, with steps, touches and templates in one call, and says what is missing before activation. */

import { Type } from 'typebox'
import { missingValues } from '../actions/missing-values.ts'
import { readiness } from '../actions/readiness.ts'
import { createSequence, updateSequence } from '../actions/write-sequence.ts'
import { isRefusedFor } from '../core/sequence.ts'
import { confirmAlways } from '../store/sequence-writes.ts'
import { IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import {
  sequenceOf,
  sequenceOnWire,
  TeamOnWire,
  TreeOnWire,
  teamOnWire,
  wholeSequence,
  writingOf,
} from './sequence-answers.ts'
import { Foreseen, foreseen } from './sequence-foresight.ts'
import { draftOf, SequenceChanges, SequenceSettings, type SettingsInput } from './sequence-input.ts'
import { stillSending } from './sequence-state.ts'
import { Attachment } from './wire/attachment.ts'
import { iso } from './wire/instant.ts'
import { EmailerCampaign } from './wire/sequence.ts'

const Created = Type.Object({
  emailer_campaign: EmailerCampaign,
  sharing_accesses: Type.Array(Type.Unknown()),
  ...TreeOnWire,
  attachments: Type.Array(Attachment),
  team: TeamOnWire,
})

async function create(input: SettingsInput, call: Call) {
  // Recorded: a new sequence belongs to whoever calls, whatever user_id says.
  const { user_id: _, ...settings } = input
  const id = allowed(await createSequence(call.db, writingOf(call), draftOf(settings)))
  const { campaign, lists, attachments } = await wholeSequence(call, id)
  return {
    emailer_campaign: campaign,
    sharing_accesses: [],
    ...lists,
    attachments,
    team: await teamOnWire(call),
  }
}

const Updated = Type.Object(
  {
    id: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
    active: Type.Boolean(),
    archived: Type.Boolean(),
    created_at: Type.String(),
    updated_at: Type.String(),
    num_steps: Type.Integer(),
    steps: Type.Array(Type.Object({ id: Type.String(), position: Type.Integer(), step_type: Type.String() })),
    emailer_campaign: EmailerCampaign,
    ...TreeOnWire,
  },
  { additionalProperties: true },
)

type Changes = { id: string; dry_run?: boolean } & SettingsInput

async function update({ id, dry_run: dryRun, ...input }: Changes, call: Call) {
  if (dryRun) return foreseen({ id, ...input }, call)
  const { transmitting } = allowed(
    await updateSequence(call.db, writingOf(call), { id, draft: draftOf(input) }),
  )
  const { row, campaign, tree, lists } = await wholeSequence(call, id)
  return {
    id,
    name: row.name,
    active: row.active,
    archived: row.archivedAt !== null,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
    num_steps: row.numSteps,
    steps: tree.steps.map((step) => ({
      id: step.id,
      position: step.position,
      step_type: step.kind,
      wait_time: step.waitAmount,
      wait_mode: step.waitUnit,
      wait_business_days: step.businessDays,
      auto_skip_in_x_days: step.autoSkipDays,
    })),
    emailer_campaign: campaign,
    ...lists,
    ...(transmitting.length === 0 ? {} : { still_sending: stillSending(transmitting) }),
  }
}

const Readiness = Type.Object({
  ready: Type.Boolean(),
  problems: Type.Array(
    Type.Object({
      code: Type.String(),
      sentence: Type.String(),
      step_id: Type.Union([Type.String(), Type.Null()]),
      refuses: Type.Boolean(),
    }),
  ),
  warnings: Type.Array(Type.String()),
  missing: Type.Array(
    Type.Object({
      variable: Type.String(),
      people: Type.Integer(),
      steps: Type.Array(Type.Integer(), { description: 'Positions of the steps that print it.' }),
      examples: Type.Array(Type.Object({ contact_id: Type.String(), name: Type.String() })),
    }),
    {
      description:
        'Values that people still in the sequence lack and a wording prints without a default: those mails would be held.',
    },
  ),
  people_looked_at: Type.Integer({ description: 'The first enrolled first, at most 2000.' }),
  more_people: Type.Boolean({ description: 'There are more than were looked at.' }),
})

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/sequences',
    name: 'sequences/create',
    summary: 'Create a sequence with its steps, touches and templates',
    description: 'An empty body makes a nameless draft. Touches are to be reviewed unless they say approved.',
    input: SequenceSettings,
    output: Created,
    run: create,
  }),
  route({
    method: 'POST',
    path: '/emailer_campaigns',
    name: 'emailer_campaigns/create',
    summary: 'Create a sequence (older path)',
    input: SequenceSettings,
    output: Created,
    run: create,
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/sequences/:id',
    name: 'sequences/update',
    summary: 'Change a sequence as declared',
    description:
      'Steps and touches that are missing from a list that is given are deleted; with an id they are changed, without one added. People in a live sequence follow: those on a deleted step go on with the next one. With `dry_run` (extension) nothing is done: the answer says whom it would touch, and how.',
    input: SequenceChanges,
    output: Type.Union([Updated, Foreseen]),
    run: update,
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/emailer_campaigns/:id',
    name: 'emailer_campaigns/update',
    summary: 'Change a sequence (older path); archived=false takes it out of the archive',
    input: SequenceChanges,
    output: Type.Union([Updated, Foreseen]),
    run: update,
  }),
  route({
    method: 'GET',
    path: '/sequences/:id/readiness',
    name: 'sequences/readiness',
    summary: 'What is missing before the sequence can be turned on',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Readiness,
    async run({ id }, call) {
      const row = await sequenceOf(call, id)
      const team = call.caller.teamId
      const [{ ready, problems, warnings }, people] = await Promise.all([
        readiness(call.db, { team, sequence: row, publicUrl: call.settings.publicUrl, now: call.now }),
        missingValues(call.db, { team, sequenceId: row.id, now: call.now }),
      ])
      return {
        ready,
        problems: problems.map((one) => ({
          code: one.code,
          sentence: one.sentence,
          step_id: one.stepId,
          refuses: isRefusedFor(one),
        })),
        warnings,
        missing: people.missing.map(({ examples, ...one }) => ({
          ...one,
          examples: examples.map(({ contactId, name }) => ({ contact_id: contactId, name })),
        })),
        people_looked_at: people.looked,
        more_people: people.more,
      }
    },
  }),
  route({
    method: 'POST',
    path: '/sequences/:id/confirm_always',
    name: 'sequences/confirm_always',
    summary: 'Say once that a sequence may send from a real mailbox at any hour',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ emailer_campaign: EmailerCampaign }),
    async run({ id }, call) {
      await sequenceOf(call, id)
      await confirmAlways(call.db, { team: call.caller.teamId, id, now: call.now })
      return { emailer_campaign: await sequenceOnWire(call, await sequenceOf(call, id)) }
    },
  }),
]
