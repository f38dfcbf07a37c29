/** New contacts. Of whoever is there already no second one is made when asked: one call changes them, the other leaves them as they are. */
import { normalizeAddress } from '../core/address.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import {
  type ContactRow,
  contactByName,
  contactsByAddress,
  insertContacts,
  takeMergeTurn,
} from '../store/contacts.ts'
import { contactStagesOf } from '../store/stages.ts'
import { applyFields, blankContact, type ContactFields } from './contact-fields.ts'
import { rewriteContacts } from './update-contacts.ts'
import {
  type ContactRefusal,
  linkAccounts,
  putOnLists,
  unknownReference,
  type Writer,
} from './write-contact.ts'

export interface NewContact {
  fields: ContactFields
  listNames?: readonly string[] | undefined
}

export type Match = 'email_match' | 'name_and_company_match'

export type Created = { kind: 'created'; id: Id } | { kind: 'merged'; id: Id; match: Match } | ContactRefusal

/** With `merge`, the contact with that address, or that name at that company, is changed instead of a second one made. */
export async function createContact(
  db: Db,
  writer: Writer,
  asked: NewContact & { merge: boolean },
): Promise<Created> {
  const unknown = await unknownReference(db, writer.team, [asked.fields])
  if (unknown) return unknown
  return db.transaction(async (tx) => {
    if (asked.merge) await takeMergeTurn(tx, writer.team)
    const found = asked.merge
      ? await sameContact(tx, { team: writer.team, fields: asked.fields, locked: true })
      : undefined
    if (!found) {
      const made = await makeContacts(tx, writer, [asked])
      return made.kind === 'made' ? { kind: 'created', id: made.ids[0]! } : made
    }
    const { id } = found.row
    const rows = new Map([[id, found.row]])
    const written = await rewriteContacts(tx, writer, { rows, changes: [{ ...asked, id }] })
    return written.kind === 'rewritten' ? { kind: 'merged', id, match: found.match } : written
  })
}

export type ContactsMade = { kind: 'made'; created: Id[]; existing: Id[] } | ContactRefusal

/** All of them or none. With `dedupe`, whoever is there already is named and stays as they are. */
export async function createContacts(
  db: Db,
  writer: Writer,
  { contacts, dedupe }: { contacts: readonly NewContact[]; dedupe: boolean },
): Promise<ContactsMade> {
  const unknown = await unknownReference(
    db,
    writer.team,
    contacts.map((one) => one.fields),
  )
  if (unknown) return unknown
  return db.transaction(async (tx): Promise<ContactsMade> => {
    const { fresh, existing } = dedupe
      ? await sortOut(tx, writer.team, contacts)
      : { fresh: contacts, existing: [] }
    const made = await makeContacts(tx, writer, fresh)
    return made.kind === 'made' ? { kind: 'made', created: made.ids, existing } : made
  })
}

/**
 * Who is there already, and who is said twice: of those the first is made. The same people as `sameContact` finds, by the same rule. Whoever is
 * there stays as they are, so nobody is locked; the turn keeps others from making them meanwhile.
 */
async function sortOut(tx: Db, team: TeamId, contacts: readonly NewContact[]) {
  await takeMergeTurn(tx, team)
  const fresh: NewContact[] = []
  const existing = new Set<Id>()
  const addresses = new Set<string>()
  /** With whether somebody of that name was said without an address. */
  const names = new Map<string, boolean>()
  for (const one of contacts) {
    const found = await sameContact(tx, { team, fields: one.fields, locked: false })
    if (found) {
      existing.add(found.row.id)
      continue
    }
    const { address, name } = keysOf(one.fields)
    const isSaid = address !== undefined && addresses.has(address)
    const isNamed = name !== undefined && names.has(name) && (address === undefined || names.get(name)!)
    if (!isSaid && !isNamed) fresh.push(one)
    if (address !== undefined) addresses.add(address)
    if (name !== undefined) names.set(name, names.get(name) || address === undefined)
  }
  return { fresh, existing: [...existing] }
}

/** Under which somebody is found again: their address, their name at their company. */
function keysOf({ email, firstName, lastName, organizationName }: ContactFields) {
  const address = email ? normalizeAddress(email) : undefined
  const name = [firstName, lastName, organizationName].map((part) => part?.trim().toLowerCase() ?? '')
  return {
    address: address?.ok ? address.address : undefined,
    name: name.includes('') ? undefined : name.join('\n'),
  }
}

type New = { kind: 'made'; ids: Id[] } | ContactRefusal

async function makeContacts(tx: Db, writer: Writer, contacts: readonly NewContact[]): Promise<New> {
  const { team, userId, source, now, random } = writer
  const stageId = await firstStage(tx, writer)
  const rows: ContactRow[] = []
  for (const { fields } of contacts) {
    const blank = blankContact({ id: newId(now, random), userId, stageId, source, now })
    const applied = applyFields(blank, fields, now)
    if (!applied.ok)
      return { kind: 'refused', contactId: blank.id, field: applied.field, sentence: applied.sentence }
    rows.push(applied.row)
  }
  const unlinked = rows.filter((row) => row.accountId === null)
  await linkAccounts(tx, unlinked, writer)
  await insertContacts(tx, { team, contacts: rows })
  const listed = rows.map(({ id }, i) => ({ id, names: contacts[i]!.listNames ?? [] }))
  await putOnLists(tx, { contacts: listed, replace: false }, writer)
  return { kind: 'made', ids: rows.map((row) => row.id) }
}

/** "New", or whatever stands first where a team has renamed it. */
export async function firstStage(db: Db, { team }: { team: number }): Promise<Id | null> {
  const stages = await contactStagesOf(db, team)
  return (stages.find((stage) => stage.role === 'new') ?? stages[0])?.id ?? null
}

/** By address; where one of the two has none, by name and company. */
async function sameContact(
  tx: Db,
  { team, fields, locked }: { team: TeamId; fields: ContactFields; locked: boolean },
): Promise<{ row: ContactRow; match: Match } | undefined> {
  const address = fields.email ? normalizeAddress(fields.email) : undefined
  if (address?.ok) {
    const found = await contactsByAddress(tx, { team, addresses: [address.address], locked })
    const row = found.get(address.address)
    if (row) return { row, match: 'email_match' }
  }
  const [firstName, lastName, organizationName] = [
    ...[fields.firstName, fields.lastName, fields.organizationName].map((part) => part?.trim()),
  ]
  if (!firstName || !lastName || !organizationName) return undefined
  const row = await contactByName(tx, { team, firstName, lastName, organizationName, locked })
  // Somebody with another address is another person of that name.
  if (!row || (address?.ok && row.address !== null)) return undefined
  return { row, match: 'name_and_company_match' }
}
