/** One row of an imported file as what it says about a contact, or the sentence why it cannot be read. Touches no database. */
import { normalizeAddress, normalizeDomain } from '../core/address.ts'
import type { PhoneKind } from '../core/phone.ts'
import { PHONE_MAX } from '../core/phone.ts'
import { snakeName } from '../core/template-values.ts'
import { zoneProblem } from '../core/zone.ts'
import type { ContactFields } from './contact-fields.ts'
import { type ContactField, CUSTOM, type Mapping } from './import-columns.ts'
import type { NumberedRecord } from './read-import.ts'
import { splitName } from './set-up-team.ts'

export interface Failure {
  row: number
  /** The cells, or the whole line where it could not be cut into cells. */
  fields: string[]
  reason: string
}

export interface ContactLine {
  row: number
  cells: string[]
  /** Normalized; null for somebody without an address. */
  address: string | null
  /** Only what the row has a value for: an empty cell changes nothing. */
  fields: ContactFields
  listNames: string[]
}

export type Read<Line> = { ok: true; line: Line } | { ok: false; failure: Failure }

/** Where each field stands, looked up once per file. */
export type Places = readonly { index: number; field: string }[]

export function placesOf(columns: readonly string[], mapping: Mapping): Places {
  return Object.entries(mapping).map(([column, field]) => ({ index: columns.indexOf(column), field }))
}

/** Longer cells are a shifted or broken file; the same bound as the API's. */
const CELL_MAX = 2_000
const CUSTOM_MAX = 10_000

type Plain = Exclude<ContactField, `${string}_phone` | 'name' | 'job_changed' | 'label_names'>
const PLAIN: Record<Plain, keyof ContactFields> = {
  email: 'email',
  email_status: 'emailStatus',
  first_name: 'firstName',
  last_name: 'lastName',
  title: 'title',
  organization_name: 'organizationName',
  website_url: 'websiteUrl',
  linkedin_url: 'linkedinUrl',
  street_address: 'street',
  city: 'city',
  state: 'state',
  country: 'country',
  postal_code: 'postalCode',
  present_raw_address: 'rawAddress',
  time_zone: 'timeZone',
}
const PHONES: Record<string, PhoneKind> = {
  direct_phone: 'work_direct',
  mobile_phone: 'mobile',
  corporate_phone: 'work_hq',
  home_phone: 'home',
  other_phone: 'other',
}

const YES_OR_NO: Record<string, boolean> = {
  ...{ yes: true, y: true, true: true, '1': true, x: true },
  ...{ no: false, n: false, false: false, '0': false },
}

export function readContact(record: NumberedRecord, places: Places): Read<ContactLine> {
  if (!record.ok) return failed(record, [record.text], record.reason)
  const { cells } = record
  const values = new Map<string, string>()
  for (const { index, field } of places) {
    const cell = cells[index]?.trim().toWellFormed() ?? ''
    if (cell === '') continue
    const most = field.startsWith(CUSTOM) ? CUSTOM_MAX : field.endsWith('_phone') ? PHONE_MAX : CELL_MAX
    if (cell.length > most)
      return failed(
        record,
        cells,
        `The cell for ${field} has ${cell.length} characters; at most ${most} fit.`,
      )
    values.set(field, cell)
  }
  const email = values.get('email')
  const address = email === undefined ? undefined : normalizeAddress(email)
  if (address?.ok === false) return failed(record, cells, address.reason)
  const fields = fieldsFrom(values)
  if (!address && !fields.firstName && !fields.lastName)
    return failed(record, cells, 'The row has neither an address nor a name.')
  const zone = values.get('time_zone')
  const problem = zone === undefined ? undefined : zoneProblem(zone)
  if (problem !== undefined) return failed(record, cells, problem)
  const moved = values.get('job_changed')?.toLowerCase()
  if (moved !== undefined && !Object.hasOwn(YES_OR_NO, moved))
    return failed(record, cells, `The cell for job_changed is "${moved}"; expected yes or no.`)
  const listNames = (values.get('label_names') ?? '').split(/[,;]/).map((name) => name.trim().slice(0, 255))
  return {
    ok: true,
    line: {
      row: record.number,
      cells,
      address: address?.ok ? address.address : null,
      fields:
        fields.firstName || fields.lastName || !address?.ok
          ? fields
          : { ...fields, ...displayName(address.name) },
      listNames: listNames.filter((name) => name !== ''),
    },
  }
}

/** `Ada Lovelace <ada@acme.test>` says the name as well. */
function displayName(name: string | undefined): Partial<ContactFields> {
  if (name === undefined) return {}
  const { firstName, lastName } = splitName(name)
  return { ...(firstName !== null && { firstName }), ...(lastName !== null && { lastName }) }
}

function fieldsFrom(values: ReadonlyMap<string, string>): ContactFields {
  const fields: Record<string, unknown> = {}
  const phones: Record<string, string> = {}
  const custom: Record<string, string> = {}
  for (const [field, value] of values) {
    if (Object.hasOwn(PLAIN, field)) fields[PLAIN[field as Plain]] = value
    else if (Object.hasOwn(PHONES, field)) phones[PHONES[field]!] = value
    else if (field.startsWith(CUSTOM)) custom[snakeName(field.slice(CUSTOM.length))] = value
  }
  const moved = values.get('job_changed')
  if (moved !== undefined) fields['jobChanged'] = YES_OR_NO[moved.toLowerCase()]
  const name = values.get('name')
  if (name !== undefined && fields['firstName'] === undefined && fields['lastName'] === undefined) {
    const { firstName, lastName } = splitName(name)
    if (firstName !== null) fields['firstName'] = firstName
    if (lastName !== null) fields['lastName'] = lastName
  }
  return {
    ...(fields as ContactFields),
    ...(Object.keys(phones).length > 0 && { phones }),
    ...(Object.keys(custom).length > 0 && { custom }),
  }
}

export interface SuppressionLine {
  row: number
  cells: string[]
  kind: 'address' | 'domain'
  value: string
}

export function readSuppression(record: NumberedRecord, places: Places): Read<SuppressionLine> {
  if (!record.ok) return failed(record, [record.text], record.reason)
  const cell = record.cells[places[0]!.index]?.trim().toWellFormed() ?? ''
  const read = addressOrDomain(cell)
  if (!read.ok) return failed(record, record.cells, read.reason)
  return { ok: true, line: { row: record.number, cells: record.cells, kind: read.kind, value: read.value } }
}

/** `ada@acme.test` is an address; `acme.test`, `@acme.test` and `*@acme.test` are the domain. */
export function addressOrDomain(
  text: string,
): { ok: true; kind: 'address' | 'domain'; value: string } | { ok: false; reason: string } {
  const bare = text.trim().replace(/^\*?@/, '')
  if (bare === '') return { ok: false, reason: 'The cell is empty. Give an address or a domain.' }
  if (bare.includes('@')) {
    const read = normalizeAddress(bare)
    return read.ok ? { ok: true, kind: 'address', value: read.address } : read
  }
  const read = normalizeDomain(bare)
  return read.ok ? { ok: true, kind: 'domain', value: read.domain } : read
}

function failed(record: NumberedRecord, fields: string[], reason: string): { ok: false; failure: Failure } {
  return {
    ok: false,
    failure: { row: record.number, fields: fields.map((field) => field.toWellFormed()), reason },
  }
}
