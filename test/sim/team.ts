/**
 * The team of one seed: mailboxes with real limits, contacts in many zones (some without what an email needs), schedules whose weeks
 * hold a change of the clocks, sequences of several steps. Everything from the seed, written through the program's own functions.
 */

import { applyFields, blankContact, type ContactFields } from '../../src/actions/contact-fields.ts'
import type { StepDraft, VariantDraft } from '../../src/actions/plan-steps.ts'
import { createSchedule, type ScheduleDraft } from '../../src/actions/write-schedule.ts'
import { createSequence } from '../../src/actions/write-sequence.ts'
import { DAY, type Instant, MINUTE, SECOND } from '../../src/core/clock.ts'
import { COMPANY_RULES } from '../../src/core/company-reply.ts'
import type { Db } from '../../src/core/db.ts'
import { type Id, newId, type TeamId } from '../../src/core/ids.ts'
import type { Random } from '../../src/core/random.ts'
import type { Result } from '../../src/core/result.ts'
import { createDefaultCallOutcomes } from '../../src/store/call-outcomes.ts'
import { insertContacts } from '../../src/store/contacts.ts'
import { contactStagesOf, createDefaultStages } from '../../src/store/stages.ts'
import { insertTeam, updateTeam } from '../../src/store/teams.ts'
import { insertUser } from '../../src/store/users.ts'
import type { Connections } from './database.ts'
import type { ServerTraits } from './mail-servers.ts'
import { SNIPPET, uploadFile, writeSnippet } from './snippets-and-files.ts'

export interface SimMailbox extends ServerTraits {
  /** Whose inbox its answers arrive in: its own, or for a relay another's. */
  readsVia: Id | null
}

export interface SimTeam {
  team: TeamId
  userId: Id
  /** Sends from the last mailbox, and owns some of the contacts. */
  colleagueId: Id
  mailboxes: SimMailbox[]
  scheduleIds: Id[]
  sequenceIds: Id[]
  contactIds: Id[]
  accountIds: Id[]
  /** Of contacts and of accounts: one that sequences exclude, and one that they do not. */
  stages: { excluded: Id; other: Id; excludedAccount: Id; otherAccount: Id }
}

interface Making {
  connections: Connections
  random: Random
  now: Instant
}

/** Mondays before weeks in which clocks change, and the zone where it happens. */
const STARTS: readonly [string, string][] = [
  ['2027-03-08T06:00:00Z', 'America/New_York'],
  ['2027-03-22T06:00:00Z', 'Europe/Berlin'],
  ['2027-03-29T06:00:00Z', 'Australia/Sydney'],
  ['2027-10-25T06:00:00Z', 'Europe/London'],
  ['2027-11-01T06:00:00Z', 'America/Los_Angeles'],
  ['2027-09-20T06:00:00Z', 'Pacific/Auckland'],
  ['2027-12-20T06:00:00Z', 'Asia/Kolkata'],
]

export function startOf(random: Random): { start: Instant; zone: string } {
  const [text, zone] = pick(STARTS, random)
  return { start: Date.parse(text), zone }
}

export function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random.next() * from.length)]!
}

export function between(from: number, to: number, random: Random): number {
  return from + Math.floor(random.next() * (to - from + 1))
}

export function expectDone<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.refusal.sentence)
  return result.value
}

