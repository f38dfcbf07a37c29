/** Rows of contacts, written whole, with the text that the search reads. What a contact may look like is decided above. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Phone } from '../core/phone.ts'
import { at, atOrNull, json, kysely, likeAll } from './db.ts'

export interface ContactRow {
  id: Id
  accountId: Id | null
  ownerId: Id | null
  creatorId: Id | null
  stageId: Id | null
  firstName: string | null
  lastName: string | null
  title: string | null
  /** As it was given; `address` is its normalized form, by which one person is one. */
  email: string | null
  address: string | null
  emailStatus: string | null
  organizationName: string | null
  websiteUrl: string | null
  linkedinUrl: string | null
  phones: Phone[]
  rawAddress: string | null
  street: string | null
  city: string | null
  state: string | null
  country: string | null
  postalCode: string | null
  timeZone: string | null
  timeZoneSource: 'stated' | 'inferred' | null
  /** Values of custom fields, by the key of the field. */
  custom: Record<string, string | number | boolean | null>
  source: string
  jobChangedAt: Instant | null
  /** The import that wrote it last. */
  importId: Id | null
  lastActivityAt: Instant | null
  deletedAt: Instant | null
  /** The contact that it was merged into; it is deleted then. */
  mergedInto: Id | null
  createdAt: Instant
  updatedAt: Instant
}

export const CONTACT_COLUMNS = sql`c.id, c.account_id as "accountId", c.owner_id as "ownerId", c.creator_id as "creatorId",
  c.stage_id as "stageId", c.first_name as "firstName", c.last_name as "lastName", c.title, c.email, c.address,
  c.email_status as "emailStatus", c.organization_name as "organizationName", c.website_url as "websiteUrl",
  c.linkedin_url as "linkedinUrl", c.phones, c.raw_address as "rawAddress", c.street, c.city, c.state, c.country,
  c.postal_code as "postalCode", c.time_zone as "timeZone", c.time_zone_source as "timeZoneSource", c.custom, c.source,
  c.job_changed_at as "jobChangedAt", c.import_id as "importId", c.last_activity_at as "lastActivityAt", c.deleted_at as "deletedAt", c.merged_into as "mergedInto",
  c.created_at as "createdAt", c.updated_at as "updatedAt"`

/** In no order; deleted ones too (`deletedAt`). Unknown ids, and those of other teams, are absent. */
export async function contactsByIds(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<Map<Id, ContactRow>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<ContactRow>`
    select ${CONTACT_COLUMNS} from contacts c where c.team_id = ${team} and c.id = any(${ids as Id[]})`.execute(
    kysely(db),
  )
  return new Map(rows.map((row) => [row.id, row]))
}

