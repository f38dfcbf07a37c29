/** A new contact, or, when asked to merge, the change of the one who is there already. */
import { normalizeAddress } from '../core/address.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId } from '../core/ids.ts'
import {
  type ContactRow,
  insertContacts,
  lockContactByName,
  lockContactsByAddress,
  takeMergeTurn,
} from '../store/contacts.ts'
import { contactStagesOf } from '../store/stages.ts'
import { applyFields, blankContact, type ContactFields } from './contact-fields.ts'
import { rewriteContact } from './update-contact.ts'
import {
  type ContactRefusal,
  linkAccounts,
  putOnLists,
  unknownReference,
  type Writer,
} from './write-contact.ts'

export interface NewContact extends Writer {
  fields: ContactFields
  listNames?: readonly string[] | undefined
  /** Change the contact with that address, or that name at that company, instead of making a second one. */
  merge: boolean
}

export type Created =
  | { kind: 'created'; id: Id }
  | { kind: 'merged'; id: Id; match: 'email_match' | 'name_and_company_match' }
  | ContactRefusal

export async function createContact(db: Db, asked: NewContact): Promise<Created> {
  const unknown = await unknownReference(db, asked.team, asked.fields)
  if (unknown) return unknown
  return db.transaction(async (tx) => {
    if (!asked.merge) return create(tx, asked)
    await takeMergeTurn(tx, asked.team)
    const found = await sameContact(tx, asked)
    if (!found) return create(tx, asked)
    const written = await rewriteContact(tx, found.row, { ...asked, id: found.row.id })
    return written.kind === 'updated' ? { kind: 'merged', id: found.row.id, match: found.match } : written
  })
}

async function create(tx: Db, asked: NewContact): Promise<Created> {
  const { team, userId, source, now, random } = asked
  const id = newId(now, random)
  const stageId = await firstStage(tx, asked)
  const applied = applyFields(blankContact({ id, userId, stageId, source, now }), asked.fields, now)
  if (!applied.ok) return { kind: 'refused', field: applied.field, sentence: applied.sentence }
  if (!applied.row.accountId) await linkAccounts(tx, [applied.row], asked)
  await insertContacts(tx, { team, contacts: [applied.row] })
  if (asked.listNames?.length)
    await putOnLists(tx, { contactIds: [id], names: asked.listNames, replace: false }, asked)
  return { kind: 'created', id }
}

/** "New", or whatever stands first where a team has renamed it. */
export async function firstStage(db: Db, { team }: { team: number }): Promise<Id | null> {
  const stages = await contactStagesOf(db, team)
  return (stages.find((stage) => stage.role === 'new') ?? stages[0])?.id ?? null
}

async function sameContact(
  tx: Db,
  { team, fields }: NewContact,
): Promise<{ row: ContactRow; match: 'email_match' | 'name_and_company_match' } | undefined> {
  const address = fields.email ? normalizeAddress(fields.email) : undefined
  if (address?.ok) {
    const found = await lockContactsByAddress(tx, { team, addresses: [address.address] })
    const row = found.get(address.address)
    if (row) return { row, match: 'email_match' }
  }
  const { firstName, lastName, organizationName } = fields
  if (!firstName || !lastName || !organizationName) return undefined
  const row = await lockContactByName(tx, { team, firstName, lastName, organizationName })
  // Somebody with another address is another person of that name.
  if (!row || (address?.ok && row.address !== null)) return undefined
  return { row, match: 'name_and_company_match' }
}