export async function foundTeam(making: Making, zone: string): Promise<SimTeam> {
  const { connections, random, now } = making
  const db = connections.control
  const team = await insertTeam(db, { publicId: newId(now, random), name: 'Acme', timeZone: zone, now })
  await updateTeam(db, team, { legalName: 'Acme Ltd', postalAddress: '1 Main Street' })
  const userId = newId(now, random)
  const user = {
    id: userId,
    team,
    name: 'Ann Acme',
    firstName: 'Ann',
    lastName: 'Acme',
    role: 'admin' as const,
  }
  await insertUser(db, { ...user, email: `ann${team}@acme.test`, now })
  const colleagueId = newId(now, random)
  const colleague = { ...user, id: colleagueId, name: 'Bob Acme', firstName: 'Bob', role: 'member' as const }
  await insertUser(db, { ...colleague, email: `bob${team}@acme.test`, now })
  await createDefaultStages(db, { team, now, random })
  await createDefaultCallOutcomes(db, { team, now, random })
  // Low enough for a mailbox to be suspended within weeks.
  await connections.query(
    `update teams set stale_after_hours = $2, blocked_per_day_max = 2, domain_daily_cap = $3, account_weekly_cap = $4
     where id = $1`,
    [team, pick([30, 72, 168], random), pick([null, 3, 4], random), between(18, 28, random)],
  )
  const stages = await contactStagesOf(db, team)
  const founded = {
    team,
    userId,
    colleagueId,
    mailboxes: await openMailboxes(making, { team, userId, colleagueId }),
    scheduleIds: await writeSchedules(making, { team, zone }),
    sequenceIds: [] as Id[],
    contactIds: [] as Id[],
    accountIds: [] as Id[],
    stages: {
      excluded: stages.find((one) => one.role === 'not_interested')!.id,
      other: stages[0]!.id,
      excludedAccount: newId(now, random),
      otherAccount: newId(now, random),
    },
  }
  await openAccounts(making, founded)
  await writeSnippet(db, { team, userId, now, random })
  await writeSequences(making, founded)
  founded.contactIds.push(...(await addContacts(making, { team: founded, from: 0, count: 44 })))
  return founded
}

/** A full account; a relay whose answers the first reads; a server that gives mails ids of its own. */
const MAILBOXES = [
  { local: 'ann', keepsMessageId: true, filesSentCopy: true, relay: false },
  { local: 'news', keepsMessageId: true, filesSentCopy: false, relay: true },
  { local: 'bob', keepsMessageId: false, filesSentCopy: false, relay: false },
] as const

async function openMailboxes(
  { connections, random, now }: Making,
  o: { team: TeamId; userId: Id; colleagueId: Id },
): Promise<SimMailbox[]> {
  const made: SimMailbox[] = []
  for (const { local, keepsMessageId, filesSentCopy, relay } of MAILBOXES) {
    const mailboxId = newId(now, random)
    const address = `${local}@acme.test`
    const readsVia = relay ? made[0]!.mailboxId : null
    const [daily, hourly] = [between(14, 40, random), between(4, 12, random)]
    const gapMs = pick([0, 45 * SECOND, 2 * MINUTE, 5 * MINUTE], random)
    // The relay is young: it starts low and reaches its limit while the seed runs.
    const ramp = relay
      ? [new Date(now + DAY), between(6, 9, random), between(2, 4, random)]
      : [null, null, null]
    await connections.query(
      `insert into mailboxes (team_id, id, kind, user_id, address, from_name, smtp_host, smtp_port, smtp_tls, imap_host, imap_port, imap_tls,
         reads_via, daily_limit, hourly_limit, gap_ms, gap_jitter_percent, ramp_starts_on, ramp_start, ramp_step, state, keeps_message_id, files_sent_copy, created_at, updated_at)
       values ($1, $2, 'smtp', $3, $4, 'Ann Acme', 'smtp.acme.test', 465, 'tls', $5, 993, 'tls', $6, $7, $8, $9, $13, $14, $15, $16,
         'connected', $10, $11, $12, $12)`,
      [
        o.team,
        mailboxId,
        local === 'bob' ? o.colleagueId : o.userId,
        address,
        relay ? null : 'imap.acme.test',
        readsVia,
        daily,
        hourly,
        gapMs,
        keepsMessageId,
        filesSentCopy,
        new Date(now),
        pick([0, 20, 100], random),
        ...ramp,
      ],
    )
    if (!relay)
      await connections.query(
        `insert into folders (team_id, mailbox_id, folder, role, uid_validity, last_uid, read_at)
         values ($1, $2, 'INBOX', 'inbox', 1, 0, $3), ($1, $2, 'Sent', 'sent', 1, 0, $3)`,
        [o.team, mailboxId, new Date(now)],
      )
    made.push({ mailboxId, address, keepsMessageId, filesSentCopy, readsVia })
  }
  return made
}

