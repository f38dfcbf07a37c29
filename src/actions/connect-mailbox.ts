/** Takes a mailbox's settings from a person: judges them, seals the passwords, saves. The mailbox sends nothing until a check has passed. */
import { normalizeAddress } from '../core/address.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import { isOAuthProvider, type OAuthProvider, PROVIDER_NAMES } from '../core/oauth.ts'
import { PACE_DEFAULTS } from '../core/pacing.ts'
import type { RampPlan } from '../core/ramp-up.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { localDay, plainDate } from '../core/zone.ts'
import type { Keys } from '../seal.ts'
import { deleteGrant } from '../store/mailbox-grants.ts'
import {
  hasRealMailbox,
  hasTravelled,
  insertMailbox,
  isAddressTaken,
  type MailboxRow,
  type MailboxSettings,
  type MailServer,
  mailboxById,
  mailboxesOf,
  saveMailbox,
  type Tls,
} from '../store/mailboxes.ts'
import { makeDefault, schedulesOf, sequencesOnSchedule } from '../store/schedules.ts'
import { teamById } from '../store/teams.ts'
import { sealPassword } from './mailbox-access.ts'
import { limitsProblem } from './mailbox-limits.ts'
import { hostProblem } from './private-hosts.ts'

/** What is left out keeps its value, or its default on a new mailbox. */
export interface MailboxDraft {
  address?: string
  fromName?: string | null
  replyTo?: string | null
  aliases?: readonly string[]
  signatureHtml?: string
  smtp?: ServerDraft
  imap?: ServerDraft | null
  readsVia?: Id | null
  dailyLimit?: number
  hourlyLimit?: number
  gapMs?: number
  gapJitterPercent?: number
  /** Null: none. Without a date it starts today, or keeps the date it had. */
  rampUp?: (Omit<RampPlan, 'startsOn'> & { startsOn?: string }) | null
}

export interface ServerDraft {
  host: string
  port?: number
  tls?: Tls
  user?: string | null
  /** Left out: the saved one stays, unless host or user changed to nothing. */
  password?: string | null
}

export interface Connecting {
  team: TeamId
  userId: Id
  keys: Keys
  /** `SEGUE_TIME_TRAVEL=1`. */
  timeTravel: boolean
  privateMailHosts: readonly string[]
  now: Instant
  random: Random
}

export interface Connected {
  id: Id
  /** Sequences that still send at any hour, now that mail goes to the world. */
  onAlways: { id: Id; name: string | null }[]
}

const TRAVELLED =
  'This database has travelled in time: its history has dates that never were, so it never sends to the world. Set up a fresh one (another SEGUE_DATA_DIR) for real mailboxes.'
export const TRAVELLING =
  'Time travel is on (SEGUE_TIME_TRAVEL=1), and real mailboxes and time travel exclude each other. Start without it to connect a mailbox.'

/** The first real mailbox makes Mon-Fri 9-17 what new sequences get. */
export async function connectMailbox(
  db: Db,
  connecting: Connecting,
  draft: MailboxDraft,
): Promise<Result<Connected>> {
  if (connecting.timeTravel) return refused(TRAVELLING, { code: 'time_travel' })
  const id = newId(connecting.now, connecting.random)
  const settings = await settled(db, connecting, { id, draft, before: undefined })
  if (!settings.ok) return settings
  return saveNew(db, connecting, { id, kind: 'smtp', settings: settings.value })
}

/** `also`: what belongs to it, in the same transaction. */
export function saveNew(
  db: Db,
  connecting: Connecting,
  {
    also,
    ...made
  }: {
    id: Id
    kind: 'smtp' | OAuthProvider
    settings: MailboxSettings
    also?: (tx: Db) => Promise<void>
  },
): Promise<Result<Connected>> {
  const { team, userId, now } = connecting
  const connected = db.transaction(async (tx): Promise<Result<Connected>> => {
    if (await hasTravelled(tx)) return refused(TRAVELLED, { code: 'travelled' })
    const first = !(await hasRealMailbox(tx, team))
    await insertMailbox(tx, { team, userId, now, ...made })
    await also?.(tx)
    return done({ id: made.id, onAlways: first ? await leaveAlways(tx, connecting) : [] })
  })
  return unlessTaken(connected, made.settings.address)
}

/** Of two who connect one address at once, the second sees the first only when it saves. */
async function unlessTaken<T>(saved: Promise<Result<T>>, address: string): Promise<Result<T>> {
  try {
    return await saved
  } catch (error) {
    if (isAddressTaken(error)) return refused(connectedAlready(address))
    throw error
  }
}

const connectedAlready = (address: string) => `${address} is connected already. Change that mailbox instead.`

