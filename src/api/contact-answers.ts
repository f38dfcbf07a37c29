/** Gathers all that stands on the wire beside contacts, in a fixed number of queries however many there are. */
import type { Id } from '../core/ids.ts'
import { accountsByIds } from '../store/accounts.ts'
import { type ContactRow, contactsByIds } from '../store/contacts.ts'
import { customFieldsOf, type FieldModality } from '../store/custom-fields.ts'
import { enrollmentsOfContacts } from '../store/enrollment-reads.ts'
import { listIdsOf, listsByIds } from '../store/lists.ts'
import { optedOutAmong } from '../store/suppression-lists.ts'
import type { Call } from './route.ts'
import { wireContact } from './wire/contact.ts'
import { customById } from './wire/custom-field.ts'
import { wireContactStatus } from './wire/enrollment.ts'
import { wireLabel } from './wire/label.ts'

type Asking = Pick<Call, 'db' | 'caller'>

/** Contacts as the wire shows them, in the order of `ids`; unknown ids are left out. `withAccount`: as searches do. */
export async function contactsWire(
  call: Asking,
  ids: readonly Id[],
  options: { withAccount?: boolean } = {},
) {
  const rows = await contactsByIds(call.db, { team: call.caller.teamId, ids })
  return contactRowsWire(
    call,
    ids.flatMap((id) => rows.get(id) ?? []),
    options,
  )
}

export async function contactRowsWire(
  { db, caller }: Asking,
  rows: readonly ContactRow[],
  { withAccount = false }: { withAccount?: boolean } = {},
) {
  const team = caller.teamId
  const contactIds = rows.map((row) => row.id)
  const addresses = rows.flatMap((row) => row.address ?? [])
  const accountIds = withAccount ? rows.flatMap((row) => row.accountId ?? []) : []
  const [lists, enrollments, fields, optedOut, accounts] = await Promise.all([
    listIdsOf(db, { team, memberIds: [...contactIds, ...accountIds] }),
    enrollmentsOfContacts(db, { team, contactIds }),
    customFieldsOf(db, { team }),
    optedOutAmong(db, { team, addresses }),
    accountsByIds(db, { team, ids: accountIds }),
  ])
  const fieldsOf = (modality: FieldModality) => fields.filter((field) => field.modality === modality)
  const byContact = Map.groupBy(enrollments, (enrollment) => enrollment.contactId)
  const accountOf = ({ accountId }: ContactRow) => {
    const row = accountId === null ? undefined : accounts.get(accountId)
    if (!row) return null
    return { row, labelIds: lists.get(row.id) ?? [], custom: customById(row.custom, fieldsOf('account')) }
  }
  return rows.map((row) => {
    const own = byContact.get(row.id) ?? []
    return wireContact(row, {
      labelIds: lists.get(row.id) ?? [],
      statuses: own.map(wireContactStatus),
      sequenceIds: [...new Set(own.map((enrollment) => enrollment.sequenceId))],
      custom: customById(row.custom, fieldsOf('contact')),
      optedOut: row.address !== null && optedOut.has(row.address),
      teamPublicId: caller.teamPublicId,
      ...(withAccount && { account: accountOf(row) }),
    })
  })
}

/** `{contact, labels}`: what creating, updating and showing answer. */
export async function contactWithLabels(call: Asking, id: Id) {
  const [contact] = await contactsWire(call, [id])
  if (!contact) throw new Error(`contact ${id} was written and is not there`)
  const labels = await listsByIds(call.db, { team: call.caller.teamId, ids: contact.label_ids })
  return { contact, labels: labels.map(wireLabel) }
}
