/** Shows a step as a contact would get it, and sends it to try, over HTTP. */
import { type Static, Type } from 'typebox'
import { type Preview, previewStep } from '../actions/preview-step.ts'
import { sendMeThis } from '../actions/send-me-this.ts'
import { IdParameter, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { sequenceOf } from './sequence-answers.ts'
import { CarriedFile } from './wire/attachment.ts'

const Asked = Type.Object({
  id: IdParameter,
  step_id: Type.Optional(IdParameter),
  touch_id: Type.Optional(IdParameter),
  subject: Type.Optional(
    Type.String({ maxLength: 2_000, description: 'As it is being written; else the saved one.' }),
  ),
  body_html: Type.Optional(Type.String({ maxLength: 300_000 })),
  attachment_ids: Type.Optional(Type.Array(IdParameter, { maxItems: 50 })),
  contact_id: Type.Optional(IdParameter),
})

const Person = Type.Object({
  email: Type.Union([Type.String(), Type.Null()]),
  name: Type.Union([Type.String(), Type.Null()]),
})

const requestOf = (input: Static<typeof Asked>, call: Call) => ({
  team: call.caller.teamId,
  sequenceId: input.id,
  stepId: input.step_id ?? null,
  ...(input.touch_id === undefined ? {} : { variantId: input.touch_id }),
  ...(input.subject === undefined ? {} : { subject: input.subject }),
  ...(input.body_html === undefined ? {} : { bodyHtml: input.body_html }),
  ...(input.attachment_ids === undefined ? {} : { attachmentIds: input.attachment_ids }),
  contactId: input.contact_id ?? null,
  publicUrl: call.settings.publicUrl,
  now: call.now,
})

function previewOnWire({ rendered, wording, contactAddress, contactId, problem }: Preview) {
  return {
    subject: rendered?.subject ?? '',
    html: rendered?.html ?? '',
    text: rendered?.text ?? '',
    missing: [...(rendered?.missing ?? [])],
    from: { email: wording.from.address, name: wording.from.name },
    to: { email: contactAddress, name: wording.to.name },
    attachments: wording.attachments.map(({ id, name, size }) => ({ id, file_name: name, size })),
    cc_emails: wording.cc,
    bcc_emails: wording.bcc,
    contact_id: contactId,
    problem,
  }
}

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/sequences/:id/preview',
    name: 'sequences/preview',
    summary: 'Render a step for a contact, exactly as it would be sent',
    description:
      'Without a contact the first of the sequence is shown, else the latest of the team. `missing` names the values without which the email would be held; `problem` says where the wording cannot be read.',
    extension: true,
    input: Asked,
    output: Type.Object({
      subject: Type.String(),
      html: Type.String(),
      text: Type.String(),
      missing: Type.Array(Type.String()),
      from: Person,
      to: Person,
      attachments: Type.Array(CarriedFile),
      cc_emails: Type.Array(Type.String()),
      bcc_emails: Type.Array(Type.String()),
      contact_id: Type.String(),
      problem: Type.Union([Type.String(), Type.Null()]),
    }),
    async run(input, call) {
      await sequenceOf(call, input.id)
      return previewOnWire(
        allowed(await previewStep(call.db, { ...requestOf(input, call), mailboxId: null })),
      )
    },
  }),
  route({
    method: 'POST',
    path: '/sequences/:id/send_me_this',
    name: 'sequences/send_me_this',
    summary: 'Send a step, rendered for a contact, to oneself or to the sandbox, at once',
    description: 'Outside enrollments and numbers.',
    extension: true,
    input: Type.Object({
      id: IdParameter,
      step_id: IdParameter,
      contact_id: Type.Optional(IdParameter),
      to: oneOf(['me', 'sandbox'] as const),
    }),
    output: Type.Object({
      emailer_message: Type.Object({ id: Type.String(), status: Type.String() }),
      queued: Type.Object({
        to_email: Type.String(),
        from_email: Type.String({ description: 'The mailbox it leaves from.' }),
        sandbox: Type.Boolean({
          description:
            'True: no real mailbox sends it, the sandbox shows it; also for `me` while none is connected.',
        }),
      }),
    }),
    async run(input, call) {
      await sequenceOf(call, input.id)
      const request = { ...requestOf(input, call), userId: call.caller.userId, to: input.to }
      const { messageId, to, from, sandbox } = allowed(await sendMeThis(call.db, request, call.random))
      return {
        emailer_message: { id: messageId, status: 'scheduled' },
        queued: { to_email: to, from_email: from, sandbox },
      }
    },
  }),
]
