/** Rows of lists (labels on the wire) and who is on them. A list holds contacts, accounts or sequences, never a mixture. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { at, kysely } from './db.ts'

export type Modality = 'contacts' | 'accounts' | 'sequences'

export interface ListRow {
  id: Id
  name: string
  modality: Modality
  createdBy: Id | null
  createdAt: Instant
  updatedAt: Instant
  /** How many are on it now: counted, never kept. */
  members: number
}

const COLUMNS = sql`l.id, l.name, l.modality, l.created_by as "createdBy", l.created_at as "createdAt", l.updated_at as "updatedAt",
  (select count(*) from list_members m where m.team_id = l.team_id and m.list_id = l.id) as members`

/** In order of name. */
export async function listsOf(
  db: Db,
  { team, modality }: { team: TeamId; modality?: Modality },
): Promise<ListRow[]> {
  const { rows } = await sql<ListRow>`
    select ${COLUMNS} from lists l where l.team_id = ${team}
      and (${modality ?? null}::text is null or l.modality = ${modality ?? null}) order by lower(l.name), l.id`.execute(
    kysely(db),
  )
  return rows
}

export async function listsByIds(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<ListRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<ListRow>`
    select ${COLUMNS} from lists l where l.team_id = ${team} and l.id = any(${ids as Id[]})
    order by lower(l.name), l.id`.execute(kysely(db))
  return rows
}

export interface NamedLists {
  team: TeamId
  modality: Modality
  names: readonly string[]
  userId: Id
  now: Instant
  random: Random
}

/** The list of each name, made where there is none. Blank names are left out; the order is that of the names. */
export async function listsNamed(tx: Db, asked: NamedLists): Promise<{ id: Id; name: string }[]> {
  const { team, modality, now, random } = asked
  // Sorted, so that two transactions that make the same lists wait for each other in one order.
  const names = [...new Set(asked.names.map((name) => name.trim()).filter((name) => name !== ''))].sort()
  if (names.length === 0) return []
  await kysely(tx)
    .insertInto('lists')
    .values(
      names.map((name) => ({
        team_id: team,
        id: newId(now, random),
        name,
        modality,
        created_by: asked.userId,
        created_at: at(now),
        updated_at: at(now),
      })),
    )
    .onConflict((conflict) => conflict.columns(['team_id', 'modality', 'name']).doNothing())
    .execute()
  const { rows } = await sql<{ id: Id; name: string }>`
    select id, name from lists where team_id = ${team} and modality = ${modality} and name = any(${names})`.execute(
    kysely(tx),
  )
  const byName = new Map(rows.map((row) => [row.name, row]))
  return [...new Set(asked.names.map((name) => name.trim()))].flatMap((name) => byName.get(name) ?? [])
}

/** A new list, or undefined when the name is taken. */
export async function createList(
  db: Db,
  list: { team: TeamId; modality: Modality; name: string; userId: Id; now: Instant; random: Random },
): Promise<ListRow | undefined> {
  const { team, modality, name, userId, now } = list
  const { rows } = await sql<ListRow>`
    insert into lists as l (team_id, id, name, modality, created_by, created_at, updated_at)
    values (${team}, ${newId(now, list.random)}, ${name}, ${modality}, ${userId}, ${at(now)}, ${at(now)})
    on conflict (team_id, modality, name) do nothing returning ${COLUMNS}`.execute(kysely(db))
  return rows[0]
}

/** The list under its new name; undefined where there is none. */
export async function renameList(
  tx: Db,
  { team, id, name, now }: { team: TeamId; id: Id; name: string; now: Instant },
): Promise<ListRow | undefined> {
  const { rows } = await sql<ListRow>`
    update lists l set name = ${name}, updated_at = ${at(now)} where l.team_id = ${team} and l.id = ${id}
    returning ${COLUMNS}`.execute(kysely(tx))
  return rows[0]
}

/** Did saving fail because another list of its kind has the name? */
export function isListNameTaken(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown }
  return code === '23505' && constraint === 'lists_team_id_modality_name_key'
}

