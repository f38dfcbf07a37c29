/** Turns sequences on and off, archives and copies them, over HTTP. */
import { Type } from 'typebox'
import { activateSequence } from '../actions/activate-sequence.ts'
import { archiveSequence } from '../actions/archive-sequence.ts'
import { cloneSequence } from '../actions/clone-sequence.ts'
import { deactivateSequence } from '../actions/deactivate-sequence.ts'
import type { InFlight } from '../store/stops.ts'
import { actorOf } from './actor.ts'
import { IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { TreeOnWire, wholeSequence, writingOf } from './sequence-answers.ts'
import { EmailerCampaign } from './wire/sequence.ts'

/** Emails whose delivery had begun when the call was made: nothing else leaves after it has returned. */
export const StillSending = Type.Array(
  Type.Object({
    emailer_message_id: Type.String(),
    contact_id: Type.Union([Type.String(), Type.Null()]),
    to_email: Type.Union([Type.String(), Type.Null()]),
  }),
)

export function stillSending(transmitting: readonly InFlight[]) {
  return transmitting.map((one) => ({
    emailer_message_id: one.messageId,
    contact_id: one.contactId,
    to_email: one.toAddress,
  }))
}

const switching = (call: Call, sequenceId: string) => ({
  team: call.caller.teamId,
  sequenceId,
  actor: actorOf(call),
  now: call.now,
  random: call.random,
})

async function shown(call: Call, id: string) {
  const { campaign, lists } = await wholeSequence(call, id)
  return { emailer_campaign: campaign, ...lists }
}

const Switched = { emailer_campaign: EmailerCampaign, ...TreeOnWire }

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/emailer_campaigns/:id/approve',
    name: 'emailer_campaigns/approve',
    summary: 'Turn a sequence on',
    description:
      'Approves no touch: what is left to be reviewed is never sent. With a real mailbox the team says first who writes (legal name and postal address).',
    input: Type.Object({ id: IdParameter }),
    output: Type.Object(Switched),
    async run({ id }, call) {
      allowed(await activateSequence(call.db, switching(call, id)))
      return shown(call, id)
    },
  }),
  route({
    method: 'POST',
    path: '/emailer_campaigns/:id/abort',
    name: 'emailer_campaigns/abort',
    summary: 'Turn a sequence off',
    description:
      'Its people show as paused. When the call has returned, nothing leaves but the emails that still_sending names.',
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ ...Switched, still_sending: StillSending }),
    async run({ id }, call) {
      const transmitting = allowed(await deactivateSequence(call.db, switching(call, id)))
      return { ...(await shown(call, id)), still_sending: stillSending(transmitting) }
    },
  }),
  route({
    method: 'POST',
    path: '/emailer_campaigns/:id/archive',
    name: 'emailer_campaigns/archive',
    summary: 'Archive a sequence: everybody in it is finished',
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({
      emailer_campaign: Type.Object(
        {
          id: Type.String(),
          active: Type.Boolean(),
          archived: Type.Boolean(),
          deleted: Type.Boolean(),
        },
        { additionalProperties: true },
      ),
      still_sending: StillSending,
    }),
    async run({ id }, call) {
      const transmitting = allowed(await archiveSequence(call.db, switching(call, id)))
      return {
        emailer_campaign: { id, active: false, archived: true, deleted: true },
        still_sending: stillSending(transmitting),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/emailer_campaigns/:id/clone',
    name: 'emailer_campaigns/clone',
    summary: 'Copy a sequence with its settings, steps, touches and templates',
    description:
      'The copy is turned off, has nobody in it, belongs to whoever calls and is on the usual schedule of the team. Dates of steps are kept, also those that have passed.',
    input: Type.Object({ id: IdParameter, name: Type.Optional(Type.String({ maxLength: 500 })) }),
    output: Type.Object(Switched),
    async run({ id, name }, call) {
      return shown(
        call,
        allowed(await cloneSequence(call.db, writingOf(call), { id, name: name?.trim() || undefined })),
      )
    },
  }),
]
