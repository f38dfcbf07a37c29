/** Companies: made, and changed. Whoever is written to there is looked at anew when a change concerns their emails. */
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import { done, type Result, refused } from '../core/result.ts'
import {
  type AccountRow,
  accountsLike,
  lockAccounts,
  saveAccounts,
  takeAccountTurn,
} from '../store/accounts.ts'
import { addToLists, listsNamed } from '../store/lists.ts'
import { accountStagesOf } from '../store/stages.ts'
import { userById } from '../store/users.ts'
import { type AccountFields, applyAccountFields, blankAccount } from './account-fields.ts'
import { followAccounts } from './follow-accounts.ts'
import type { Writer } from './write-contact.ts'

export interface NewAccounts extends Writer {
  accounts: readonly AccountFields[]
  /** Lists that the new ones are put on. */
  listNames: readonly string[]
  /** One with the domain of another, or without a domain its name, is that other, which stays as it is. */
  dedupe: boolean
}

export interface AccountsMade {
  created: Id[]
  existing: Id[]
}

/** All of them or none. */
export async function createAccounts(db: Db, asked: NewAccounts): Promise<Result<AccountsMade>> {
  const unknown = await unknownReference(db, asked.team, asked.accounts)
  if (unknown) return unknown
  const { team, userId, source, now, random } = asked
  const rows: AccountRow[] = []
  for (const fields of asked.accounts) {
    const blank = blankAccount({ id: newId(now, random), userId, source, now })
    const applied = applyAccountFields(blank, fields, now)
    if (!applied.ok) return refused(applied.sentence, { parameter: applied.field })
    rows.push(applied.row)
  }
  return db.transaction(async (tx) => {
    await takeAccountTurn(tx, team)
    const { fresh, existing } = asked.dedupe ? await sortOut(tx, team, rows) : { fresh: rows, existing: [] }
    await saveAccounts(tx, { team, accounts: fresh })
    const created = fresh.map((one) => one.id)
    const names = asked.listNames
    const lists = await listsNamed(tx, { team, modality: 'accounts', names, userId, now, random })
    await addToLists(tx, { team, memberIds: created, listIds: lists.map(({ id }) => id), now })
    // People who are linked to no company belong to the one that has their domain.
    await followAccounts(
      tx,
      asked,
      fresh.map((after) => ({ before: { ...after, domain: null }, after })),
    )
    return done({ created, existing })
  })
}

/** Who is there already, and who is said twice. */
async function sortOut(
  tx: Db,
  team: TeamId,
  rows: readonly AccountRow[],
): Promise<{ fresh: AccountRow[]; existing: Id[] }> {
  const known = await accountsLike(tx, {
    team,
    domains: rows.flatMap((row) => row.domain ?? []),
    names: rows.map((row) => row.name.toLowerCase()),
  })
  const fresh: AccountRow[] = []
  const existing = new Set<Id>()
  for (const row of rows) {
    const [same, key] =
      row.domain === null ? [known.byName, row.name.toLowerCase()] : [known.byDomain, row.domain]
    const found = same.get(key)
    if (found === undefined) {
      fresh.push(row)
      if (row.domain !== null) known.byDomain.set(row.domain, row.id)
      if (!known.byName.has(row.name.toLowerCase())) known.byName.set(row.name.toLowerCase(), row.id)
    } else existing.add(found)
  }
  const made = new Set(fresh.map((one) => one.id))
  return { fresh, existing: [...existing].filter((id) => !made.has(id)) }
}

export interface AccountChange {
  id: Id
  fields: AccountFields
}

/** All of them or none. Refuses an id that is none of the team's. */
export async function updateAccounts(
  db: Db,
  writer: Writer,
  changes: readonly AccountChange[],
): Promise<Result<null>> {
  const { team, now } = writer
  const unknown = await unknownReference(
    db,
    team,
    changes.map((one) => one.fields),
  )
  if (unknown) return unknown
  return db.transaction(async (tx): Promise<Result<null>> => {
    const ids = changes.map((one) => one.id)
    const rows = new Map((await lockAccounts(tx, { team, ids })).map((row) => [row.id, row]))
    const changed: { before: AccountRow; after: AccountRow }[] = []
    for (const { id, fields } of changes) {
      const before = rows.get(id)
      if (!before) return noSuchId(id)
      const applied = applyAccountFields(before, fields, now)
      if (!applied.ok) return refused(applied.sentence, { parameter: applied.field })
      rows.set(id, applied.row)
      changed.push({ before, after: applied.row })
    }
    await saveAccounts(tx, { team, accounts: [...rows.values()] })
    await followAccounts(tx, writer, changed)
    return done(null)
  })
}

const noSuchId = (id: Id) => refused(`Parameters misconfigured. ${id} is not a valid ID`)

async function unknownReference(db: Db, team: TeamId, all: readonly AccountFields[]) {
  const stageIds = new Set(all.flatMap((one) => one.stageId ?? []))
  const ownerIds = new Set(all.flatMap((one) => one.ownerId ?? []))
  const stages = stageIds.size > 0 ? await accountStagesOf(db, team) : []
  for (const id of stageIds) if (!stages.some((stage) => stage.id === id)) return noSuchId(id)
  for (const id of ownerIds) if (!(await userById(db, { team, id }))) return noSuchId(id)
  return undefined
}
