/** People and sequences made through the API, for the tests of what happens to them. */
import type { Api } from './api.ts'

export interface StepOptions {
  subject?: string
  body?: string
  wait?: [number, string]
  thread?: 'new_thread' | 'reply_to_thread'
  status?: 'approved' | 'to_be_reviewed'
}

export function step(options: StepOptions = {}) {
  const [wait_time, wait_mode] = options.wait ?? [0, 'minute']
  return {
    type: 'auto_email',
    wait_time,
    wait_mode,
    emailer_touches: [
      {
        type: options.thread ?? 'new_thread',
        status: options.status ?? 'approved',
        emailer_template: {
          subject: options.subject ?? 'Hello {{first_name}}',
          body_html: options.body ?? '<p>Hi {{first_name}}, about {{company}}.</p>',
        },
      },
    ],
  }
}

export const THREE_STEPS = [
  step(),
  step({
    wait: [2, 'day'],
    thread: 'reply_to_thread',
    subject: '',
    body: '<p>Any news, {{first_name}}?</p>',
  }),
  step({ wait: [4, 'day'], thread: 'reply_to_thread', subject: '', body: '<p>One last time.</p>' }),
]

/** The id of a new sequence, and those of its steps. */
export async function newSequence(
  api: Api,
  more: Record<string, unknown> = {},
): Promise<{ id: string; steps: string[]; touches: string[] }> {
  const { status, body, text } = await api.post('/sequences', {
    name: 'Outreach',
    emailer_steps: THREE_STEPS,
    ...more,
  })
  if (status !== 200) throw new Error(`POST /sequences answered ${status}: ${text}`)
  return {
    id: body.emailer_campaign.id,
    steps: body.emailer_steps.map((each: { id: string }) => each.id),
    touches: body.emailer_touches.map((each: { id: string }) => each.id),
  }
}

let people = 0

/** The id of a new contact with an address of its own. */
export async function newContact(api: Api, more: Record<string, unknown> = {}): Promise<string> {
  people++
  const { status, body, text } = await api.post('/contacts', {
    first_name: 'Ana',
    last_name: `No${people}`,
    email: `ana${people}@client${people}.test`,
    organization_name: `Client ${people}`,
    ...more,
  })
  if (status !== 200) throw new Error(`POST /contacts answered ${status}: ${text}`)
  return body.contact.id
}

export async function newContacts(
  api: Api,
  count: number,
  more: Record<string, unknown> = {},
): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) ids.push(await newContact(api, more))
  return ids
}

export async function sandboxId(api: Api): Promise<string> {
  const { body } = await api.get('/email_accounts')
  return body.email_accounts.find((each: { is_sandbox: boolean }) => each.is_sandbox).id
}

/** The documented call, from the sandbox. */
export async function add(
  api: Api,
  sequenceId: string,
  contactIds: readonly string[],
  more: Record<string, unknown> = {},
) {
  return api.post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    emailer_campaign_id: sequenceId,
    contact_ids: contactIds,
    send_email_from_email_account_id: await sandboxId(api),
    ...more,
  })
}

/** The status that one contact shows in one sequence; undefined when it shows none. */
export async function statusOf(api: Api, contactId: string, sequenceId: string) {
  const { body } = await api.get(`/contacts/${contactId}`)
  return body.contact.contact_campaign_statuses.find(
    (each: { emailer_campaign_id: string }) => each.emailer_campaign_id === sequenceId,
  )
}

const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/** A schedule for tests that run at any hour. */
export const AT_ANY_HOUR = {
  name: 'At any hour',
  time_zone: 'UTC',
  schedule_hash: Object.fromEntries(WEEK.map((day) => [day, [[0, 24]]])),
}
