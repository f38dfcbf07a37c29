/** What people say about a company, applied to its row: given values overwrite, null and "" clear, what is left out stays. */
import { hostOf, normalizeDomain } from '../core/address.ts'
import type { Instant } from '../core/clock.ts'
import type { Id } from '../core/ids.ts'
import type { AccountRow } from '../store/accounts.ts'

type Text = string | null

/** Keys left out, or undefined, are kept as they are. */
export interface AccountFields {
  name?: Text | undefined
  /** As people type it: `https://www.acme.com/about` is acme.com. */
  domain?: Text | undefined
  phone?: Text | undefined
  rawAddress?: Text | undefined
  stageId?: Id | null | undefined
  ownerId?: Id | null | undefined
  /** By the key of the field. */
  custom?: Readonly<Record<string, string | number | boolean | null>> | undefined
}

export type AppliedAccount =
  | { ok: true; row: AccountRow }
  | { ok: false; field: 'name' | 'domain'; sentence: string }

/** A company that nothing is known of yet. */
export function blankAccount(o: { id: Id; userId: Id; source: string; now: Instant }): AccountRow {
  return {
    id: o.id,
    name: '',
    domain: null,
    phone: null,
    rawAddress: null,
    stageId: null,
    ownerId: o.userId,
    custom: {},
    source: o.source,
    createdAt: o.now,
    updatedAt: o.now,
  }
}

/** The row as it is after the fields. A company is known by its name, else by its domain; one of them it must have. */
export function applyAccountFields(row: AccountRow, fields: AccountFields, now: Instant): AppliedAccount {
  const next: AccountRow = { ...row, updatedAt: now }
  if (fields.phone !== undefined) next.phone = fields.phone?.trim() || null
  if (fields.rawAddress !== undefined) next.rawAddress = fields.rawAddress?.trim() || null
  if (fields.stageId !== undefined) next.stageId = fields.stageId
  if (fields.ownerId !== undefined) next.ownerId = fields.ownerId
  if (fields.domain !== undefined) {
    const domain = readDomain(fields.domain)
    if (!domain.ok) return { ok: false, field: 'domain', sentence: domain.reason }
    next.domain = domain.domain
  }
  if (fields.name !== undefined) next.name = fields.name?.trim() ?? ''
  next.name ||= next.domain ?? ''
  if (next.name === '')
    return { ok: false, field: 'name', sentence: 'Please specify at least a name or domain.' }
  if (fields.custom) {
    const custom = Object.entries({ ...row.custom, ...fields.custom })
    next.custom = Object.fromEntries(
      custom.flatMap(([key, value]) => (value === null || value === '' ? [] : [[key, value]])),
    )
  }
  return { ok: true, row: next }
}

function readDomain(text: Text): { ok: true; domain: string | null } | { ok: false; reason: string } {
  const given = text?.trim() ?? ''
  return given === '' ? { ok: true, domain: null } : normalizeDomain(hostOf(given))
}
