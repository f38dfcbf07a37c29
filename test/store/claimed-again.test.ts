/** Which wording an email has when it is claimed once more: the stored one, or one made anew. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/core/clock.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { resolveUnknown } from '../../src/store/resolutions.ts'
import { freshDatabase } from '../support/database.ts'
import {
  type Claimed,
  claimPeople,
  enrollPeople,
  markClaimed,
  openSequence,
  type Person,
  settleClaimed,
} from '../support/enrolled.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('claimed again')
const now = Date.parse('2027-03-01T10:00:00Z')
const later = now + HOUR
let team: TestTeam
let ann: Person
let claimed: Claimed

beforeEach(async () => {
  team = await createTeam(db, { now, random })
  const sequence = await openSequence(db, team, { now, random })
  ann = (await enrollPeople(db, team, { sequence, count: 1, now, random }))[0]!
  claimed = await claimPeople(db, team, { enrollmentIds: [ann.enrollmentId], now, random })
})
afterAll(() => drop())

/** The lease is over, and what follows is due: claimed once more. */
async function claimAgain(): Promise<void> {
  await sql`update mailboxes set busy_until = '-infinity', wake_at = '-infinity' where team_id = ${team.team}`.execute(
    kysely(db),
  )
  await claimPeople(db, team, { enrollmentIds: [ann.enrollmentId], now: later, random })
}

async function wording(): Promise<{ to: string; token: string; link: string; state: string }> {
  const { rows } = await sql<{ to: string; token: string; link: string; state: string }>`
    select m.to_address as "to", m.opt_out_hash as token, c.opt_out_token as link, m.state from messages m
    join message_contents c on c.team_id = m.team_id and c.message_id = m.id
    where m.team_id = ${team.team} and m.id = ${ann.messageId}`.execute(kysely(db))
  return rows[0]!
}

async function unreachable(): Promise<void> {
  const follows = { kind: 'retry', at: now + MINUTE } as const
  await settleClaimed(db, team, { claimed, now, random, state: 'unreachable', follows })
}

test('a server that did not answer is asked again with the very same wording', async () => {
  const before = await wording()
  await unreachable()
  await claimAgain()
  expect(await wording()).toEqual(before)
})

test('an address that was corrected meanwhile gets the email, not the wrong one', async () => {
  const before = await wording()
  await unreachable()
  await sql`update contacts set email = 'right@new.test', address = 'right@new.test', rev = rev + 1
    where team_id = ${team.team} and id = ${ann.contactId}`.execute(kysely(db))
  await claimAgain()
  const after = await wording()
  expect(after.to).toBe('right@new.test')
  expect(after.token).not.toBe(before.token)
  expect(after.link).toBe(after.token)
})

test('an email that may have arrived and is sent again keeps its wording: the link in the first copy still opts out', async () => {
  const before = await wording()
  await markClaimed(db, team, { claimed, now: now + MINUTE })
  const follows = { kind: 'hold', reason: 'delivery_unknown', detail: 'the connection broke' } as const
  await settleClaimed(db, team, { claimed, now: now + MINUTE, random, state: 'unknown', follows })
  const sendAgain = {
    messageId: ann.messageId,
    as: 'send_again',
    actor: 'user:rae',
    evidence: 'not in Sent',
  } as const
  await db.transaction((tx) => resolveUnknown(tx, { team: team.team, ...sendAgain, now: later, random }))
  await claimAgain()
  expect(await wording()).toEqual({ ...before, state: 'claimed' })
})