export interface Membership {
  team: TeamId
  memberIds: readonly Id[]
  listIds: readonly Id[]
  now: Instant
}

/** Puts every member on every list; who is on one already stays as they are. */
export function addToLists(tx: Db, { team, memberIds, listIds, now }: Membership): Promise<void> {
  const pairs = listIds.flatMap((listId) => memberIds.map((memberId) => ({ listId, memberId })))
  return addPairsToLists(tx, { team, pairs, now })
}

export interface Pair {
  listId: Id
  memberId: Id
}

/** Puts each member on lists of its own. Lists are locked before members, all in one statement, by id: here and wherever members change. */
export async function addPairsToLists(
  tx: Db,
  { team, pairs, now }: { team: TeamId; pairs: readonly Pair[]; now: Instant },
): Promise<void> {
  if (pairs.length === 0) return
  await touch(tx, { team, listIds: [...new Set(pairs.map((pair) => pair.listId))], now })
  await sql`
    insert into list_members (team_id, list_id, member_id, added_at)
    select ${team}, p.list_id, p.member_id, ${at(now)}
    from unnest(${pairs.map((pair) => pair.listId)}::text[], ${pairs.map((pair) => pair.memberId)}::text[]) p (list_id, member_id)
    order by 2, 3 on conflict do nothing`.execute(kysely(tx))
}

/** Takes every member off every list. */
export async function takeOffLists(tx: Db, { team, memberIds, listIds, now }: Membership): Promise<void> {
  if (memberIds.length === 0 || listIds.length === 0) return
  await touch(tx, { team, listIds, now })
  await sql`
    delete from list_members where team_id = ${team} and list_id = any(${listIds as Id[]}) and member_id = any(${memberIds as Id[]})`.execute(
    kysely(tx),
  )
}

/** Leaves each member on the lists of its pairs and no others of that modality. */
export async function replaceLists(
  tx: Db,
  o: { team: TeamId; modality: Modality; memberIds: readonly Id[]; pairs: readonly Pair[]; now: Instant },
): Promise<void> {
  const { team, pairs, now } = o
  const ownLists = sql`l.team_id = ${team} and l.id = m.list_id and l.modality = ${o.modality}`
  const { rows: own } = await sql<{ id: Id }>`
    select distinct l.id from list_members m join lists l on ${ownLists}
    where m.team_id = ${team} and m.member_id = any(${o.memberIds as Id[]})`.execute(kysely(tx))
  const listIds = [...new Set([...own.map((list) => list.id), ...pairs.map((pair) => pair.listId)])]
  await touch(tx, { team, listIds, now })
  await sql`
    delete from list_members m using lists l
    where m.team_id = ${team} and m.member_id = any(${o.memberIds as Id[]}) and ${ownLists}
      and (m.list_id, m.member_id) not in (
        select * from unnest(${pairs.map((pair) => pair.listId)}::text[], ${pairs.map((pair) => pair.memberId)}::text[]))`.execute(
    kysely(tx),
  )
  await addPairsToLists(tx, { team, pairs, now })
}

async function touch(
  tx: Db,
  { team, listIds, now }: { team: TeamId; listIds: readonly Id[]; now: Instant },
): Promise<void> {
  await sql`
    update lists l set updated_at = ${at(now)} from (
      select id from lists where team_id = ${team} and id = any(${listIds as Id[]}) order by id for no key update) locked
    where l.team_id = ${team} and l.id = locked.id`.execute(kysely(tx))
}

/** The lists that each member is on, in order of their ids. */
export async function listIdsOf(
  db: Db,
  { team, memberIds }: { team: TeamId; memberIds: readonly Id[] },
): Promise<Map<Id, Id[]>> {
  const { rows } = await sql<{ memberId: Id; listIds: Id[] }>`
    select member_id as "memberId", array_agg(list_id order by list_id) as "listIds" from list_members
    where team_id = ${team} and member_id = any(${memberIds as Id[]}) group by member_id`.execute(kysely(db))
  return new Map(rows.map(({ memberId, listIds }) => [memberId, listIds]))
}
