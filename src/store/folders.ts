/** How far each folder of a mailbox has been read. The row moves in the transaction of a mail's effect, so that no mail has its effect twice. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, isoArray, kysely } from './db.ts'

/** The same shape as the mail port's cursor. */
export interface Cursor {
  folder: string
  role: 'inbox' | 'junk' | 'sent' | 'all' | 'picked'
  uidValidity: number
  lastUid: number
  /** When the folder was last read to its end. */
  readAt: Instant
}

export async function cursorsOf(
  db: Db,
  { team, mailboxId }: { team: TeamId; mailboxId: Id },
): Promise<Cursor[]> {
  const { rows } = await sql<Cursor>`
    select folder, role, uid_validity as "uidValidity", last_uid as "lastUid", read_at as "readAt"
    from folders where team_id = ${team} and mailbox_id = ${mailboxId} order by folder`.execute(kysely(db))
  return rows
}

/**
 * Moves one folder's cursor past a mail. Within one numbering it never moves back; `readAt` is kept for a folder that is known,
 * since this read of it is not at its end yet.
 */
export async function passMail(
  tx: Db,
  { team, mailboxId, cursor }: { team: TeamId; mailboxId: Id; cursor: Cursor },
): Promise<void> {
  await sql`
    insert into folders (team_id, mailbox_id, folder, role, uid_validity, last_uid, read_at)
    values (${team}, ${mailboxId}, ${cursor.folder}, ${cursor.role}, ${cursor.uidValidity}, ${cursor.lastUid}, ${at(cursor.readAt)})
    on conflict (team_id, mailbox_id, folder) do update set role = excluded.role, uid_validity = excluded.uid_validity,
      last_uid = case when folders.uid_validity = excluded.uid_validity
        then greatest(folders.last_uid, excluded.last_uid) else excluded.last_uid end`.execute(kysely(tx))
}

/** Saves where a whole read ended, folder by folder. */
export async function saveCursors(
  tx: Db,
  { team, mailboxId, cursors }: { team: TeamId; mailboxId: Id; cursors: readonly Cursor[] },
): Promise<void> {
  const column = <K extends keyof Cursor>(key: K) => cursors.map((cursor) => cursor[key])
  await sql`
    insert into folders (team_id, mailbox_id, folder, role, uid_validity, last_uid, read_at)
    select ${team}, ${mailboxId}, * from unnest(${column('folder')}::text[], ${column('role')}::text[],
      ${column('uidValidity')}::bigint[], ${column('lastUid')}::bigint[], ${isoArray(column('readAt'))}::timestamptz[])
    on conflict (team_id, mailbox_id, folder) do update set role = excluded.role, uid_validity = excluded.uid_validity,
      read_at = greatest(folders.read_at, excluded.read_at),
      last_uid = case when folders.uid_validity = excluded.uid_validity
        then greatest(folders.last_uid, excluded.last_uid) else excluded.last_uid end`.execute(kysely(tx))
}
