/** Call outcomes over HTTP: the team's list of what a call comes to, and what each does to the person who was called. */
import { type Static, Type } from 'typebox'
import {
  createCallOutcome,
  type OutcomeFields,
  removeCallOutcome,
  updateCallOutcome,
} from '../actions/write-call-outcome.ts'
import { CALL_EFFECTS, type CallEffect, isCallEffect } from '../core/call-outcome.ts'
import { type CallOutcomeRow, callOutcomesOf } from '../store/call-outcomes.ts'
import { defined } from './defined.ts'
import { refuse, shorten } from './errors.ts'
import { clearable, IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'

const EFFECTS = Object.keys(CALL_EFFECTS).join(', ')

const CallOutcome = Type.Object({
  id: Type.String(),
  name: Type.String(),
  position: Type.Integer(),
  effect: Type.String({ description: EFFECTS }),
  effect_sentence: Type.String({ description: 'What it does, for people.' }),
  answered: Type.Boolean({ description: 'Somebody picked up.' }),
  contact_stage_id: Type.Union([Type.String(), Type.Null()], {
    description: 'Where it puts the person; null: where they stand, or where the effect puts them.',
  }),
})
const One = Type.Object({ phone_call_outcome: CallOutcome })

const fields = {
  name: Type.Optional(Type.String({ maxLength: 200 })),
  effect: Type.Optional(Type.String({ description: EFFECTS })),
  answered: Type.Optional(Type.Boolean()),
  contact_stage_id: clearable(IdParameter),
}
const Create = Type.Object(fields)
const Update = Type.Object({
  id: IdParameter,
  ...fields,
  position: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
})

const writing = (call: Call) => ({ team: call.caller.teamId, now: call.now, random: call.random })

function onWire(row: CallOutcomeRow) {
  const { id, name, position, effect, answered, stageId } = row
  return {
    ...{ id, name, position, effect, effect_sentence: CALL_EFFECTS[effect] },
    ...{ answered, contact_stage_id: stageId },
  }
}

async function shown(call: Call, id: string) {
  const row = (await callOutcomesOf(call.db, call.caller.teamId)).find((one) => one.id === id)
  return { phone_call_outcome: row ? onWire(row) : refuse(404, 'Record not found.') }
}

function effectFrom(word: string | undefined): CallEffect | undefined {
  if (word === undefined || isCallEffect(word)) return word
  return refuse(422, `The parameter "effect" is "${shorten(word)}"; expected one of ${EFFECTS}.`, {
    parameter: 'effect',
  })
}

function changesFrom(input: Omit<Static<typeof Update>, 'id'>): Partial<OutcomeFields> {
  return defined({
    name: input.name,
    effect: effectFrom(input.effect),
    answered: input.answered,
    stageId: input.contact_stage_id,
    position: input.position,
  })
}

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/phone_call_outcomes',
    name: 'phone_call_outcomes/index',
    summary: 'What a call can come to, and what each outcome does to the person',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({ phone_call_outcomes: Type.Array(CallOutcome) }),
    run: async (_input, { db, caller }) => ({
      phone_call_outcomes: (await callOutcomesOf(db, caller.teamId)).map(onWire),
    }),
  }),
  route({
    method: 'POST',
    path: '/phone_call_outcomes',
    name: 'phone_call_outcomes/create',
    summary: 'Create a call outcome',
    description: 'Without an effect its people go on with the next step.',
    extension: true,
    input: Create,
    output: One,
    async run(input, call) {
      const draft = { name: '', effect: 'goes_on' as const, answered: false, stageId: null }
      const made = await createCallOutcome(call.db, writing(call), { ...draft, ...changesFrom(input) })
      return shown(call, allowed(made))
    },
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/phone_call_outcomes/:id',
    name: 'phone_call_outcomes/update',
    summary: 'Change a call outcome',
    description: 'Calls that came to it before keep what they did.',
    extension: true,
    input: Update,
    output: One,
    async run({ id, ...input }, call) {
      const changed = await updateCallOutcome(call.db, writing(call), { id, changes: changesFrom(input) })
      return shown(call, allowed(changed))
    },
  }),
  route({
    method: 'DELETE',
    path: '/phone_call_outcomes/:id',
    name: 'phone_call_outcomes/destroy',
    summary: 'Delete a call outcome: it is chosen no more, and stays with the calls that came to it',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ phone_call_outcome: Type.Object({ id: Type.String(), deleted: Type.Boolean() }) }),
    async run({ id }, call) {
      allowed(await removeCallOutcome(call.db, writing(call), id))
      return { phone_call_outcome: { id, deleted: true } }
    },
  }),
]
