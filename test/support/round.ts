/** A sequence under way in the running program: its people, its schedule that is always open, its first emails in the sandbox; and what they answer. */
import { expect } from 'vitest'
import type { RunningSegue } from './running.ts'
import { until } from './until.ts'

export interface Mail {
  id: string
  to: string
  subject: string
  direction: string
}

export interface Round {
  sequenceId: string
  /** Ids of contacts by address. */
  people: Map<string, string>
  /** The sequence as the API shows it now. */
  sequence(): Promise<Record<string, number>>
  received(): Promise<Mail[]>
  /** What the recipient of the newest mail to that address does: `answer`, `bounce`, `opt_out`... Comes back once it was read. */
  respond(address: string, kind: string, text?: string): Promise<void>
}

const SECONDS = 30

export const touch = (subject: string, more: object = {}, body_html = '<p>Hi {{first_name}}</p>') => ({
  ...{ type: subject === '' ? 'reply_to_thread' : 'new_thread', status: 'approved' },
  emailer_template: { subject, body_html },
  ...more,
})

/** One email for each list of wordings; those after the first leave some days later. */
export const emails = (wordings: object[][], days = 3) =>
  wordings.map((emailer_touches, place) => ({
    ...{ type: 'auto_email', wait_time: place === 0 ? 0 : days, wait_mode: 'day', emailer_touches },
  }))

/** Comes back when everybody has the first email. */
export async function startRound(
  segue: RunningSegue,
  {
    name,
    addresses,
    steps,
    settings = {},
  }: { name: string; addresses: string[]; steps: object[]; settings?: object },
): Promise<Round> {
  const post = async (path: string, body?: unknown) => {
    const { status, body: answer } = await segue.post(path, body)
    expect(status, `${path} ${JSON.stringify(answer)}`).toBeLessThan(300)
    return answer
  }
  const people = new Map<string, string>()
  for (const email of addresses)
    people.set(email, (await post('/contacts', { first_name: firstName(email), email })).contact.id)
  const { emailer_schedules } = (await segue.get('/emailer_schedules')).body
  const always = emailer_schedules.find((one: { name: string }) => one.name === 'Always')
  const made = await post('/sequences', {
    ...{ name, emailer_schedule_id: always.id, emailer_steps: steps },
    ...settings,
  })
  const sequenceId: string = made.emailer_campaign.id
  const { email_accounts } = (await segue.get('/email_accounts')).body
  await post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    ...{ emailer_campaign_id: sequenceId, contact_ids: [...people.values()] },
    send_email_from_email_account_id: email_accounts[0].id,
  })
  await post(`/emailer_campaigns/${sequenceId}/approve`)
  const sequence = async () => (await segue.get(`/emailer_campaigns/${sequenceId}`)).body.emailer_campaign
  await until(sequence, (one) => one.unique_delivered === addresses.length, { seconds: SECONDS })
  const mails = async (): Promise<Mail[]> => (await post('/sandbox/search', { per_page: 100 })).mails
  const received = async () => (await mails()).filter(({ direction }) => direction === 'received')
  const read = async () => (await post('/inbound/search')).pagination.total_entries as number
  return {
    ...{ sequenceId, people, sequence, received },
    async respond(address, kind, text) {
      const before = await read()
      const mail = (await received()).find(({ to }) => to === address)
      await post(`/sandbox/mails/${mail?.id}/answer`, { kind, ...(text === undefined ? {} : { text }) })
      await until(read, (now) => now > before, { seconds: SECONDS })
    },
  }
}

/** "pat@corp.test" is Pat. */
const firstName = (email: string) => email.charAt(0).toUpperCase() + email.slice(1, email.indexOf('@'))
