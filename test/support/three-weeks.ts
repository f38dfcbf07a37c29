/** A sequence as a careful team writes one: three weeks, every kind of step; and the people in it, each with a fate. */
import { AT_ANY_HOUR } from './outreach.ts'
import type { RunningSegue } from './running.ts'

const day = (amount: number) => ({ wait_time: amount, wait_mode: 'day' })
const email = (type: 'new_thread' | 'reply_to_thread', subject: string, body_html: string) => ({
  emailer_touches: [{ type, status: 'approved', emailer_template: { subject, body_html } }],
})

export const STEPS = [
  {
    type: 'auto_email',
    ...day(0),
    ...email(
      'new_thread',
      'Hiring at {{company}}',
      '<p>Hi {{first_name}},</p><p>as {{title}} you fill places at {{company}}. <a href="https://www.acme.test/two-pages">Two pages</a> show how others fill such places in half the time.</p>',
    ),
  },
  { type: 'linkedin_step_view_profile', ...day(1), note: 'Look at what they post' },
  {
    type: 'linkedin_step_connect',
    ...day(1),
    ...email('new_thread', '', '<p>Hi {{first_name}}, I wrote to you about hiring at {{company}}.</p>'),
  },
  {
    type: 'auto_email',
    ...day(2),
    ...email('reply_to_thread', '', '<p>{{first_name}}, did you see the two pages?</p>'),
  },
  { type: 'call', ...day(2), note: 'Ask who decides about hiring', priority: 'high' },
  { type: 'linkedin_step_interact_post', ...day(1), note: 'Only if there is something to say' },
  {
    type: 'manual_email',
    ...day(2),
    ...email('reply_to_thread', '', '<p>{{first_name}}, one thought about {{company}}.</p>'),
  },
  {
    type: 'linkedin_step_message',
    ...day(3),
    ...email('new_thread', '', '<p>{{first_name}}, did my mails arrive?</p>'),
  },
  { type: 'action_item', ...day(2), note: 'Look for news about the company', auto_skip_in_x_days: 2 },
  {
    type: 'auto_email',
    ...day(4),
    ...email('reply_to_thread', '', '<p>{{first_name}}, I will not write again.</p>'),
  },
]

export interface Person {
  /** What becomes of them; also their address. */
  fate: string
  id: string
  address: string
}

export const COLLEAGUE = 'has a colleague who answered'

/** The sequence, switched off, with one person of each fate in it. Each is alone in a company, but the colleague of who answers. */
export async function writeThreeWeeks(
  segue: RunningSegue,
  fates: readonly string[],
): Promise<{ sequenceId: string; people: Map<string, Person> }> {
  const { body: scheduled } = await segue.post('/emailer_schedules', AT_ANY_HOUR)
  const { body: made } = await segue.post('/sequences', {
    name: 'Heads of hiring, three weeks',
    emailer_schedule_id: scheduled.emailer_schedule.id,
    click_tracking_enabled: true,
    mark_finished_if_click: true,
    same_account_reply_policy: 'stop',
    emailer_steps: STEPS,
  })
  const people = new Map<string, Person>()
  for (const [i, fate] of fates.entries()) {
    const corp = fate === COLLEAGUE ? fates.indexOf('answers') : i
    const address = `${fate.replaceAll(' ', '.')}@corp${corp}.test`
    const { body } = await segue.post('/contacts', {
      first_name: fate,
      last_name: 'Lee',
      email: address,
      organization_name: `Corp ${corp}`,
      ...(fate === 'has no title' ? {} : { title: 'Head of Hiring' }),
    })
    people.set(fate, { fate, address, id: body.contact.id })
  }
  const { body: mailboxes } = await segue.get('/email_accounts')
  const sequenceId: string = made.emailer_campaign.id
  await segue.post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    emailer_campaign_id: sequenceId,
    contact_ids: [...people.values()].map((one) => one.id),
    send_email_from_email_account_id: mailboxes.email_accounts[0].id,
  })
  return { sequenceId, people }
}
