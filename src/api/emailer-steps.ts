/** Single steps over HTTP. A whole sequence is written in sequences.ts; these do the same, one step at a time. */
import { Type } from 'typebox'
import { addStep, changeStep, deleteStep } from '../actions/edit-steps.ts'
import type { Id } from '../core/ids.ts'
import { sequenceOfStep } from '../store/steps.ts'
import { refuse } from './errors.ts'
import { IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { TeamOnWire, teamOnWire, wholeSequence, writingOf } from './sequence-answers.ts'
import { stepDraft, stepFields } from './sequence-input.ts'
import { EmailerStep, EmailerTemplate, EmailerTouch } from './wire/step.ts'

const One = Type.Object({ emailer_step: EmailerStep })

/** The step with the whole sequence around it, or a 404. */
async function shown(call: Call, id: Id) {
  const sequenceId = await sequenceOfStep(call.db, { team: call.caller.teamId, id })
  if (sequenceId === undefined) return refuse(404, 'Record not found.')
  const { lists } = await wholeSequence(call, sequenceId)
  const step = lists.emailer_steps.find((one) => one.id === id)
  return step ? { step, lists } : refuse(404, 'Record not found.')
}

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/emailer_steps',
    name: 'emailer_steps/create',
    summary: 'Add a step to a sequence',
    description:
      'At `position`, from 1, where those from there on move back; at the end when it is left out. A step with words gets a touch and a template.',
    input: Type.Object({ emailer_campaign_id: IdParameter, ...stepFields }),
    output: Type.Object({
      emailer_step: EmailerStep,
      emailer_touch: Type.Union([EmailerTouch, Type.Null()]),
      emailer_template: Type.Union([EmailerTemplate, Type.Null()]),
      emailer_steps: Type.Array(EmailerStep),
      team: TeamOnWire,
    }),
    async run({ emailer_campaign_id: sequenceId, ...input }, call) {
      const id = allowed(await addStep(call.db, writingOf(call), { sequenceId, step: stepDraft(input) }))
      const { step, lists } = await shown(call, id)
      const touch = lists.emailer_touches.find((one) => one.emailer_step_id === id) ?? null
      const template = lists.emailer_templates.find((one) => one.id === touch?.emailer_template_id) ?? null
      return {
        ...{ emailer_step: step, emailer_touch: touch, emailer_template: template },
        ...{ emailer_steps: lists.emailer_steps, team: await teamOnWire(call) },
      }
    },
  }),
  route({
    method: 'GET',
    path: '/emailer_steps/:id',
    name: 'emailer_steps/show',
    summary: 'Show a step',
    input: Type.Object({ id: IdParameter }),
    output: One,
    run: async ({ id }, call) => ({ emailer_step: (await shown(call, id)).step }),
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/emailer_steps/:id',
    name: 'emailer_steps/update',
    summary: 'Change a step, or move it',
    description: 'What is left out stays. People who wait on it get another moment.',
    input: Type.Object({ id: IdParameter, ...stepFields }),
    output: One,
    async run({ id, ...input }, call) {
      allowed(await changeStep(call.db, writingOf(call), { id, step: stepDraft(input) }))
      return { emailer_step: (await shown(call, id)).step }
    },
  }),
  route({
    method: 'DELETE',
    path: '/emailer_steps/:id',
    name: 'emailer_steps/destroy',
    summary: 'Delete a step; whoever stands on it goes on with the next one',
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ emailer_step: Type.Object({ id: Type.String(), deleted: Type.Boolean() }) }),
    async run({ id }, call) {
      allowed(await deleteStep(call.db, writingOf(call), id))
      return { emailer_step: { id, deleted: true } }
    },
  }),
]
