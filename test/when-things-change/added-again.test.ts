/** Somebody is taken out of a sequence and added to it again. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY } from '../../src/core/clock.ts'
import { kysely } from '../../src/store/db.ts'
import { receivedBefore } from '../../src/store/enrollment-guards.ts'
import { verify } from '../../src/store/verify.ts'
import { type Api, startApi } from '../support/api.ts'
import { connectTwo, readAll, sendDue, teamOf } from '../support/going-mailboxes.ts'
import { add, newContact, newSequence, statusOf } from '../support/outreach.ts'

let api: Api
let first: string
let second: string
let ana: string
let id: string
let steps: string[]
const all: Api[] = []
beforeEach(async () => {
  api = await startApi()
  all.push(api)
  ;[first, second] = await connectTwo(api)
  ;({ id, steps } = await newSequence(api, { active: true }))
  ana = await newContact(api)
  await add(api, id, [ana], { send_email_from_email_account_id: second })
})
afterAll(() => Promise.all(all.map((one) => one.close())))

const remove = (contactId: string) =>
  api.post('/emailer_campaigns/remove_or_stop_contact_ids', {
    emailer_campaign_ids: [id],
    contact_ids: [contactId],
    mode: 'remove',
  })
const addAgain = (contactIds: string[], more: Record<string, unknown> = {}) =>
  add(api, id, contactIds, {
    send_email_from_email_account_id: [first, second],
    start_after_received: true,
    ...more,
  })
const sendAfter = async (days: number) => {
  api.clock.advance(days * DAY)
  await readAll(api)
  return sendDue(api)
}
const standsAt = async (contactId: string) => (await statusOf(api, contactId, id)).current_step_position
const findings = () => verify(api.db, { now: api.clock.now() })

test('without the option they begin at the first step, in a thread of its own', async () => {
  const [received] = await sendDue(api)
  const before = { team: await teamOf(api), sequenceId: id, contactIds: [ana] }
  // While they are in it, it is no time before.
  expect(await receivedBefore(api.db, before)).toEqual([])
  await remove(ana)
  const { body } = await addAgain([ana], { start_after_received: false })
  expect(body.received_before).toMatchObject([{ id: ana, step_position: 1 }])
  expect(await standsAt(ana)).toBe(1)
  const [again] = await sendAfter(0)
  expect(again).toMatchObject({ subject: received!.subject, inReplyTo: null })
})

test('with it they begin at the step after what they received, in the same thread, from the mailbox that began it', async () => {
  const [received] = await sendDue(api)
  await remove(ana)
  const ben = await newContact(api)
  const { body } = await addAgain([ana, ben])
  expect(body.contacts).toHaveLength(2)
  expect(body.received_before).toMatchObject([{ id: ana, step_position: 1 }])
  expect([await standsAt(ana), await standsAt(ben)]).toEqual([2, 1])
  // Planned anew, it still counts from when the first one was sent.
  const [one, two, three] = steps.map((step) => ({ id: step }))
  await api.put(`/sequences/${id}`, { emailer_steps: [one, { ...two, priority: 'high' }, three] })
  // The wait of two days began when the first one was sent, on a Thursday; Ben gets his first meanwhile.
  const { email } = (await api.get(`/contacts/${ana}`)).body.contact
  expect((await sendAfter(1)).map((one) => one.to)).not.toContain(email)
  const [followUp] = (await sendAfter(3)).filter((one) => one.to === email)
  expect(followUp).toMatchObject({
    from: 'news@acme.test',
    subject: `Re: ${received!.subject}`,
    inReplyTo: received!.rfcId,
  })
  expect(await findings()).toEqual([])
})

test('what would have been due long ago is due now, and not stale', async () => {
  await sendDue(api)
  await remove(ana)
  api.clock.advance(60 * DAY)
  await addAgain([ana])
  const [followUp] = await sendAfter(0)
  expect(followUp!.subject).toMatch(/^Re:/)
  expect(await standsAt(ana)).toBe(3)
})

test('an email that came back was not received; one whose fate is unknown may have been', async () => {
  await sendDue(api)
  const say = (what: ReturnType<typeof sql>) =>
    sql`update messages set ${what} where contact_id = ${ana}`.execute(kysely(api.db))
  await say(sql`bounce = 'hard'`)
  await remove(ana)
  expect((await addAgain([ana])).body.received_before).toEqual([])
  expect(await standsAt(ana)).toBe(1)
  await say(sql`bounce = null, state = 'unknown'`)
  await remove(ana)
  expect((await addAgain([ana])).body.received_before).toMatchObject([{ id: ana, step_position: 1 }])
  expect(await standsAt(ana)).toBe(2)
})

test('what another contact with the same address got counts: they are one person', async () => {
  await sendDue(api)
  await remove(ana)
  const twin = await newContact(api)
  await sql`update contacts t set address = a.address from contacts a where a.id = ${ana} and t.id = ${twin}`.execute(
    kysely(api.db),
  )
  await addAgain([twin])
  expect(await standsAt(twin)).toBe(2)
})

test('from another mailbox than before it is a new thread', async () => {
  await sendDue(api)
  await remove(ana)
  await addAgain([ana], { send_email_from_email_account_id: first })
  const [followUp] = await sendAfter(4)
  expect(followUp).toMatchObject({ from: 'sales@acme.test', inReplyTo: null })
})

test('a step that was put in after what they received is met, one before it is not', async () => {
  await sendDue(api)
  await remove(ana)
  const inserted = (subject: string) => ({
    ...{ type: 'auto_email', wait_time: 1, wait_mode: 'day' },
    emailer_touches: [
      {
        type: 'new_thread',
        status: 'approved',
        emailer_template: { subject, body_html: '<p>Hello</p>' },
      },
    ],
  })
  const kept = steps.map((step) => ({ id: step }))
  await api.put(`/sequences/${id}`, {
    emailer_steps: [inserted('Before'), kept[0], inserted('After'), kept[1], kept[2]],
  })
  await addAgain([ana])
  expect(await standsAt(ana)).toBe(3)
  expect((await sendAfter(1)).map((one) => one.subject)).toEqual(['After'])
})

test('who received the last step is skipped, and says why', async () => {
  await sendDue(api)
  await sendAfter(4)
  await sendAfter(4)
  await remove(ana)
  const { body } = await addAgain([ana])
  expect(body.skipped_contact_ids).toEqual({ [ana]: 'received_everything' })
  expect(body.skipped_contacts).toMatchObject([
    { id: ana, reasons: [{ code: 'received_everything', flag: null, sequence_id: id }] },
  ])
  expect(await statusOf(api, ana, id)).toBeUndefined()
  expect((await addAgain([ana], { start_after_received: false })).body.skipped_contact_ids).toEqual({})
})
