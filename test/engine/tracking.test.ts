/** What a tracked email carries when it leaves, and what stays as it was written. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import type { Engine, EngineOptions } from '../../src/engine/engine.ts'
import { outgoingMail } from '../../src/engine/send-step.ts'
import type { OutgoingMail, Sender } from '../../src/mail/port.ts'
import { seededRandom } from '../../src/random.ts'
import { bodyHash } from '../../src/seal.ts'
import { readOutgoing } from '../../src/store/claimed-messages.ts'
import { kysely } from '../../src/store/db.ts'
import { readTotals, totalOf } from '../../src/store/stats.ts'
import { trackingToken } from '../../src/store/visits.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import type { Person } from '../support/enrolled.ts'
import { enrollLive, startLive } from '../support/live-engine.ts'
import { createTeam, type TestTeam } from '../support/team.ts'
import { until } from '../support/until.ts'

const BODY =
  '<p><a href="https://acme.test/offer?a=1&b=2">offer</a> <a href="mailto:rae@acme.test">write</a></p>{{opt_out_message}}'
const HTTPS = 'https://segue.acme.test'
const OWN = 'http://127.0.0.1:4000'

const { db, pools, drop } = await freshDatabase()
const random = seededRandom('tracking')
const now = Date.parse('2027-03-01T10:00:00Z')
let team: TestTeam
let person: Person
let engine: Engine | undefined
let mails: OutgoingMail[]

beforeEach(async () => {
  mails = []
  team = await createTeam(db, { now, random })
  person = (await enrollLive(db, team, { count: 1, now, random }))[0]!
  await sql`update templates set body_html = ${BODY}, rev = rev + 1 where team_id = ${team.team}`.execute(
    kysely(db),
  )
})
afterEach(() => engine?.stop())
afterAll(() => drop())

async function switchOn({ opens = false, clicks = false, kind = 'sandbox' }): Promise<void> {
  await sql`update sequences set track_opens = ${opens}, track_clicks = ${clicks} where team_id = ${team.team}`.execute(
    kysely(db),
  )
  await sql`update mailboxes set kind = ${kind}, state = 'connected', gap_ms = 0 where team_id = ${team.team}`.execute(
    kysely(db),
  )
}

/** The one email that is due, as it was given to the mail server. */
async function sent(options: Partial<EngineOptions>): Promise<OutgoingMail & { html: string }> {
  const send: Sender['send'] = async (mail, mark) => {
    if (!(await mark())) return { kind: 'refused_mark' }
    mails.push(mail)
    return { kind: 'accepted', reply: '250 Ok', refusedCopies: [] }
  }
  const clock = new TestClock(now)
  engine = startLive(send, { pools, clock, random, worker: `tracking ${team.team}` }, options)
  await until(
    async () => (await rowOf()).state,
    (state) => state === 'accepted',
  )
  return mails[0] as OutgoingMail & { html: string }
}

async function rowOf() {
  const { rows } = await sql<{
    state: string
    opens: boolean
    clicks: boolean
    bodyHash: string
    salt: string
    subject: string
    html: string
    text: string
    token: string
    sequenceId: string
    publicId: string
  }>`select m.state, m.opens_tracked as opens, m.clicks_tracked as clicks, m.body_hash as "bodyHash", c.salt, c.subject, c.html,
      c.body as text, c.opt_out_token as token, m.sequence_id as "sequenceId", t.public_id as "publicId"
    from messages m join message_contents c on c.team_id = m.team_id and c.message_id = m.id join teams t on t.id = m.team_id
    where m.team_id = ${team.team}`.execute(kysely(db))
  return rows[0] ?? ({ state: 'none' } as (typeof rows)[number])
}

const linkOf = (row: Awaited<ReturnType<typeof rowOf>>, base: string, what: string) =>
  `${base}/t/${row.publicId}/${person.messageId}/${trackingToken(row.token)}/${what}`

test('nothing is tracked unless the sequence asks for it: links are as they were written, and there is no picture', async () => {
  await switchOn({})
  const mail = await sent({ publicUrl: HTTPS })
  expect(mail.html).toContain('href="https://acme.test/offer?a=1&amp;b=2"')
  expect(mail.html).not.toContain('/t/')
  expect(mail.html).not.toContain('<img')
})

test('with both switches the html has our links and the picture; the text, the mail link, the opt-out and its headers stay plain', async () => {
  await switchOn({ opens: true, clicks: true, kind: 'smtp' })
  const mail = await sent({ publicUrl: HTTPS })
  const row = await rowOf()
  expect(mail.html).toContain(`href="${linkOf(row, HTTPS, '0')}"`)
  expect(mail.html).toContain(`<img src="${linkOf(row, HTTPS, 'o.gif')}"`)
  expect(mail.html).toContain('href="mailto:rae@acme.test"')
  expect(mail.html).toContain(`href="${HTTPS}/u/${row.publicId}/${row.token}"`)
  expect(mail.text).toContain('https://acme.test/offer?a=1&b=2')
  expect(mail.text).not.toContain('/t/')
  expect(mail.headers).toMatchObject({ listUnsubscribe: expect.stringContaining(`${HTTPS}/u/`) })
})

test('the ledger keeps the wording as it was written, with its hash: what the page shows counts no opening', async () => {
  await switchOn({ opens: true, clicks: true })
  await sent({ publicUrl: HTTPS })
  const row = await rowOf()
  expect(row.html).not.toContain('/t/')
  expect(row.bodyHash).toBe(bodyHash(row))
  expect(row).toMatchObject({ opens: true, clicks: true })
})

test('what was tracked is the denominator of its rates', async () => {
  await switchOn({ opens: true })
  await sent({ publicUrl: HTTPS })
  const { sequenceId } = await rowOf()
  const totals = (await readTotals(db, { team: team.team, sequenceIds: [sequenceId] })).get(sequenceId)!
  expect(totalOf(totals, 'delivered')).toBe(1)
  expect(totalOf(totals, 'delivered_open_tracked')).toBe(1)
  expect(totalOf(totals, 'delivered_click_tracked')).toBe(0)
})

test('a real mailbox tracks nothing without https, whatever the sequence says', async () => {
  await switchOn({ opens: true, clicks: true, kind: 'smtp' })
  const mail = await sent({ publicUrl: 'http://segue.acme.test', ownUrl: OWN })
  expect(mail.html).not.toContain('/t/')
  expect(await rowOf()).toMatchObject({ opens: false, clicks: false })
})

test('the sandbox can be tried without any public address: its links lead to this very process', async () => {
  await switchOn({ clicks: true })
  const mail = await sent({ publicUrl: null, ownUrl: OWN })
  expect(mail.html).toContain(`href="${linkOf(await rowOf(), OWN, '0')}"`)
})

test('the copy that is filed in our own Sent folder is plain: who opens it is one of us', async () => {
  await switchOn({ opens: true, clicks: true })
  await sent({ publicUrl: HTTPS })
  const [message] = await readOutgoing(db, { team: team.team, ids: [person.messageId], state: 'accepted' })
  const copy = outgoingMail(message!, { publicUrl: HTTPS, now, track: null })
  expect(copy.html).not.toContain('/t/')
})
