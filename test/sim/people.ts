/**
 * What the team's people do while mails go out: they pause, resume, finish, remove, add, edit, switch off and on, import, opt out. Each act
 * is one request of its own process, which may die in it. What an act promises when it has returned is kept in `promises.ts`.
 */
import type { QueryResultRow } from 'pg'
import { activateSequence, type Switching } from '../../src/actions/activate-sequence.ts'
import { archiveSequence } from '../../src/actions/archive-sequence.ts'
import { changeEnrollments } from '../../src/actions/change-enrollments.ts'
import { deactivateSequence } from '../../src/actions/deactivate-sequence.ts'
import { endMailboxSuspension } from '../../src/actions/end-suspension.ts'
import { enroll } from '../../src/actions/enroll.ts'
import { type StopMode, stopEnrollments } from '../../src/actions/stop-enrollments.ts'
import { DAY, HOUR, type Instant } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import { everyFlag } from '../../src/core/guard.ts'
import type { Id } from '../../src/core/ids.ts'
import type { Random } from '../../src/core/random.ts'
import { mailboxesOf } from '../../src/store/mailboxes.ts'
import { optOut } from '../../src/store/opt-outs.ts'
import { resolveUnknown } from '../../src/store/resolutions.ts'
import { sequenceById } from '../../src/store/sequences.ts'
import { suppress, sweep } from '../../src/store/stops.ts'
import type { MailServers } from './mail-servers.ts'
import type { Promises } from './promises.ts'
import { sentCopy } from './raw-mails.ts'
import { between, pick, type SimTeam } from './team.ts'

export interface Request {
  db: Db
  random: Random
  now: Instant
  house: SimTeam
  zone: string
  start: Instant
  /** Reads rows as the script needs them to choose whom an act is about. */
  look<T extends QueryResultRow>(text: string, values: unknown[]): Promise<T[]>
  addPeople(o: { from: number; count: number; random: Random; now: Instant }): Promise<Id[]>
  servers: MailServers
  promises: Promises
  count: (fault: string) => void
}

export type Act = (request: Request) => Promise<void>

export const who = ({ house, now, random }: Request): Switching & { userId: Id } => ({
  team: house.team,
  userId: house.userId,
  actor: `user:${house.userId}`,
  sequenceId: pick(house.sequenceIds, random),
  now,
  random,
})

/** A few enrollments in these states, of one sequence. */
async function some(
  request: Request,
  states: string,
): Promise<{ sequenceId: Id; contactIds: Id[]; ids: Id[] } | null> {
  const { look, house, random } = request
  const rows = await look<{ id: Id; sequence_id: Id; contact_id: Id }>(
    `select id, sequence_id, contact_id from enrollments where team_id = $1 and removed_at is null and ${states} order by id`,
    [house.team],
  )
  if (rows.length === 0) return null
  const sequenceId = pick(rows, random).sequence_id
  const own = rows.filter((row) => row.sequence_id === sequenceId)
  const chosen = new Set(Array.from({ length: between(1, 4, random) }, () => pick(own, random)))
  return {
    sequenceId,
    contactIds: [...chosen].map((row) => row.contact_id),
    ids: [...chosen].map((row) => row.id),
  }
}

const ids = (named: readonly { messageId: Id }[]) => named.map((one) => one.messageId)

export async function pause(request: Request): Promise<void> {
  const found = await some(request, "state = 'active'")
  if (!found) return
  const until = request.random.next() < 0.5 ? request.now + between(1, 60, request.random) * HOUR : null
  const { transmitting } = await changeEnrollments(request.db, who(request), {
    ...found,
    to: 'paused',
    until,
  })
  await request.promises.stopped({ enrollmentIds: found.ids, named: ids(transmitting), until })
}

export async function resume(request: Request): Promise<void> {
  const found = await some(request, "(state in ('paused', 'failed') or hold_reason is not null)")
  if (!found) return
  request.promises.mayGoOn(found.ids)
  await changeEnrollments(request.db, who(request), { ...found, to: 'active', until: null })
}

export const stopAs =
  (mode: StopMode): Act =>
  async (request) => {
    const found = await some(request, "state in ('active', 'paused')")
    if (!found) return
    const { db, promises } = request
    const { transmitting } = await stopEnrollments(db, who(request), {
      ...found,
      sequenceIds: [found.sequenceId],
      mode,
    })
    await promises.stopped({ enrollmentIds: found.ids, named: ids(transmitting), until: null })
  }

export async function removeAndAddAgain(request: Request): Promise<void> {
  const found = await some(request, "state in ('finished', 'paused', 'active')")
  if (!found) return
  const { db, promises } = request
  const { transmitting } = await stopEnrollments(db, who(request), {
    ...found,
    sequenceIds: [found.sequenceId],
    mode: 'remove',
  })
  await promises.stopped({ enrollmentIds: found.ids, named: ids(transmitting), until: null })
  await add(request, found)
}

async function add(request: Request, o: { sequenceId: Id; contactIds: readonly Id[] }): Promise<void> {
  const { db, house, random } = request
  const { team } = house
  const sequence = await sequenceById(db, { team, id: o.sequenceId })
  const mailboxes = (await mailboxesOf(db, team)).filter((one) => one.state === 'connected')
  if (!sequence || sequence.archivedAt !== null || mailboxes.length === 0) return
  const flags = everyFlag(true)
  const paused = random.next() < 0.05 ? { until: request.now + between(1, 40, random) * HOUR } : null
  const enrolling = { ...who(request), requestId: random.hex(8) }
  const afterReceived = random.next() < 0.5
  await enroll(db, enrolling, {
    sequence,
    contactIds: o.contactIds,
    mailboxes,
    fromAddress: null,
    flags,
    paused,
    afterReceived,
  })
}

