/** What creating and updating a contact share: references that must exist, the company, lists, and waking whoever writes to them. */
import { domainOf, hostOf, isFreeMailDomain, normalizeDomain } from '../core/address.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { accountsByIds, accountsNamed } from '../store/accounts.ts'
import type { ContactRow } from '../store/contacts.ts'
import { addPairsToLists, listsNamed, replaceLists } from '../store/lists.ts'
import { contactStagesOf } from '../store/stages.ts'
import { userById } from '../store/users.ts'
import type { ContactFields } from './contact-fields.ts'

export interface Writer {
  team: TeamId
  userId: Id
  /** Where it comes from: `api`, `csv_import`, `manual`. */
  source: string
  now: Instant
  random: Random
}

export type ContactRefusal =
  | { kind: 'refused'; contactId: Id; field: 'email' | 'emailStatus' | 'timeZone'; sentence: string }
  /** An id that is none of the team's. */
  | { kind: 'unknown_id'; field: 'accountId' | 'stageId' | 'ownerId'; value: string }

/** The first reference that leads nowhere. */
export async function unknownReference(
  db: Db,
  team: TeamId,
  all: readonly ContactFields[],
): Promise<ContactRefusal | undefined> {
  const given = (field: 'accountId' | 'stageId' | 'ownerId') => [
    ...new Set(all.flatMap((one) => one[field] || [])),
  ]
  const accounts = await accountsByIds(db, { team, ids: given('accountId') })
  for (const value of given('accountId'))
    if (!accounts.has(value)) return { kind: 'unknown_id', field: 'accountId', value }
  const stages = given('stageId').length > 0 ? await contactStagesOf(db, team) : []
  for (const value of given('stageId'))
    if (!stages.some((stage) => stage.id === value)) return { kind: 'unknown_id', field: 'stageId', value }
  for (const value of given('ownerId'))
    if (!(await userById(db, { team, id: value }))) return { kind: 'unknown_id', field: 'ownerId', value }
  return undefined
}

/** Links each row that names a company to that company's account; `rows` are changed in place. */
export async function linkAccounts(tx: Db, rows: readonly ContactRow[], writer: Writer): Promise<void> {
  const named = rows.filter((row) => row.organizationName !== null)
  const { team, now, random, source } = writer
  const ids = await accountsNamed(tx, {
    team,
    accounts: named.map((row) => ({ name: row.organizationName!, domain: domainOfRow(row) })),
    ownerId: writer.userId,
    source,
    now,
    random,
  })
  for (const row of named)
    row.accountId = ids.get(row.organizationName!.trim().toLowerCase()) ?? row.accountId
}

/** The company's domain, by its website or by the address of who works there, unless that is a mail provider's. */
function domainOfRow({ websiteUrl, address }: ContactRow): string | null {
  const read = websiteUrl === null ? undefined : normalizeDomain(hostOf(websiteUrl))
  if (read?.ok) return read.domain
  const domain = address === null ? null : domainOf(address)
  return domain === null || isFreeMailDomain(domain) ? null : domain
}

/** Adds each contact to the lists of its names, or, with `replace`, leaves it on exactly these. */
export async function putOnLists(
  tx: Db,
  { contacts, replace }: { contacts: readonly { id: Id; names: readonly string[] }[]; replace: boolean },
  { team, userId, now, random }: Writer,
): Promise<void> {
  const names = [...new Set(contacts.flatMap((each) => each.names))]
  const lists = await listsNamed(tx, { team, modality: 'contacts', names, userId, now, random })
  const idOf = new Map(lists.map((list) => [list.name, list.id]))
  const pairs = contacts.flatMap((each) =>
    [...new Set(each.names.map((name) => idOf.get(name.trim())))].flatMap((listId) =>
      listId === undefined ? [] : [{ listId, memberId: each.id }],
    ),
  )
  const memberIds = contacts.map((each) => each.id)
  if (replace) await replaceLists(tx, { team, modality: 'contacts', memberIds, pairs, now })
  else await addPairsToLists(tx, { team, pairs, now })
}
