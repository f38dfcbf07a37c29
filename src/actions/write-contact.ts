/** What creating and updating a contact share: references that must exist, the company, lists, and waking whoever writes to them. */
import { domainOf, hostOf, isFreeMailDomain, normalizeDomain } from '../core/address.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { accountsByIds, accountsNamed } from '../store/accounts.ts'
import type { ContactRow } from '../store/contacts.ts'
import { addToLists, listsNamed, replaceLists } from '../store/lists.ts'
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
  | { kind: 'refused'; field: 'email' | 'timeZone'; sentence: string }
  /** An id that is none of the team's. */
  | { kind: 'unknown_id'; field: 'accountId' | 'stageId' | 'ownerId'; value: string }

/** The first reference that leads nowhere. */
export async function unknownReference(
  db: Db,
  team: TeamId,
  { accountId, stageId, ownerId }: ContactFields,
): Promise<ContactRefusal | undefined> {
  if (accountId && !(await accountsByIds(db, { team, ids: [accountId] })).has(accountId))
    return { kind: 'unknown_id', field: 'accountId', value: accountId }
  if (stageId && !(await contactStagesOf(db, team)).some((stage) => stage.id === stageId))
    return { kind: 'unknown_id', field: 'stageId', value: stageId }
  if (ownerId && !(await userById(db, { team, id: ownerId })))
    return { kind: 'unknown_id', field: 'ownerId', value: ownerId }
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

/** Adds to the lists of these names, or, with `replace`, leaves the contact on exactly these. */
export async function putOnLists(
  tx: Db,
  asked: { contactIds: readonly Id[]; names: readonly string[]; replace: boolean },
  { team, userId, now, random }: Writer,
): Promise<void> {
  const lists = await listsNamed(tx, { team, modality: 'contacts', names: asked.names, userId, now, random })
  const membership = { team, memberIds: asked.contactIds, listIds: lists.map(({ id }) => id), now }
  if (asked.replace) await replaceLists(tx, { ...membership, modality: 'contacts' })
  else await addToLists(tx, membership)
}
