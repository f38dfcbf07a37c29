/** Where too much of what is sent comes back, sending stops by itself; a person lets it go on, and what was before counts no more. */
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { activateSequence } from '../../src/actions/activate-sequence.ts'
import { endMailboxSuspension } from '../../src/actions/end-suspension.ts'
import { warningsOfMailboxes, warningsOfSequences } from '../../src/actions/reputation-warnings.ts'
import { HOUR } from '../../src/core/clock.ts'
import { claim } from '../../src/engine/claim.ts'
import { stopWhatComesBack } from '../../src/engine/reputation.ts'
import { at, kysely } from '../../src/store/db.ts'
import { openAlways } from '../support/enrolled.ts'
import {
  activities,
  ann,
  claimNext,
  clock,
  complaint,
  db,
  dsn,
  message,
  pools,
  random,
  sentAt,
  sequence,
  take,
  team,
  tools,
} from '../support/inbox.ts'

const look = () => stopWhatComesBack(pools.claim, { now: clock.now(), random })
const acting = () => ({ team: team.team, userId: team.userId, now: clock.now(), random })

async function claimed(): Promise<string[]> {
  const claiming = { ...tools, publicUrl: null, worker: 'one' }
  const { batches } = await claim(team.team, claiming)
  return batches.flatMap(({ messages }) => messages.map(({ id }) => id))
}

async function states() {
  const { rows } = await sql<{ active: boolean; words: string | null; suspendedFor: string | null }>`
    select q.active, q.auto_pause_words as words, m.suspended_for as "suspendedFor" from sequences q, mailboxes m
    where q.id = ${sequence.sequenceId} and m.id = ${team.mailboxId}`.execute(kysely(db))
  return rows[0]!
}

/** Emails of the sequence that left an hour before; `n` of them came back as `bounce`, so many were reported as spam. */
async function sent(count: number, { cameBack = 0, bounce = 'hard', complained = 0 } = {}): Promise<void> {
  await sql`
    insert into messages (team_id, id, sequence_id, step_id, mailbox_id, state, rfc_id, from_address, to_address, address_hash, body_hash,
      counted_at, marked_at, settled_at, created_at, updated_at, bounce, bounced_at, complained_at)
    select ${team.team}, lpad(to_hex(i), 24, '0'), ${sequence.sequenceId}, ${sequence.stepIds[0]!}, ${team.mailboxId}, 'accepted',
      '<' || i || '@segue.test>', 'sandbox@segue.test', i || '@client.test', '', '', ${at(sentAt)}, ${at(sentAt)}, ${at(sentAt)}, ${at(sentAt)},
      ${at(sentAt)}, case when i <= ${cameBack} then ${bounce} end, case when i <= ${cameBack} then ${at(sentAt)}::timestamptz end,
      case when i <= ${complained} then ${at(sentAt)}::timestamptz end
    from generate_series(1, ${count}::int) as i`.execute(kysely(db))
}

beforeEach(async () => {
  await sql`update teams set legal_name = 'Acme', postal_address = '1 Road'`.execute(kysely(db))
})

test('the bounce that makes ten of a hundred turns off the sequence and stops the mailbox, with alerts', async () => {
  await sent(199, { cameBack: 19 })
  expect(await look()).toBe(0)
  await take(dsn({ id: ann.rfcId }))
  expect(await look()).toBe(2)
  const words = '20 of 200 emails in 7 days came back'
  expect(await states()).toEqual({ active: false, words, suspendedFor: words })
  expect(await activities('alert')).toMatchObject([
    { reason: 'too_many_bounces', detail: { words } },
    { reason: 'too_many_bounces', detail: { words } },
  ])
  expect(await activities('sequence_deactivated')).toHaveLength(1)
})

test('what comes near the rate is told of the sequence and the mailbox, and of neither once it is stopped', async () => {
  const told = async () => {
    const asked = { team: team.team, now: clock.now() }
    const sequences = await warningsOfSequences(db, { ...asked, ids: [sequence.sequenceId] })
    const mailboxes = await warningsOfMailboxes(db, { ...asked, ids: [team.mailboxId] })
    return [sequences.get(sequence.sequenceId), mailboxes.get(team.mailboxId)]
  }
  await sent(249, { cameBack: 18 })
  const words = '18 of 250 emails in 7 days came back (7.2 %). At 10 % it is stopped by itself.'
  expect(await told()).toEqual([words, words])
  await sql`update sequences set auto_pause_rules = ${{ windowDays: 7, minVolume: 200, warnPct: 8, pausePct: 9 }}`.execute(
    kysely(db),
  )
  expect(await told()).toEqual([undefined, words])
  await sql`update sequences set auto_pause = false, auto_pause_rules = null`.execute(kysely(db))
  expect((await told())[0]).toContain('The limit is 10 %, and it is not stopped by itself.')
  await sql`update sequences set active = false`.execute(kysely(db))
  await sql`update mailboxes set suspended_at = created_at, suspended_for = 'too much'`.execute(kysely(db))
  expect(await told()).toEqual([undefined, undefined])
})