/** Removed in some seeds, or its owner deleted; the other two stay. */
export const leavingMailbox = ({ mailboxes }: SimTeam) => mailboxes.at(-1)!

/** Two companies; the sequences exclude a stage that one of them is in at times. */
async function openAccounts({ connections, random, now }: Making, made: SimTeam): Promise<void> {
  const { team, stages } = made
  await connections.query(
    "insert into stages (team_id, id, kind, name, position) values ($1, $2, 'account', 'Lost', 0), ($1, $3, 'account', 'Open', 1)",
    [team, stages.excludedAccount, stages.otherAccount],
  )
  for (const name of ['North', 'South']) {
    const id = newId(now, random)
    await connections.query(
      'insert into accounts (team_id, id, name, stage_id, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)',
      [team, id, name, stages.otherAccount, new Date(now)],
    )
    made.accountIds.push(id)
  }
}

const days = (from: number, to: number, hours: readonly [number, number][]) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i).flatMap((day) =>
    hours.map(([opens, closes]) => ({ day, opensAtMinute: opens * 60, closesAtMinute: closes * 60 })),
  )

/** Office hours where the contact is; split hours with a holiday; nights, in which the clocks change. */
export function schedulesOf(zone: string, start: Instant): ScheduleDraft[] {
  const holiday = new Date(start + 8 * 86_400_000).toISOString().slice(0, 10)
  return [
    { name: 'Office hours', timeZone: zone, useContactZone: true, windows: days(1, 5, [[9, 17]]) },
    {
      name: 'Split',
      timeZone: zone,
      useContactZone: false,
      skipHolidays: true,
      extraHolidays: [holiday],
      windows: days(1, 6, [
        [8, 11.5],
        [13, 19],
      ]),
    },
    {
      name: 'Nights',
      timeZone: zone,
      useContactZone: true,
      windows: days(1, 7, [
        [0.5, 3.25],
        [20, 24],
      ]),
    },
  ]
}

async function writeSchedules(
  { connections, random, now }: Making,
  o: { team: TeamId; zone: string },
): Promise<Id[]> {
  const ids: Id[] = []
  for (const draft of schedulesOf(o.zone, now))
    ids.push(
      expectDone(
        await createSchedule(connections.control, { team: o.team, actor: 'user:sim', now, random }, draft),
      ),
    )
  return ids
}

const WAITS = [
  { waitAmount: 5, waitUnit: 'minute' },
  { waitAmount: 3, waitUnit: 'hour' },
  { waitAmount: 1, waitUnit: 'day' },
  { waitAmount: 2, waitUnit: 'day' },
  { waitAmount: 36, waitUnit: 'hour' },
  { waitAmount: 3, waitUnit: 'day', businessDays: true },
  { waitAmount: 1, waitUnit: 'week' },
] as const

/** `{{title}}` is missing for some: they are held. */
export function stepOf(sequence: number, n: number, random: Random): StepDraft {
  const answers = n > 1 && random.next() < 0.7
  const wording = (name: string, weight = 1): VariantDraft => ({
    weight,
    thread: answers ? 'reply_to_thread' : 'new_thread',
    approved: true,
    template: {
      subject: answers ? null : `Offer ${sequence}.${n}${name} for {{first_name}}`,
      bodyHtml: `<p>Hello {{first_name}}, this is step ${n}${name}${random.next() < 0.25 ? ' for a {{title}}' : ''}.${random.next() < 0.3 ? ` {{snippet:${SNIPPET}}}` : ''} <a href="https://acme.example/${n}">More</a> <a href="https://acme.example/">About us</a></p>`,
    },
  })
  const wait =
    n === 1
      ? pick(
          [
            { waitAmount: 0, waitUnit: 'day' },
            { waitAmount: 20, waitUnit: 'minute' },
          ] as const,
          random,
        )
      : pick(WAITS, random)
  const priority = pick([null, null, 'high', 'low'] as const, random)
  return {
    kind: 'auto_email',
    ...wait,
    priority,
    variants: random.next() < 0.3 ? [wording('a', sequence), wording('b', n)] : [wording('')],
  }
}

