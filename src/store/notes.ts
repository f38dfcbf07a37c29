/** Rows of notes: what people want to remember of contacts and accounts. A note that is deleted is gone. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'

export interface NoteFields {
  content: string
  contactIds: Id[]
  accountIds: Id[]
  pinned: boolean
}

export interface NoteRow extends NoteFields {
  id: Id
  userId: Id
  /** The account of the first contact. */
  contactAccountId: Id | null
  createdAt: Instant
  updatedAt: Instant
}

const COLUMNS = sql`n.id, n.user_id as "userId", n.content, n.contact_ids as "contactIds", n.account_ids as "accountIds", n.pinned,
  (select c.account_id from contacts c where c.team_id = n.team_id and c.id = n.contact_ids[1]) as "contactAccountId",
  n.created_at as "createdAt", n.updated_at as "updatedAt"`

export async function noteById(db: Db, { team, id }: { team: TeamId; id: Id }): Promise<NoteRow | undefined> {
  const { rows } =
    await sql<NoteRow>`select ${COLUMNS} from notes n where n.team_id = ${team} and n.id = ${id}`.execute(
      kysely(db),
    )
  return rows[0]
}

export interface NoteSearch {
  team: TeamId
  /** About one of these contacts, or one of these accounts or of their people; null: about anybody. */
  of: { contactIds: readonly Id[]; accountIds: readonly Id[] } | null
  from: Instant | null
  order: 'created_at' | 'updated_at'
  ascending: boolean
  offset: number
  limit: number
}

export async function searchNotes(db: Db, search: NoteSearch): Promise<NoteRow[]> {
  const { team, of, from, order, ascending, offset, limit } = search
  const all: RawBuilder<unknown>[] = [sql`n.team_id = ${team}`]
  if (of !== null)
    all.push(sql`(n.contact_ids && ${of.contactIds as Id[]}::text[] or n.account_ids && ${of.accountIds as Id[]}::text[]
      or n.contact_ids && array(select id from contacts where team_id = ${team} and account_id = any(${of.accountIds as Id[]})))`)
  if (from !== null) all.push(sql`n.created_at >= ${at(from)}`)
  const way = sql.raw(ascending ? 'asc' : 'desc')
  const { rows } = await sql<NoteRow>`
    select ${COLUMNS} from notes n where ${sql.join(all, sql` and `)}
    order by n.${sql.raw(order)} ${way}, n.id ${way} offset ${offset} limit ${limit}`.execute(kysely(db))
  return rows
}

export async function insertNote(
  tx: Db,
  { team, id, userId, now, ...note }: NoteFields & { team: TeamId; id: Id; userId: Id; now: Instant },
): Promise<void> {
  const { content, contactIds, accountIds, pinned } = note
  await sql`
    insert into notes (team_id, id, user_id, content, contact_ids, account_ids, pinned, created_at, updated_at)
    values (${team}, ${id}, ${userId}, ${content}, ${contactIds}, ${accountIds}, ${pinned}, ${at(now)}, ${at(now)})`.execute(
    kysely(tx),
  )
}

/** What is left out stays. False: there is no such note. */
export async function saveNote(
  db: Db,
  o: { team: TeamId; id: Id; changes: Partial<Pick<NoteFields, 'content' | 'pinned'>>; now: Instant },
): Promise<boolean> {
  const { content = null, pinned = null } = o.changes
  const { rows } = await sql<{ id: Id }>`
    update notes set content = coalesce(${content}, content), pinned = coalesce(${pinned}, pinned), updated_at = ${at(o.now)}
    where team_id = ${o.team} and id = ${o.id} returning id`.execute(kysely(db))
  return rows.length > 0
}

/** False: there was no such note. */
export async function deleteNote(tx: Db, { team, id }: { team: TeamId; id: Id }): Promise<boolean> {
  const { rows } = await sql<{ id: Id }>`
    delete from notes where team_id = ${team} and id = ${id} returning id`.execute(kysely(tx))
  return rows.length > 0
}