test('what was claimed when it stops is taken back, and a suspended mailbox claims nothing', async () => {
  await sent(199, { cameBack: 21 })
  const next = await claimNext()
  expect(await look()).toBe(2)
  expect(await message(next)).toMatchObject({ state: 'cancelled' })
  await openAlways(db, team, { sequence, now: clock.now(), random })
  await sql`update sequences set active = true`.execute(kysely(db))
  await sql`update mailboxes set read_at = ${at(clock.now())}`.execute(kysely(db))
  expect(await claimed()).toEqual([])
  await endMailboxSuspension(db, acting(), team.mailboxId)
  expect(await claimed()).toEqual([next])
})

test('three complaints in a thousand stop it as ten bounces in a hundred do', async () => {
  await sent(999, { complained: 2 })
  expect(await look()).toBe(0)
  await take(complaint(ann.rfcId))
  expect(await look()).toBe(2)
  expect((await states()).words).toBe('3 of 1000 emails in 7 days were reported as spam')
})

test('five refusals for content or reputation within 24 hours stop the mailbox, whatever it sent; older ones do not', async () => {
  await sent(40, { cameBack: 4, bounce: 'blocked' })
  expect(await look()).toBe(0)
  await take(
    dsn({ id: ann.rfcId, status: '5.7.1', said: '554 5.7.1 Message rejected: spam content detected' }),
  )
  expect(await look()).toBe(1)
  expect(await states()).toMatchObject({
    active: true,
    suspendedFor: '5 emails were refused for their content or our reputation within 24 hours',
  })
})

test('a person lets both go on: what was sent before counts no more, and the mailbox begins with a fifth of its limit', async () => {
  await sent(199, { cameBack: 20 })
  await look()
  expect(
    await activateSequence(db, { ...acting(), actor: 'user:rae', sequenceId: sequence.sequenceId }),
  ).toMatchObject({
    ok: true,
  })
  expect(await endMailboxSuspension(db, acting(), team.mailboxId)).toMatchObject({ ok: true })
  expect(await look()).toBe(0)
  expect(await states()).toEqual({ active: true, words: null, suspendedFor: null })
  expect(await activities('mailbox_resumed')).toHaveLength(1)
  const { rows } = await sql`
    select daily_limit as limit, ramp_start as start, ramp_step as step, ramp_starts_on::text as on from mailboxes`.execute(
    kysely(db),
  )
  expect(rows).toEqual([{ limit: 10_000, start: 2_000, step: 2_000, on: '2027-03-02' }])
  expect(await endMailboxSuspension(db, acting(), team.mailboxId)).toMatchObject({
    ok: false,
    refusal: { sentence: expect.stringContaining('is not suspended') },
  })
})

test('a sequence that is not to be paused by itself goes on, and its own thresholds count', async () => {
  await sent(50, { cameBack: 5 })
  const rules = { windowDays: 3, minVolume: 50, warnPct: 4, pausePct: 10 }
  await sql`update sequences set auto_pause_rules = ${JSON.stringify(rules)}::jsonb, auto_pause = false`.execute(
    kysely(db),
  )
  expect(await look()).toBe(0)
  await sql`update sequences set auto_pause = true`.execute(kysely(db))
  // Ann's email, too: 5 of 51 is below ten percent.
  expect(await look()).toBe(0)
  await sql`update messages set bounce = 'hard', bounced_at = ${at(sentAt)} where id = ${ann.messageId}`.execute(
    kysely(db),
  )
  expect(await look()).toBe(1)
  expect(await states()).toMatchObject({ words: '6 of 51 emails in 3 days came back', suspendedFor: null })
})

test('two processes that look at once stop it once', async () => {
  await sent(199, { cameBack: 20 })
  const other = { now: clock.now() + HOUR, random }
  const counts = await Promise.all([look(), stopWhatComesBack(pools.api, other)])
  expect(counts.reduce((a, b) => a + b)).toBe(2)
  expect(await activities('alert')).toHaveLength(2)
})
