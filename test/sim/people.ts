/**
 * What the team's people do while mails go out: they pause, resume, finish, remove, add, edit, switch off and on, import, opt out. Each act
 * is one request of its own process, which may die in it. What an act promises when it has returned is kept in `promises.ts`.
 */
import { activateSequence, type Switching } from '../../src/actions/activate-sequence.ts'
import { archiveSequence } from '../../src/actions/archive-sequence.ts'
import { changeEnrollments } from '../../src/actions/change-enrollments.ts'
import { deactivateSequence } from '../../src/actions/deactivate-sequence.ts'
import { enroll } from '../../src/actions/enroll.ts'
import { type StopMode, stopEnrollments } from '../../src/actions/stop-enrollments.ts'
import { updateContact } from '../../src/actions/update-contact.ts'
import { updateSchedule } from '../../src/actions/write-schedule.ts'
import { updateSequence } from '../../src/actions/write-sequence.ts'
import { DAY, HOUR, type Instant } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import type { Id } from '../../src/core/ids.ts'
import type { Random } from '../../src/core/random.ts'
import { bumpMailboxes } from '../../src/store/lanes.ts'
import { mailboxesOf } from '../../src/store/mailboxes.ts'
import { optOut } from '../../src/store/opt-outs.ts'
import { resolveUnknown } from '../../src/store/resolutions.ts'
import { sequenceById } from '../../src/store/sequences.ts'
import { treeOf } from '../../src/store/steps.ts'
import { suppress, sweep } from '../../src/store/stops.ts'
import type { Connections } from './database.ts'
import type { MailServers } from './mail-servers.ts'
import type { Promises } from './promises.ts'
import { sentCopy } from './raw-mails.ts'
import { addContacts, between, pick, type SimTeam, schedulesOf } from './team.ts'

export interface Request {
  db: Db
  random: Random
  now: Instant
  house: SimTeam
  zone: string
  start: Instant
  connections: Connections
  servers: MailServers
  promises: Promises
  count: (fault: string) => void
}

type Act = (request: Request) => Promise<void>