/** Of the second sequence, whose people wait after an answer from their company; the first goes on, the third stops. */
export const SIM_DELAY_DAYS = 2

async function writeSequences({ connections, random, now }: Making, made: SimTeam): Promise<void> {
  const { team, userId, stages } = made
  const writing = { team, userId, actor: `user:${userId}`, now, random, publicUrl: 'https://segue.acme.test' }
  for (const [i, length] of [3, 3, 4].entries()) {
    // The second email of each carries a file.
    const file = await uploadFile(connections.control, { team, userId, now, random })
    const steps = Array.from({ length }, (_, n) => stepOf(i + 1, n + 1, random))
    steps[1] = {
      ...steps[1]!,
      variants: steps[1]!.variants!.map((one) => ({ ...one, attachmentIds: [file] })),
    }
    // A call that nobody may ever make, and an email that somebody reads before it leaves.
    if (i === 2) steps.splice(2, 0, { kind: 'call', waitAmount: 1, waitUnit: 'day', autoSkipDays: 3 })
    if (i === 1) steps[2] = { ...steps[2], kind: 'manual_email', autoSkipDays: 10 }
    if (i === 1) steps[0] = { ...steps[0], dailyCap: between(6, 9, random) }
    const draft = {
      name: `Sequence ${i + 1}`,
      scheduleId: made.scheduleIds[i]!,
      dailyCap: i === 2 ? between(14, 20, random) : null,
      // The second tracks nothing; a click ends the third.
      trackOpens: i !== 1,
      trackClicks: i !== 1,
      finishOnClick: i === 2,
      // Whoever opens the first or the third is called.
      taskOnOpens: i !== 1,
      taskOpenThreshold: 1,
      excludedContactStageIds: [stages.excluded],
      sameAccountReply: COMPANY_RULES[i]!,
      sameAccountDelayDays: SIM_DELAY_DAYS,
      steps,
      // The first is switched on by a person, after people were added.
      active: i !== 0,
    }
    made.sequenceIds.push(expectDone(await createSequence(connections.control, writing, draft)))
    await connections.query('update sequences set excluded_account_stage_ids = $2 where id = $1', [
      made.sequenceIds.at(-1),
      [stages.excludedAccount],
    ])
  }
  // The last email of the first is for a date: some come to it in time, some are late.
  await connections.query(
    `update steps set exact_at = $2 where sequence_id = $1 and position = (select max(position) from steps where sequence_id = $1)`,
    [made.sequenceIds[0], new Date(now + between(9, 14, random) * DAY)],
  )
}

const ZONES = [
  null,
  null,
  'America/New_York',
  'America/Los_Angeles',
  'Europe/Berlin',
  'Europe/London',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
]

export async function addContacts(
  { connections, random, now }: Making,
  { team, from, count }: { team: SimTeam; from: number; count: number },
): Promise<Id[]> {
  const contacts = Array.from({ length: count }, (_, i) => {
    const n = from + i
    const fields: ContactFields = {
      firstName: `Person${n}`,
      email: random.next() < 0.02 ? null : `person${n}@company${n % 23}.example`,
      title: random.next() < 0.07 ? null : 'Director',
      timeZone: pick(ZONES, random),
      accountId: pick([null, null, ...team.accountIds], random),
    }
    const blank = blankContact({
      id: newId(now, random),
      userId: team.userId,
      stageId: team.stages.other,
      source: 'api',
      now,
    })
    const applied = applyFields(blank, fields, now)
    if (!applied.ok) throw new Error(applied.sentence)
    return applied.row
  })
  await insertContacts(connections.control as Db, { team: team.team, contacts })
  return contacts.map((one) => one.id)
}