export async function contactById(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<ContactRow | undefined> {
  return (await contactsByIds(db, { team, ids: [id] })).get(id)
}

/** Locked until the transaction ends, and with it whoever has the same address, all by id: a stage moves them together. */
export async function lockContact(
  tx: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<ContactRow | undefined> {
  return (await lockContacts(tx, { team, ids: [id] })).get(id)
}

/** The same, many. */
export async function lockContacts(
  tx: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<Map<Id, ContactRow>> {
  const { rows } = await sql<ContactRow>`
    select ${CONTACT_COLUMNS} from contacts c where c.team_id = ${team} and (c.id = any(${ids as Id[]})
      or c.address = any(array(select address from contacts where team_id = ${team} and id = any(${ids as Id[]}) and deleted_at is null)) and c.deleted_at is null)
    order by c.id for no key update`.execute(kysely(tx))
  const asked = new Set(ids)
  return new Map(rows.flatMap((row) => (asked.has(row.id) ? [[row.id, row]] : [])))
}

/** Those of the ids that are contacts and not deleted; nobody changes them before the transaction ends. */
export async function shareContacts(
  tx: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<Set<Id>> {
  const { rows } = await sql<{ id: Id }>`
    select id from contacts where team_id = ${team} and id = any(${ids as Id[]}) and deleted_at is null order by id for share`.execute(
    kysely(tx),
  )
  return new Set(rows.map((row) => row.id))
}

const lockedIf = (locked: boolean) => (locked ? sql`for no key update of c` : sql``)

/** The oldest contact of each address, not deleted; locked by id, if asked. */
export async function contactsByAddress(
  tx: Db,
  { team, addresses, locked }: { team: TeamId; addresses: readonly string[]; locked: boolean },
): Promise<Map<string, ContactRow>> {
  const { rows } = await sql<ContactRow>`
    select ${CONTACT_COLUMNS} from contacts c
    where c.team_id = ${team} and c.address = any(${addresses as string[]}) and c.deleted_at is null
    order by c.id ${lockedIf(locked)}`.execute(kysely(tx))
  const byAge = rows.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
  return new Map(byAge.map((row) => [row.address!, row]))
}

/** Those of the addresses that somebody has. */
export async function knownAddresses(
  db: Db,
  { team, addresses }: { team: TeamId; addresses: readonly (string | null)[] },
): Promise<Set<string>> {
  const { rows } = await sql<{ address: string }>`
    select distinct address from contacts
    where team_id = ${team} and address = any(${addresses as string[]}) and deleted_at is null`.execute(
    kysely(db),
  )
  return new Set(rows.map((row) => row.address))
}

/** The oldest contact with that name at that company, not deleted; locked, if asked. */
export async function contactByName(
  tx: Db,
  asked: { team: TeamId; firstName: string; lastName: string; organizationName: string; locked: boolean },
): Promise<ContactRow | undefined> {
  const { rows } = await sql<ContactRow>`
    select ${CONTACT_COLUMNS} from contact_texts t join contacts c on c.team_id = t.team_id and c.id = t.contact_id
    where t.team_id = ${asked.team} and t.body like ${likeAll(`${asked.firstName} ${asked.lastName}`)}
      and lower(c.first_name) = lower(${asked.firstName}) and lower(c.last_name) = lower(${asked.lastName})
      and lower(c.organization_name) = lower(${asked.organizationName}) and c.deleted_at is null
    order by c.created_at, c.id limit 1 ${lockedIf(asked.locked)}`.execute(kysely(tx))
  return rows[0]
}

/** Contacts that merge by address are written one after the other within a team: of two at once, the second finds the first. */
export async function takeMergeTurn(tx: Db, team: TeamId): Promise<void> {
  await sql`select pg_advisory_xact_lock(${MERGE_LOCK}, ${team})`.execute(kysely(tx))
}

/** Any number that no other advisory lock uses; the second key is the team. */
const MERGE_LOCK = 7_317_003

const NAMES = [
  'id',
  'account_id',
  'owner_id',
  'creator_id',
  'stage_id',
  'first_name',
  'last_name',
  'title',
  'email',
  'address',
  'email_status',
  'organization_name',
  'website_url',
  'linkedin_url',
  'phones',
  'raw_address',
  'street',
  'city',
  'state',
  'country',
  'postal_code',
  'time_zone',
  'time_zone_source',
  'custom',
  'source',
  'job_changed_at',
  'import_id',
  'deleted_at',
  'merged_into',
  'created_at',
  'updated_at',
] as const
const TYPES: Partial<Record<(typeof NAMES)[number], string>> = {
  phones: 'jsonb',
  custom: 'jsonb',
  job_changed_at: 'timestamptz',
  deleted_at: 'timestamptz',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
}
const RECORD = sql.raw(NAMES.map((name) => `${name} ${TYPES[name] ?? 'text'}`).join(', '))
const LIST = sql.raw(NAMES.join(', '))
const VALUES = sql.raw(NAMES.map((name) => `r.${name}`).join(', '))
const SETS = sql.raw(
  NAMES.filter((name) => !['id', 'creator_id', 'source', 'created_at'].includes(name))
    .map((name) => `${name} = r.${name}`)
    .join(', '),
)

export async function insertContacts(
  tx: Db,
  { team, contacts }: { team: TeamId; contacts: readonly ContactRow[] },
): Promise<void> {
  if (contacts.length === 0) return
  await sql`
    insert into contacts (team_id, ${LIST})
    select ${team}, ${VALUES} from jsonb_to_recordset(${records(contacts)}::jsonb) as r (${RECORD})`.execute(
    kysely(tx),
  )
  await writeTexts(tx, { team, contacts })
}

/** Writes rows that the caller has locked, whole. */
export async function saveContacts(
  tx: Db,
  { team, contacts }: { team: TeamId; contacts: readonly ContactRow[] },
): Promise<void> {
  if (contacts.length === 0) return
  await sql`
    update contacts c set ${SETS}, rev = c.rev + 1
    from jsonb_to_recordset(${records(contacts)}::jsonb) as r (${RECORD})
    where c.team_id = ${team} and c.id = r.id`.execute(kysely(tx))
  await writeTexts(tx, { team, contacts })
}

function records(contacts: readonly ContactRow[]): string {
  return json(
    contacts.map((row) => ({
      ...row,
      account_id: row.accountId,
      owner_id: row.ownerId,
      creator_id: row.creatorId,
      stage_id: row.stageId,
      first_name: row.firstName,
      last_name: row.lastName,
      email_status: row.emailStatus,
      organization_name: row.organizationName,
      website_url: row.websiteUrl,
      linkedin_url: row.linkedinUrl,
      raw_address: row.rawAddress,
      postal_code: row.postalCode,
      time_zone: row.timeZone,
      time_zone_source: row.timeZoneSource,
      job_changed_at: atOrNull(row.jobChangedAt),
      import_id: row.importId,
      deleted_at: atOrNull(row.deletedAt),
      merged_into: row.mergedInto,
      created_at: at(row.createdAt),
      updated_at: at(row.updatedAt),
    })),
  )
}

async function writeTexts(
  tx: Db,
  { team, contacts }: { team: TeamId; contacts: readonly ContactRow[] },
): Promise<void> {
  const texts = contacts.map((row) =>
    [row.firstName, row.lastName, row.title, row.organizationName, row.email]
      .filter((part) => part !== null)
      .join(' ')
      .toLowerCase(),
  )
  await sql`
    insert into contact_texts (team_id, contact_id, body)
    select ${team}, id, body from unnest(${contacts.map((row) => row.id)}::text[], ${texts}::text[]) as r (id, body)
    on conflict (team_id, contact_id) do update set body = excluded.body`.execute(kysely(tx))
}

/** Somebody else was at this number. It stays, so that nobody types it in again. */
export async function savePhones(
  tx: Db,
  { team, id, phones, now }: { team: TeamId; id: Id; phones: readonly Phone[]; now: Instant },
): Promise<void> {
  await sql`
    update contacts set phones = ${json(phones)}::jsonb, updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = ${id}`.execute(kysely(tx))
}
