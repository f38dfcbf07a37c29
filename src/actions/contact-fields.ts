/** What people say about a contact, applied to its row: given values overwrite, null and "" clear, what is left out stays. */
import { normalizeAddress } from '../core/address.ts'
import type { Instant } from '../core/clock.ts'
import { inferZone } from '../core/contact-zone.ts'
import { EMAIL_STATUSES, emailStatusOf } from '../core/email-status.ts'
import type { Id } from '../core/ids.ts'
import { PHONE_KINDS, type Phone, type PhoneKind, sanitizePhone } from '../core/phone.ts'
import { canonicalZone, zoneProblem } from '../core/zone.ts'
import type { ContactRow } from '../store/contacts.ts'

type Text = string | null

/** Keys left out, or undefined, are kept as they are. */
export interface ContactFields {
  firstName?: Text | undefined
  lastName?: Text | undefined
  title?: Text | undefined
  email?: Text | undefined
  /** A word of `EMAIL_STATUSES`; null: verified. */
  emailStatus?: Text | undefined
  /** Somebody has learned that they work elsewhere now. */
  jobChanged?: boolean | null | undefined
  organizationName?: Text | undefined
  websiteUrl?: Text | undefined
  linkedinUrl?: Text | undefined
  accountId?: Id | null | undefined
  stageId?: Id | null | undefined
  ownerId?: Id | null | undefined
  rawAddress?: Text | undefined
  street?: Text | undefined
  city?: Text | undefined
  state?: Text | undefined
  country?: Text | undefined
  postalCode?: Text | undefined
  /** IANA, any case: stated by a person. */
  timeZone?: Text | undefined
  phones?: { readonly [kind in PhoneKind]?: Text | undefined } | undefined
  /** By the key of the field. */
  custom?: Readonly<Record<string, string | number | boolean | null>> | undefined
}

export type Applied =
  | { ok: true; row: ContactRow }
  | { ok: false; field: 'email' | 'emailStatus' | 'timeZone'; sentence: string }

/** A contact that nothing is known of yet. */
export function blankContact(o: {
  id: Id
  userId: Id
  stageId: Id | null
  source: string
  now: Instant
}): ContactRow {
  return {
    id: o.id,
    accountId: null,
    ownerId: o.userId,
    creatorId: o.userId,
    stageId: o.stageId,
    firstName: null,
    lastName: null,
    title: null,
    email: null,
    address: null,
    emailStatus: null,
    organizationName: null,
    websiteUrl: null,
    linkedinUrl: null,
    phones: [],
    rawAddress: null,
    street: null,
    city: null,
    state: null,
    country: null,
    postalCode: null,
    timeZone: null,
    timeZoneSource: null,
    custom: {},
    source: o.source,
    jobChangedAt: null,
    importId: null,
    lastActivityAt: null,
    deletedAt: null,
    mergedInto: null,
    createdAt: o.now,
    updatedAt: o.now,
  }
}

const PLAIN = [
  'firstName',
  'lastName',
  'title',
  'organizationName',
  'websiteUrl',
  'linkedinUrl',
  'rawAddress',
  'street',
  'city',
  'state',
  'country',
  'postalCode',
] as const
const REFERENCES = ['accountId', 'stageId', 'ownerId'] as const

/** The row as it is after the fields. Refuses an address or a zone that is none, with the sentence to show. */
export function applyFields(row: ContactRow, fields: ContactFields, now: Instant): Applied {
  const next: ContactRow = { ...row, updatedAt: now }
  for (const field of PLAIN) {
    const given = fields[field]
    if (given !== undefined) next[field] = given?.trim() || null
  }
  for (const field of REFERENCES) {
    const given = fields[field]
    if (given !== undefined) next[field] = given || null
  }
  const refused =
    applyEmail(next, fields.email) ??
    applyEmailStatus(next, fields.emailStatus) ??
    applyZone(next, fields.timeZone)
  if (refused) return refused
  if (fields.jobChanged != null) next.jobChangedAt = fields.jobChanged ? (row.jobChangedAt ?? now) : null
  if (fields.phones) next.phones = withPhones(row.phones, fields.phones)
  inferOwnZone(next)
  if (fields.custom) {
    const custom = Object.entries({ ...row.custom, ...fields.custom })
    next.custom = Object.fromEntries(custom.filter(([, value]) => value !== null && value !== ''))
  }
  return { ok: true, row: next }
}

function applyEmail(row: ContactRow, email: Text | undefined): Applied | undefined {
  if (email === undefined) return undefined
  const given = email?.trim() ?? ''
  if (given === '') {
    row.email = row.address = row.emailStatus = null
    return undefined
  }
  const read = normalizeAddress(given)
  if (!read.ok) return { ok: false, field: 'email', sentence: read.reason }
  if (read.address !== row.address) row.emailStatus = 'verified'
  // Without the display name that may stand around it, else as typed.
  row.email = read.name === undefined ? given : read.address
  row.address = read.address
  return undefined
}

/** Of an address alone: without one there is nothing to be sure of. */
function applyEmailStatus(row: ContactRow, given: Text | undefined): Applied | undefined {
  if (given === undefined) return undefined
  const status = emailStatusOf(given?.trim() || 'verified')
  if (status === undefined) {
    const sentence = `The email status "${given}" is none of ${EMAIL_STATUSES.join(', ')}.`
    return { ok: false, field: 'emailStatus', sentence }
  }
  if (row.address !== null) row.emailStatus = status
  return undefined
}

function applyZone(row: ContactRow, zone: Text | undefined): Applied | undefined {
  if (zone === undefined) return undefined
  const given = zone?.trim() ?? ''
  const problem = given === '' ? undefined : zoneProblem(given)
  if (problem !== undefined) return { ok: false, field: 'timeZone', sentence: problem }
  row.timeZone = given === '' ? null : canonicalZone(given)!
  row.timeZoneSource = given === '' ? null : 'stated'
  return undefined
}

/** Stated beats inferred; what was inferred follows the place and the numbers. */
export function inferOwnZone(row: ContactRow): void {
  if (row.timeZoneSource === 'stated') return
  const inferred = inferZone(row, row.phones)
  row.timeZone = inferred?.zone ?? null
  row.timeZoneSource = inferred === null ? null : 'inferred'
}

/** One number of each kind, in the order of the kinds. */
function withPhones(phones: readonly Phone[], given: NonNullable<ContactFields['phones']>): Phone[] {
  return PHONE_KINDS.flatMap((kind) => {
    const raw = given[kind]
    if (raw === undefined) return phones.filter((phone) => phone.kind === kind)
    const number = raw?.trim() ?? ''
    // Saved again as it was, it stays known as wrong.
    const same = phones.find((phone) => phone.kind === kind && phone.raw === number)
    if (same) return [same]
    return number === '' ? [] : [{ kind, raw: number, sanitized: sanitizePhone(number) }]
  })
}
