/** Who is on the lists of some names: put on them, taken off them. */
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { done, type Result, refused } from '../core/result.ts'
import { accountsByIds } from '../store/accounts.ts'
import { shareContacts } from '../store/contacts.ts'
import { addToLists, type ListRow, listsByIds, listsNamed, listsOf, takeOffLists } from '../store/lists.ts'
import type { Writer } from './write-contact.ts'

export interface ListMembers {
  modality: 'contacts' | 'accounts'
  memberIds: readonly Id[]
  names: readonly string[]
}

/** The lists as they are then; they are made where there is none. All or none: refuses an id that is none of the team's. */
export async function addToNamedLists(
  db: Db,
  writer: Writer,
  asked: ListMembers,
): Promise<Result<ListRow[]>> {
  const { team, now } = writer
  return db.transaction(async (tx): Promise<Result<ListRow[]>> => {
    const stranger = await strangerAmong(tx, writer, asked)
    if (stranger !== undefined) return refused(`Parameters misconfigured. ${stranger} is not a valid ID`)
    const lists = await listsNamed(tx, { ...writer, modality: asked.modality, names: asked.names })
    const listIds = lists.map((list) => list.id)
    await addToLists(tx, { team, memberIds: asked.memberIds, listIds, now })
    return done(await listsByIds(tx, { team, ids: listIds }))
  })
}

/** The lists as they are then. A name that no list has, and an id that is on none of them, change nothing. */
export async function takeOffNamedLists(db: Db, writer: Writer, asked: ListMembers): Promise<ListRow[]> {
  const { team, now } = writer
  const names = new Set(asked.names.map((name) => name.trim()))
  return db.transaction(async (tx) => {
    const lists = (await listsOf(tx, { team, modality: asked.modality })).filter((list) =>
      names.has(list.name),
    )
    const listIds = lists.map((list) => list.id)
    await takeOffLists(tx, { team, memberIds: asked.memberIds, listIds, now })
    return listsByIds(tx, { team, ids: listIds })
  })
}

async function strangerAmong(tx: Db, { team }: Writer, asked: ListMembers): Promise<Id | undefined> {
  const { memberIds: ids, modality } = asked
  if (modality === 'accounts') {
    const accounts = await accountsByIds(tx, { team, ids })
    return ids.find((id) => !accounts.has(id))
  }
  const contacts = await shareContacts(tx, { team, ids })
  return ids.find((id) => !contacts.has(id))
}