/** Everybody who is there, in two calls; then, while the seed wants more mails, newcomers. */
export async function enrollMany(request: Request): Promise<void> {
  const { house, random } = request
  for (const sequenceId of house.sequenceIds) {
    const contactIds = house.contactIds.filter(() => random.next() < 0.8)
    await add(request, { sequenceId, contactIds })
  }
}

const NEWCOMERS = 16

export async function enrollNewcomers(request: Request): Promise<void> {
  const { house, random, now } = request
  const made = await request.addPeople({ from: house.contactIds.length, count: NEWCOMERS, random, now })
  house.contactIds.push(...made)
  for (const sequenceId of house.sequenceIds) await add(request, { sequenceId, contactIds: made })
}

export async function deactivate(request: Request): Promise<void> {
  const act = who(request)
  const done = await deactivateSequence(request.db, act)
  if (done.ok) await request.promises.switchedOff(act.sequenceId, ids(done.value))
}

export async function activate(request: Request): Promise<void> {
  const act = who(request)
  request.promises.switchedOn(act.sequenceId)
  await activateSequence(request.db, act)
}

/** The last resort of the first sequence, late in the run: it ends for everybody. */
export async function archive(request: Request): Promise<void> {
  if (request.now < request.start + 25 * DAY) return
  const act = { ...who(request), sequenceId: request.house.sequenceIds[0]! }
  const done = await archiveSequence(request.db, act)
  if (done.ok) await request.promises.switchedOff(act.sequenceId, ids(done.value))
}

export async function importSuppressions(request: Request): Promise<void> {
  const { db, house, random, now, promises } = request
  const addresses = [
    `person${between(0, house.contactIds.length - 1, random)}@company${between(0, 22, random)}.example`,
  ]
  const person = await request.look<{ address: string }>(
    'select address from contacts where team_id = $1 and id = $2 and address is not null',
    [house.team, pick(house.contactIds, random)],
  )
  for (const { address } of person) addresses.push(address)
  const domains = random.next() < 0.25 ? [`company${between(0, 22, random)}.example`] : []
  const entries = [
    ...addresses.map((value) => ({ kind: 'address' as const, value })),
    ...domains.map((value) => ({ kind: 'domain' as const, value })),
  ]
  const { team } = house
  await db.transaction((tx) =>
    suppress(tx, {
      team,
      entries,
      reason: 'imported',
      source: 'do-not-contact.csv',
      by: house.userId,
      actor: who(request).actor,
      now,
      random,
    }),
  )
  const named = ids((await sweep(db, { team, of: { addresses }, now, random })).transmitting)
  if (domains.length > 0)
    named.push(...ids((await sweep(db, { team, of: { domains }, now, random })).transmitting))
  promises.suppressed({ addresses, domains, named })
}

export async function optOutAddress(request: Request, address: string): Promise<void> {
  const { db, house, random, now, promises } = request
  const { transmitting } = await optOut(db, {
    team: house.team,
    address,
    via: 'page',
    actor: 'contact',
    now,
    random,
  })
  promises.suppressed({ addresses: [address], domains: [], named: transmitting })
}

/** A person looks at what is unknown and chooses; now and then wrongly. */
export async function resolve(request: Request): Promise<void> {
  const { db, look, house, random, now, promises } = request
  const unknown = await look<{ id: Id; rfc_id: string }>(
    "select id, rfc_id from messages where team_id = $1 and state = 'unknown' order by id limit 3",
    [house.team],
  )
  for (const { id, rfc_id } of unknown) {
    const as = random.next() < 0.5 ? ('sent' as const) : ('send_again' as const)
    if (as === 'send_again') promises.sendAgainChosen(rfc_id)
    await db.transaction((tx) =>
      resolveUnknown(tx, {
        team: house.team,
        messageId: id,
        as,
        actor: who(request).actor,
        now,
        random,
        evidence: 'a person',
      }),
    )
    request.count(`person: unknown resolved as ${as}`)
  }
}

export async function reconnect(request: Request): Promise<void> {
  const { db, look, house, now } = request
  const lost = await look<{ id: Id }>(
    "select id from mailboxes where team_id = $1 and state = 'disconnected' order by id",
    [house.team],
  )
  await db.transaction((tx) => request.promises.reconnect(tx, { mailboxIds: lost.map((one) => one.id), now }))
}

/** Somebody has looked at what came back, and lets the mailboxes go on. */
export async function endSuspensions(request: Request): Promise<void> {
  const { db, look, house } = request
  const suspended = await look<{ id: Id }>(
    'select id from mailboxes where team_id = $1 and suspended_at is not null order by id',
    [house.team],
  )
  for (const { id } of suspended) await endMailboxSuspension(db, who(request), id)
}

/** Somebody writes to a contact from their own mail program. */
export async function writeByHand(request: Request): Promise<void> {
  const { look, servers, house, random, now } = request
  const mailbox = house.mailboxes[0]!
  const [person] = await look<{ address: string }>(
    `select c.address from enrollments e join contacts c on c.team_id = e.team_id and c.id = e.contact_id
     where e.team_id = $1 and e.mailbox_id = $2 and e.state = 'active' and c.address is not null order by e.id offset $3 limit 1`,
    [house.team, mailbox.mailboxId, between(0, 20, random)],
  )
  if (!person) return
  const mail = {
    id: `<${random.hex(8)}@acme.test>`,
    from: mailbox.address,
    to: person.address,
    subject: 'By hand',
    at: now,
  }
  servers.servers.get(mailbox.mailboxId)!.inbox.put('Sent', sentCopy(mail), now)
  request.count('mail: written by hand')
}
