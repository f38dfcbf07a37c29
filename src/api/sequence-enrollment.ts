/** Adds contacts to a sequence, takes them out, pauses and resumes them, over HTTP. */
import { type Static, Type } from 'typebox'
import { changeEnrollments, WANTED_STATES } from '../actions/change-enrollments.ts'
import { enroll } from '../actions/enroll.ts'
import type { Skipped } from '../actions/judge-contacts.ts'
import { STOP_MODES, stopEnrollments } from '../actions/stop-enrollments.ts'
import { GUARD_FLAGS, type GuardFlags } from '../core/guard.ts'
import type { Id } from '../core/ids.ts'
import { localDay, plainDate } from '../core/zone.ts'
import { contactsOnLists, receivedBefore } from '../store/enrollment-guards.ts'
import { type MailboxRow, mailboxesOf } from '../store/mailboxes.ts'
import { sequencesByIds } from '../store/sequences.ts'
import { teamById } from '../store/teams.ts'
import { actorOf } from './actor.ts'
import { contactsWire } from './contact-answers.ts'
import { refuse } from './errors.ts'
import { IdParameter, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import {
  sequenceOf,
  sequenceOnWire,
  TeamOnWire,
  TreeOnWire,
  teamOnWire,
  wholeSequence,
} from './sequence-answers.ts'
import { StillSending, stillSending } from './sequence-state.ts'
import { WireContact } from './wire/contact.ts'
import { instantOf, iso } from './wire/instant.ts'
import { ContactStatuses } from './wire/numbers.ts'
import { FLAGS } from './wire/refusal.ts'
import { EmailerCampaign } from './wire/sequence.ts'
import { EmailerStep } from './wire/step.ts'

const flag = () => Type.Optional(Type.Boolean())
const Adding = Type.Object({
  id: IdParameter,
  emailer_campaign_id: Type.Optional(
    Type.String({ description: 'The same id once more; the path decides.' }),
  ),
  contact_ids: Type.Optional(Type.Array(IdParameter)),
  label_names: Type.Optional(Type.Array(Type.String(), { description: 'Everybody on these lists.' })),
  send_email_from_email_account_id: Type.Optional(
    Type.Union([IdParameter, Type.Array(IdParameter, { maxItems: 200 })], {
      description: 'One mailbox, or several: the people are dealt to them by what each has left to give.',
    }),
  ),
  send_email_from_email_address: Type.Optional(Type.String({ description: 'An alias of the mailbox.' })),
  sequence_no_email: flag(),
  sequence_unverified_email: flag(),
  sequence_job_change: flag(),
  sequence_active_in_other_campaigns: flag(),
  sequence_finished_in_other_campaigns: flag(),
  sequence_same_company_in_same_campaign: flag(),
  contacts_without_ownership_permission: flag(),
  add_if_in_queue: flag(),
  contact_verification_skipped: flag(),
  user_id: Type.Optional(Type.String()),
  userId: Type.Optional(Type.String()),
  status: Type.Optional(oneOf(['active', 'paused'] as const)),
  auto_unpause_at: Type.Optional(Type.String()),
  async: flag(),
  start_after_received: Type.Optional(
    Type.Boolean({
      description:
        'Extension. Whoever was in this sequence before begins at the step after the furthest whose email they received (or may have received, where that is unknown), not at the first: in the same thread, if the mailbox and the address stay. Who received the last step is skipped (received_everything). What somebody was called or asked for does not count.',
    }),
  ),
})

const Added = Type.Object({
  contacts: Type.Array(WireContact),
  skipped_contact_ids: Type.Record(Type.String(), Type.String()),
  skipped_contacts: Type.Array(
    Type.Object({
      id: Type.String(),
      reasons: Type.Array(
        Type.Object({
          code: Type.String(),
          flag: Type.Union([Type.String(), Type.Null()]),
          sequence_id: Type.Union([Type.String(), Type.Null()]),
          sequence_name: Type.Union([Type.String(), Type.Null()]),
          same_address_as: Type.Union([Type.String(), Type.Null()]),
        }),
      ),
    }),
  ),
  received_before: Type.Array(
    Type.Object({
      id: Type.String(),
      step_position: Type.Integer(),
      sent_at: Type.String(),
      sentence: Type.String(),
    }),
  ),
  emailer_campaign: EmailerCampaign,
  ...TreeOnWire,
  team: TeamOnWire,
  signals_hash: Type.Null(),
})

async function add(input: Static<typeof Adding>, call: Call) {
  if (input.contact_ids === undefined && input.label_names === undefined)
    refuse(422, 'Please specify either contact_ids or label_names.')
  const given = [input.send_email_from_email_account_id ?? []].flat()
  if (given.length === 0)
    refuse(422, 'Please specify a emailer_campaign_id and send_email_from_email_account_id.')
  const sequence = await sequenceOf(call, input.id)
  const mailboxes = await connected(call, given)
  const enrolled = allowed(
    await enroll(
      call.db,
      {
        team: call.caller.teamId,
        userId: call.caller.userId,
        actor: actorOf(call),
        requestId: call.requestId,
        now: call.now,
        random: call.random,
      },
      {
        sequence,
        contactIds: await contactIdsOf(input, call),
        mailboxes,
        fromAddress: aliasOf(input, mailboxes),
        flags: flagsOf(input),
        paused: pauseOf(input, call),
        afterReceived: input.start_after_received ?? false,
      },
    ),
  )
  const { campaign, lists } = await wholeSequence(call, input.id)
  if (campaign.archived && enrolled.addedIds.length > 0)
    call.warn(
      `The sequence is archived: whom you added is finished at once and gets nothing. Take it out of the archive first (PUT /api/v1/emailer_campaigns/${input.id} archived=false), then remove them and add them again.`,
    )
  return {
    contacts: await contactsWire(call, enrolled.addedIds),
    skipped_contact_ids: Object.fromEntries(
      enrolled.skipped.map(({ contactId, reasons }) => [contactId, reasons[0]!.code]),
    ),
    skipped_contacts: enrolled.skipped.map(skippedOnWire),
    received_before: await receivedOnWire(call, { sequenceId: input.id, contactIds: enrolled.addedIds }),
    emailer_campaign: campaign,
    ...lists,
    team: await teamOnWire(call),
    signals_hash: null,
  }
}

function skippedOnWire({ contactId, reasons }: Skipped) {
  return {
    id: contactId,
    reasons: reasons.map((reason) => ({
      code: reason.code,
      flag: reason.flag === null ? null : FLAGS[reason.flag],
      sequence_id: reason.sequenceId,
      sequence_name: reason.sequenceName,
      same_address_as: reason.sameAddressAs,
    })),
  }
}

/** Whom this sequence has written to before: adding them again begins anew, unless the call says otherwise. */
async function receivedOnWire(call: Call, of: { sequenceId: Id; contactIds: readonly Id[] }) {
  const team = call.caller.teamId
  const rows = await receivedBefore(call.db, { team, ...of })
  const { timeZone } = await teamById(call.db, team)
  return rows.map(({ contactId, stepPosition, sentAt }) => ({
    id: contactId,
    step_position: stepPosition,
    sent_at: iso(sentAt),
    sentence: `Received ${stepPosition === 0 ? 'a step that was deleted since' : `step ${stepPosition}`} on ${plainDate(localDay(timeZone, sentAt)).toString()}.`,
  }))
}

/** Recorded: names the addresses of those that cannot send; of an id that is no mailbox, the id. */
async function connected(call: Call, ids: readonly Id[]): Promise<MailboxRow[]> {
  const all = await mailboxesOf(call.db, call.caller.teamId)
  const wanted = [...new Set(ids)].map((id) => ({ id, row: all.find((one) => one.id === id) }))
  const inactive = wanted.filter(({ row }) => row?.state !== 'connected')
  if (inactive.length > 0)
    refuse(
      422,
      `These mailboxes are no longer active. ${inactive.map(({ id, row }) => row?.address ?? id).join(', ')}`,
    )
  return wanted.map(({ row }) => row!)
}

async function contactIdsOf(input: Static<typeof Adding>, call: Call): Promise<Id[]> {
  if (input.label_names === undefined) return input.contact_ids ?? []
  const { contactIds, unknown } = await contactsOnLists(call.db, {
    team: call.caller.teamId,
    names: input.label_names,
  })
  for (const name of unknown) call.warn(`There is no list of contacts named "${name}".`)
  return [...(input.contact_ids ?? []), ...contactIds]
}

function aliasOf(input: Static<typeof Adding>, mailboxes: readonly MailboxRow[]): string | null {
  const alias = input.send_email_from_email_address?.trim().toLowerCase()
  if (!alias) return null
  const without = mailboxes.find((one) => one.address !== alias && !one.aliases.includes(alias))
  if (without)
    refuse(
      422,
      `${alias} is neither the address nor an alias of the mailbox ${without.address}. Add it there as an alias first.`,
      { parameter: 'send_email_from_email_address' },
    )
  return mailboxes.every((one) => one.address === alias) ? null : alias
}

function flagsOf(input: Static<typeof Adding>): GuardFlags {
  return Object.fromEntries(GUARD_FLAGS.map((flag) => [flag, input[FLAGS[flag]] ?? false])) as GuardFlags
}

function pauseOf(input: Static<typeof Adding>, call: Call): { until: number | null } | null {
  if (input.status !== 'paused') {
    if (input.auto_unpause_at) call.warn('auto_unpause_at goes with status=paused; it was ignored.')
    return null
  }
  if (!input.auto_unpause_at) return { until: null }
  const until = instantOf(input.auto_unpause_at, 'auto_unpause_at')
  if (until <= call.now)
    refuse(
      422,
      `The parameter "auto_unpause_at" is ${input.auto_unpause_at}, which has passed. Choose a later time.`,
    )
  return { until }
}

const Removing = Type.Object({
  emailer_campaign_ids: Type.Optional(Type.Array(Type.String())),
  emailer_campaign_id: Type.Optional(Type.String({ description: 'Some programs send one.' })),
  contact_ids: Type.Optional(Type.Array(IdParameter)),
  mode: Type.Optional(oneOf(STOP_MODES)),
  stop_reason: Type.Optional(Type.String({ maxLength: 500 })),
  async: flag(),
})

async function removeOrStop(input: Static<typeof Removing>, call: Call) {
  const team = call.caller.teamId
  const asked = input.emailer_campaign_ids ?? (input.emailer_campaign_id ? [input.emailer_campaign_id] : [])
  if (asked.length === 0)
    refuse(422, 'Please specify emailer_campaign_ids.', { parameter: 'emailer_campaign_ids' })
  if (input.contact_ids === undefined)
    refuse(422, 'Please specify contact_ids.', { parameter: 'contact_ids' })
  if (input.mode === undefined)
    refuse(422, `Please specify a mode: ${STOP_MODES.join(', ')}.`, { parameter: 'mode' })
  const sequences = await sequencesByIds(call.db, { team, ids: asked })
  const stopping = { team, actor: actorOf(call), now: call.now, random: call.random }
  const { transmitting } = await stopEnrollments(call.db, stopping, {
    sequenceIds: sequences.map((row) => row.id),
    contactIds: input.contact_ids,
    mode: input.mode,
    ...(input.stop_reason === undefined ? {} : { why: input.stop_reason }),
  })
  const contacts = await contactsWire(call, [...new Set(input.contact_ids)])
  // Recorded: for a sequence that is not there the other keys are absent.
  if (sequences.length === 0) return { contacts, emailer_campaigns: [] }
  const first = await wholeSequence(call, asked.find((id) => sequences.some((row) => row.id === id))!)
  return {
    contacts,
    emailer_campaigns: sequences.map(({ id }) => ({ id })),
    num_contacts: first.campaign.people.total,
    contact_statuses: first.campaign.contact_statuses,
    emailer_steps: first.lists.emailer_steps,
    still_sending: stillSending(transmitting),
  }
}

const Changing = Type.Object({
  id: IdParameter,
  contact_ids: Type.Array(IdParameter),
  status: oneOf(WANTED_STATES),
  auto_unpause_at: Type.Optional(Type.String()),
})

async function changeStatuses(input: Static<typeof Changing>, call: Call) {
  await sequenceOf(call, input.id)
  const stopping = { team: call.caller.teamId, actor: actorOf(call), now: call.now, random: call.random }
  const { transmitting } = await changeEnrollments(call.db, stopping, {
    sequenceId: input.id,
    contactIds: input.contact_ids,
    to: input.status,
    until: input.auto_unpause_at ? instantOf(input.auto_unpause_at, 'auto_unpause_at') : null,
  })
  return {
    contacts: await contactsWire(call, [...new Set(input.contact_ids)]),
    emailer_campaign: await sequenceOnWire(call, await sequenceOf(call, input.id)),
    still_sending: stillSending(transmitting),
  }
}

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/emailer_campaigns/:id/add_contact_ids',
    name: 'emailer_campaigns/add_contact_ids',
    summary: 'Add contacts to a sequence',
    description:
      'Contacts that were not added are in skipped_contact_ids with one reason, in skipped_contacts with all of them.',
    input: Adding,
    output: Added,
    run: add,
  }),
  route({
    method: 'POST',
    path: '/emailer_campaigns/remove_or_stop_contact_ids',
    name: 'emailer_campaigns/remove_or_stop_contact_ids',
    summary: 'Finish contacts in sequences, stop them, or remove them',
    description: 'When the call has returned, nothing leaves but the emails that still_sending names.',
    input: Removing,
    output: Type.Object({
      contacts: Type.Array(WireContact),
      emailer_campaigns: Type.Array(Type.Object({ id: Type.String() })),
      num_contacts: Type.Optional(Type.Integer()),
      contact_statuses: Type.Optional(ContactStatuses),
      emailer_steps: Type.Optional(Type.Array(EmailerStep)),
      still_sending: Type.Optional(StillSending),
    }),
    run: removeOrStop,
  }),
  route({
    method: 'POST',
    path: '/emailer_campaigns/:id/change_contact_statuses',
    name: 'emailer_campaigns/change_contact_statuses',
    summary: 'Pause, resume or finish contacts of a sequence',
    input: Changing,
    output: Type.Object({
      contacts: Type.Array(WireContact),
      emailer_campaign: EmailerCampaign,
      still_sending: StillSending,
    }),
    run: changeStatuses,
  }),
]