const who = ({ house, now, random }: Request): Switching & { userId: Id } => ({
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
  const { connections, house, random } = request
  const rows = await connections.query<{ id: Id; sequence_id: Id; contact_id: Id }>(
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

async function pause(request: Request): Promise<void> {
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

async function resume(request: Request): Promise<void> {
  const found = await some(request, "(state in ('paused', 'failed') or hold_reason is not null)")
  if (!found) return
  request.promises.mayGoOn(found.ids)
  await changeEnrollments(request.db, who(request), { ...found, to: 'active', until: null })
}

const stopAs =
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

async function removeAndAddAgain(request: Request): Promise<void> {
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
  const flags = {
    noEmail: true,
    unverifiedEmail: true,
    jobChange: true,
    activeElsewhere: true,
    finishedElsewhere: true,
  }
  const paused = random.next() < 0.05 ? { until: request.now + between(1, 40, random) * HOUR } : null
  const enrolling = { ...who(request), requestId: random.hex(8) }
  await enroll(db, enrolling, {
    sequence,
    contactIds: o.contactIds,
    mailboxes,
    fromAddress: null,
    flags,
    paused,
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

export async function enrollNewcomers(request: Request): Promise<void> {
  const { house, connections, random, now } = request
  const made = await addContacts(
    { connections, random, now },
    { team: house, from: house.contactIds.length, count: 12 },
  )
  house.contactIds.push(...made)
  for (const sequenceId of house.sequenceIds) await add(request, { sequenceId, contactIds: made })
}

async function deactivate(request: Request): Promise<void> {
  const act = who(request)
  const done = await deactivateSequence(request.db, act)
  if (done.ok) await request.promises.switchedOff(act.sequenceId, ids(done.value))
}

async function activate(request: Request): Promise<void> {
  const act = who(request)
  request.promises.switchedOn(act.sequenceId)
  await activateSequence(request.db, act)
}

/** The last resort of the first sequence, late in the run: it ends for everybody. */
async function archive(request: Request): Promise<void> {
  if (request.now < request.start + 25 * DAY) return
  const act = { ...who(request), sequenceId: request.house.sequenceIds[0]! }
  const done = await archiveSequence(request.db, act)
  if (done.ok) await request.promises.switchedOff(act.sequenceId, ids(done.value))
}

async function editWording(request: Request): Promise<void> {
  const { db, house, random } = request
  const act = who(request)
  const tree = await treeOf(db, { team: house.team, sequenceId: act.sequenceId })
  const template = pick(tree.templates, random)
  const bodyHtml = `<p>Hello {{first_name}}, edited ${random.hex(3)}.</p>`
  const steps = tree.steps
    .filter((step) => step.deletedAt === null)
    .map((step) => ({
      id: step.id,
      variants: tree.variants
        .filter((variant) => variant.stepId === step.id && variant.deletedAt === null)
        .map((variant) => ({
          id: variant.id,
          approved:
            variant.templateId === template.id
              ? random.next() < 0.85
              : variant.approved || random.next() < 0.6,
          ...(variant.templateId === template.id ? { template: { id: template.id, bodyHtml } } : {}),
        })),
    }))
  await updateSequence(db, act, { id: act.sequenceId, draft: { steps } })
}

async function editSteps(request: Request): Promise<void> {
  const { db, house, random } = request
  const act = who(request)
  const { steps } = await treeOf(db, { team: house.team, sequenceId: act.sequenceId })
  const live = steps
    .filter((step) => step.deletedAt === null)
    .map(({ id }) => ({ id }) as Record<string, unknown>)
  const place = between(0, live.length - 1, random)
  const lot = random.next()
  if (lot < 0.35 && live.length > 2) live.splice(Math.max(1, place), 1)
  else if (lot < 0.6) live[place] = { ...live[place], waitAmount: between(1, 3, random), waitUnit: 'day' }
  else if (lot < 0.8) live[place] = { ...live[place], priority: pick(['high', 'low', null], random) }
  else live[place] = { ...live[place], dailyCap: random.next() < 0.5 ? null : between(3, 12, random) }
  await updateSequence(db, act, { id: act.sequenceId, draft: { steps: live } })
}

async function editSchedule(request: Request): Promise<void> {
  const { db, house, random, zone, start } = request
  const place = between(0, house.scheduleIds.length - 1, random)
  const usual = schedulesOf(zone, start)[place]!
  const windows = usual.windows!.map((window) => ({
    ...window,
    opensAtMinute: window.opensAtMinute + between(0, 2, random) * 15,
  }))
  const draft = {
    windows,
    useContactZone: random.next() < 0.7 ? usual.useContactZone! : !usual.useContactZone,
  }
  await updateSchedule(db, who(request), { id: house.scheduleIds[place]!, draft })
}

async function editLimits(request: Request): Promise<void> {
  const { db, house, random, now } = request
  const mailbox = pick(house.mailboxes, random)
  const [daily, hourly] = [between(8, 45, random), between(3, 14, random)]
  await db.transaction(async (tx) => {
    await request.promises.limitsChange(tx, {
      mailboxId: mailbox.mailboxId,
      daily,
      hourly,
      gapMs: pick([0, 60_000, 240_000], random),
    })
    await bumpMailboxes(tx, { team: house.team, mailboxIds: [mailbox.mailboxId], at: now })
  })
}

async function editContact(request: Request): Promise<void> {
  const { db, house, random, now } = request
  const id = pick(house.contactIds, random)
  const lot = random.next()
  const fields =
    lot < 0.3
      ? { timeZone: pick(['Asia/Tokyo', 'Europe/Paris', 'America/Denver'], random) }
      : lot < 0.55
        ? { stageId: random.next() < 0.5 ? house.stages.excluded : house.stages.other }
        : lot < 0.8
          ? { title: 'Director', email: `new${random.hex(3)}@company1.example` }
          : { title: null, firstName: 'Changed' }
  await updateContact(db, { team: house.team, userId: house.userId, source: 'api', id, fields, now, random })
}

async function importSuppressions(request: Request): Promise<void> {
  const { db, house, random, now, promises } = request
  const addresses = [
    `person${between(0, house.contactIds.length - 1, random)}@company${between(0, 22, random)}.example`,
  ]
  const person = await request.connections.query<{ address: string }>(
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
async function resolve(request: Request): Promise<void> {
  const { db, connections, house, random, now, promises } = request
  const unknown = await connections.query<{ id: Id; rfc_id: string }>(
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

async function reconnect(request: Request): Promise<void> {
  const { db, connections, house, now } = request
  const lost = await connections.query<{ id: Id }>(
    "select id from mailboxes where team_id = $1 and state = 'disconnected'",
    [house.team],
  )
  await db.transaction((tx) => request.promises.reconnect(tx, { mailboxIds: lost.map((one) => one.id), now }))
}

/** Somebody writes to a contact from their own mail program. */
async function writeByHand(request: Request): Promise<void> {
  const { connections, servers, house, random, now } = request
  const mailbox = house.mailboxes[0]!
  const [person] = await connections.query<{ address: string }>(
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

export const ACTS: readonly (readonly [string, number, Act])[] = [
  ['pause', 10, pause],
  ['resume', 14, resume],
  ['mark as finished', 3, stopAs('mark_as_finished')],
  ['stop', 2, stopAs('stop')],
  ['remove', 2, stopAs('remove')],
  ['remove and add again', 3, removeAndAddAgain],
  ['deactivate', 4, deactivate],
  ['activate', 9, activate],
  ['archive', 1, archive],
  ['edit wording', 6, editWording],
  ['edit steps', 4, editSteps],
  ['edit schedule', 3, editSchedule],
  ['edit limits', 4, editLimits],
  ['edit contact', 7, editContact],
  ['import suppressions', 3, importSuppressions],
  ['resolve unknown', 7, resolve],
  ['reconnect', 7, reconnect],
  ['write by hand', 2, writeByHand],
]
