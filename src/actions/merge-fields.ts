/** What the contact that stays takes over from the one that goes: whatever it does not say itself. */
import type { Instant } from '../core/clock.ts'
import type { Id } from '../core/ids.ts'
import type { ContactRow } from '../store/contacts.ts'
import { inferOwnZone } from './contact-fields.ts'

type Field = keyof ContactRow

/** Each alone; the others below stand or fall together. */
const ALONE = ['firstName', 'lastName', 'title', 'linkedinUrl', 'ownerId'] as const satisfies Field[]
const ADDRESS = ['email', 'address', 'emailStatus'] as const satisfies Field[]
const COMPANY = ['organizationName', 'accountId', 'websiteUrl'] as const satisfies Field[]
const PLACE = ['rawAddress', 'street', 'city', 'state', 'country', 'postalCode'] as const satisfies Field[]

export interface StageIds {
  new: Id | null
  doNotContact: Id | null
}

/**
 * The kept row as it is afterwards. An address, a company or a place is never put together from two. The stage stays, unless the kept one is New
 * or the other must not be contacted.
 */
export function takenOver(
  kept: ContactRow,
  other: ContactRow,
  { stages, now }: { stages: StageIds; now: Instant },
): ContactRow {
  const next: ContactRow = { ...kept, updatedAt: now }
  const take = (fields: readonly Field[]) => {
    for (const field of fields) Object.assign(next, { [field]: next[field] ?? other[field] })
  }
  take(ALONE)
  if (kept.address === null) take(ADDRESS)
  // Of one address what is doubted stays in doubt, and of one person what was learned.
  else if (kept.address === other.address && kept.emailStatus === 'verified')
    next.emailStatus = other.emailStatus
  next.jobChangedAt = kept.jobChangedAt ?? other.jobChangedAt
  if (agree(kept, other, COMPANY)) take(COMPANY)
  if (agree(kept, other, PLACE)) take(PLACE)
  const kinds = kept.phones.map((phone) => phone.kind)
  next.phones = [...kept.phones, ...other.phones.filter((phone) => !kinds.includes(phone.kind))]
  next.custom = { ...other.custom, ...kept.custom }
  const isOpen = kept.stageId === null || kept.stageId === stages.new
  if (isOpen || (other.stageId !== null && other.stageId === stages.doNotContact))
    next.stageId = other.stageId ?? kept.stageId
  if (kept.timeZoneSource !== 'stated' && other.timeZoneSource === 'stated') {
    next.timeZone = other.timeZone
    next.timeZoneSource = 'stated'
  } else inferOwnZone(next)
  return next
}

/** Nothing that both say is another thing at each. */
function agree(a: ContactRow, b: ContactRow, fields: readonly Field[]): boolean {
  const said = (value: unknown) => String(value).trim().toLowerCase()
  return fields.every((field) => a[field] === null || b[field] === null || said(a[field]) === said(b[field]))
}

/** Which fields of the kept row are others than before. */
export function changedFields(before: ContactRow, after: ContactRow): Field[] {
  return (Object.keys(after) as Field[]).filter(
    (field) =>
      field !== 'updatedAt' &&
      field !== 'address' &&
      JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  )
}