/** Changing how it is reached puts it behind its check again. */
export async function changeMailbox(
  db: Db,
  connecting: Connecting,
  { id, draft }: { id: Id; draft: MailboxDraft },
): Promise<Result<null>> {
  const before = await mailboxById(db, { team: connecting.team, id })
  if (!before) return notFound()
  if (before.kind === 'sandbox' && (draft.smtp || draft.imap || draft.readsVia || draft.address))
    return refused(
      'The sandbox has no servers and keeps its address: its mails stay in the page. Connect a mailbox of your own instead.',
    )
  const settings = await settled(db, connecting, { id, draft, before })
  if (!settings.ok) return settings
  const kind = kindOf(before, settings.value)
  if (kind === undefined)
    return refused(
      `${before.address} is connected with ${providerOf(before)}, which names its servers. To log in with a password instead, enter that of SMTP and of IMAP; to stay with ${providerOf(before)}, leave both out.`,
    )
  const { team, now } = connecting
  const unchecked = before.kind !== 'sandbox' && wayOf(before) !== wayOf(settings.value)
  const saved = db.transaction(async (tx) => {
    await saveMailbox(tx, { team, id, kind, settings: settings.value, unchecked, now })
    if (kind !== before.kind) await deleteGrant(tx, { team, mailboxId: id })
    return done(null)
  })
  return unlessTaken(saved, settings.value.address)
}

/** Servers of a person's own take the place of the provider's sign-in, if there is a password for each login. Undefined: there is not. */
function kindOf(before: MailboxRow, { smtp, imap }: MailboxSettings): MailboxRow['kind'] | undefined {
  if (!isOAuthProvider(before.kind) || serversOf(before) === serversOf({ smtp, imap })) return before.kind
  const lacks = (one: MailServer | null) => one !== null && one.user !== null && one.sealed === null
  return lacks(smtp) || lacks(imap) ? undefined : 'smtp'
}

const providerOf = ({ kind }: MailboxRow): string => (isOAuthProvider(kind) ? PROVIDER_NAMES[kind] : kind)

/** How it is reached, as one text: value by value, since the servers of a row have their keys in the database's order. */
export function wayOf({ address, smtp, imap, readsVia }: MailboxSettings): string {
  return JSON.stringify([address, serversOf({ smtp, imap }), readsVia])
}

function serversOf({ smtp, imap }: Pick<MailboxSettings, 'smtp' | 'imap'>): string {
  const server = (one: MailServer | null) => one && [one.host, one.port, one.tls, one.user, one.sealed]
  return JSON.stringify([server(smtp), server(imap)])
}

async function leaveAlways(tx: Db, { team, now }: Connecting): Promise<Connected['onAlways']> {
  const schedules = await schedulesOf(tx, team)
  const current = schedules.find((schedule) => schedule.isDefault)
  const weekdays = schedules.find((schedule) => !schedule.always && schedule.windows.length > 0)
  if (current?.always && weekdays) await makeDefault(tx, { team, id: weekdays.id, now })
  const still: Connected['onAlways'] = []
  for (const schedule of schedules.filter((one) => one.always))
    for (const { id, name } of await sequencesOnSchedule(tx, { team, id: schedule.id }))
      still.push({ id, name })
  return still
}

async function settled(
  db: Db,
  connecting: Connecting,
  { id, draft, before }: { id: Id; draft: MailboxDraft; before: MailboxRow | undefined },
): Promise<Result<MailboxSettings>> {
  const smtp = server(draft.smtp, before?.smtp ?? null, { id, use: 'smtp', connecting })
  if (!smtp.ok) return smtp
  const imap = server(draft.imap, before?.imap ?? null, { id, use: 'imap', connecting })
  if (!imap.ok) return imap
  const settings: MailboxSettings = {
    address: draft.address ?? before?.address ?? '',
    fromName: given(draft.fromName, before?.fromName ?? null),
    replyTo: given(draft.replyTo, before?.replyTo ?? null),
    aliases: [...(draft.aliases ?? before?.aliases ?? [])],
    signatureHtml: draft.signatureHtml ?? before?.signatureHtml ?? '',
    smtp: smtp.value,
    imap: imap.value,
    readsVia: given(draft.readsVia, before?.readsVia ?? null),
    dailyLimit: draft.dailyLimit ?? before?.dailyLimit ?? PACE_DEFAULTS.dailyLimit,
    hourlyLimit: draft.hourlyLimit ?? before?.hourlyLimit ?? PACE_DEFAULTS.hourlyLimit,
    gapMs: draft.gapMs ?? before?.gapMs ?? PACE_DEFAULTS.gapMs,
    gapJitterPercent: draft.gapJitterPercent ?? before?.gapJitterPercent ?? PACE_DEFAULTS.gapJitterPercent,
    rampUp: await rampUpOf(db, connecting, { draft, before: before?.rampUp ?? null }),
  }
  const problem = before?.kind === 'sandbox' ? limitsProblem(settings) : problemOf(settings)
  if (problem !== undefined) return refused(problem)
  const others = (await mailboxesOf(db, connecting.team)).filter((one) => one.id !== id)
  const clash = before?.kind === 'sandbox' ? undefined : amongOthers(settings, others)
  return clash === undefined ? done(settings) : refused(clash)
}

