/** Single wordings over HTTP: those of a step or a sequence, one more for an A/B test, other words, and whether they may be sent. */
import { type Static, Type } from 'typebox'
import { addVariant, changeVariant } from '../actions/edit-steps.ts'
import type { Id } from '../core/ids.ts'
import { sequenceOfStep } from '../store/steps.ts'
import { stepOfVariant } from '../store/variants.ts'
import { refuse } from './errors.ts'
import { IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { wholeSequence, writingOf } from './sequence-answers.ts'
import { touchFields, variantDraft } from './sequence-input.ts'
import { EmailerTemplate, EmailerTouch } from './wire/step.ts'

const Touch = Type.Intersect([
  EmailerTouch,
  Type.Object({ emailer_template: Type.Union([EmailerTemplate, Type.Null()]) }),
])
const One = Type.Object({ emailer_touch: Touch })

async function touchesOf(call: Call, sequenceId: Id) {
  const { lists } = await wholeSequence(call, sequenceId)
  return lists.emailer_touches.map((touch) => ({
    ...touch,
    emailer_template: lists.emailer_templates.find((one) => one.id === touch.emailer_template_id) ?? null,
  }))
}

/** Those of the sequence of a step, or a 404. */
async function touchesAround(call: Call, stepId: Id | undefined) {
  const team = call.caller.teamId
  const sequenceId = stepId && (await sequenceOfStep(call.db, { team, id: stepId }))
  return sequenceId ? touchesOf(call, sequenceId) : refuse(404, 'Record not found.')
}

async function shown(call: Call, id: Id) {
  const touches = await touchesAround(call, await stepOfVariant(call.db, { team: call.caller.teamId, id }))
  return { emailer_touch: touches.find((one) => one.id === id) ?? refuse(404, 'Record not found.') }
}

async function approve(call: Call, id: Id, approved: boolean) {
  allowed(await changeVariant(call.db, writingOf(call), { id, variant: { approved } }))
  return shown(call, id)
}

const Whose = Type.Object({
  emailer_campaign_id: Type.Optional(IdParameter),
  emailer_step_id: Type.Optional(IdParameter),
})

async function index(
  { emailer_campaign_id: sequenceId, emailer_step_id: stepId }: Static<typeof Whose>,
  call: Call,
) {
  if (sequenceId !== undefined) {
    const touches = await touchesOf(call, sequenceId)
    return touches.filter((one) => stepId === undefined || one.emailer_step_id === stepId)
  }
  if (stepId === undefined)
    return refuse(422, 'Please specify either emailer_campaign_id or emailer_step_id.', {
      parameter: 'emailer_campaign_id',
    })
  return (await touchesAround(call, stepId)).filter((one) => one.emailer_step_id === stepId)
}

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/emailer_touches',
    name: 'emailer_touches/index',
    summary: 'The touches of a sequence, or of one step, each with its template',
    input: Whose,
    output: Type.Object({ emailer_touches: Type.Array(Touch) }),
    run: async (input, call) => ({ emailer_touches: await index(input, call) }),
  }),
  route({
    method: 'POST',
    path: '/emailer_touches',
    name: 'emailer_touches/create',
    summary: 'Add a touch to a step: one more is an A/B test',
    description: 'To be reviewed unless it says approved.',
    input: Type.Object({ emailer_step_id: IdParameter, ...touchFields }),
    output: One,
    async run({ emailer_step_id: stepId, ...input }, call) {
      const added = await addVariant(call.db, writingOf(call), { stepId, variant: variantDraft(input) })
      return shown(call, allowed(added))
    },
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/emailer_touches/:id',
    name: 'emailer_touches/update',
    summary: 'Change a touch and what it says; that approves it',
    description:
      'As recorded; `status` "to_be_reviewed" keeps it from being approved. What is left out stays.',
    input: Type.Object({ id: IdParameter, emailer_step_id: Type.Optional(IdParameter), ...touchFields }),
    output: One,
    async run({ id, emailer_step_id: stepId, ...input }, call) {
      const own = await stepOfVariant(call.db, { team: call.caller.teamId, id })
      if (own !== undefined && stepId !== undefined && own !== stepId)
        refuse(
          422,
          `The touch ${id} is one of the step ${own}; a touch stays with its step. Leave emailer_step_id out, or add a touch to that step.`,
          {
            parameter: 'emailer_step_id',
          },
        )
      const variant = { approved: true, ...variantDraft(input) }
      allowed(await changeVariant(call.db, writingOf(call), { id, variant }))
      return shown(call, id)
    },
  }),
  route({
    method: 'POST',
    path: '/emailer_touches/:id/approve',
    name: 'emailer_touches/approve',
    summary: 'Approve a touch: its emails may be sent',
    input: Type.Object({ id: IdParameter }),
    output: One,
    run: ({ id }, call) => approve(call, id, true),
  }),
  route({
    method: 'POST',
    path: '/emailer_touches/:id/abort',
    name: 'emailer_touches/abort',
    summary: 'Take the approval of a touch back: whoever is due waits for it',
    input: Type.Object({ id: IdParameter }),
    output: One,
    run: ({ id }, call) => approve(call, id, false),
  }),
]