export async function rampUpOf(
  db: Db,
  { team, now }: Pick<Connecting, 'team' | 'now'>,
  { draft, before }: { draft: Pick<MailboxDraft, 'rampUp'>; before: RampPlan | null },
): Promise<RampPlan | null> {
  if (draft.rampUp == null) return given(draft.rampUp, before)
  const { startsOn = before?.startsOn, ...plan } = draft.rampUp
  if (startsOn !== undefined) return { ...plan, startsOn }
  const { timeZone } = await teamById(db, team)
  return { ...plan, startsOn: plainDate(localDay(timeZone, now)).toString() }
}

const given = <T>(value: T | undefined, before: T): T => (value === undefined ? before : value)

const PORTS: Record<'smtp' | 'imap', Record<Tls, number>> = {
  smtp: { tls: 465, starttls: 587, none: 25 },
  imap: { tls: 993, starttls: 143, none: 143 },
}

/** Null: there is none. A host alone gets the port and the encryption that providers use. */
function server(
  draft: ServerDraft | null | undefined,
  before: MailServer | null,
  { id, use, connecting }: { id: Id; use: 'smtp' | 'imap'; connecting: Connecting },
): Result<MailServer | null> {
  if (draft === undefined) return done(before)
  if (draft === null) return done(null)
  const host = draft.host.trim()
  const problem = hostProblem(host, connecting.privateMailHosts)
  if (problem !== undefined) return refused(problem, { parameter: `${use}[host]` })
  const byPort = draft.port === undefined ? undefined : tlsOfPort(use, draft.port)
  const tls = draft.tls ?? (before?.host === host ? before.tls : undefined) ?? byPort ?? 'tls'
  const user = given(draft.user, before?.user ?? null)
  // A password is for the server and the login it was entered for: it never goes to another one by itself.
  const same = before !== null && before.host === host && before.user === user
  const kept = same ? before.sealed : null
  const sealed =
    draft.password == null || draft.password === ''
      ? draft.password === null
        ? null
        : kept
      : sealPassword(connecting.keys, { mailboxId: id, use }, draft.password)
  if (user !== null && sealed === null)
    return refused(`The password of ${user} at ${host} is missing. Enter it.`, {
      parameter: `${use}[password]`,
    })
  return done({ host, port: draft.port ?? PORTS[use][tls], tls, user, sealed })
}

function tlsOfPort(use: 'smtp' | 'imap', port: number): Tls | undefined {
  if (port === PORTS[use].tls) return 'tls'
  return port === 587 || port === 143 || port === 25 ? 'starttls' : undefined
}

function problemOf(settings: MailboxSettings): string | undefined {
  const address = normalized(settings.address)
  if (typeof address !== 'string') return `The address of the mailbox: ${address.reason}`
  settings.address = address
  if (settings.replyTo !== null) {
    const replyTo = normalized(settings.replyTo)
    if (typeof replyTo !== 'string') return `The reply-to address: ${replyTo.reason}`
    settings.replyTo = replyTo
  }
  const aliases = settings.aliases.map(normalized)
  const wrong = aliases.find((one) => typeof one !== 'string')
  if (wrong !== undefined && typeof wrong !== 'string') return `An alias: ${wrong.reason}`
  settings.aliases = [...new Set(aliases as string[])].filter((one) => one !== address)
  if (settings.smtp === null) return 'The SMTP server is missing: it is what sends. Enter its host.'
  if (settings.imap === null && settings.readsVia === null)
    return 'Without IMAP nobody would see the answers. Enter the IMAP server, or name the mailbox that reads the replies (reads_via).'
  return limitsProblem(settings)
}

function normalized(text: string): string | { reason: string } {
  const read = normalizeAddress(text)
  return read.ok ? read.address : { reason: read.reason }
}

function amongOthers(settings: MailboxSettings, others: readonly MailboxRow[]): string | undefined {
  if (others.some((one) => one.address === settings.address)) return connectedAlready(settings.address)
  if (settings.readsVia === null) return undefined
  const reader = others.find((one) => one.id === settings.readsVia)
  if (!reader) return `The mailbox ${settings.readsVia}, which is to read the replies, does not exist.`
  return reader.imap === null
    ? `${reader.address} has no IMAP itself, so it cannot read the replies. Name one that has.`
    : undefined
}
