/** Rows of files that emails carry. The bytes are kept once by their hash, and stay for good once an email was written with them. */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { MailFile } from '../core/attachment.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Use } from '../core/use.ts'
import { at, kysely } from './db.ts'

export interface AttachmentRow extends MailFile {
  createdAt: Instant
}

/** A step whose wording carries a file. */
export type AttachmentUse = Use & { attachmentId: Id }

const COLUMNS = sql`f.id, f.file_name as name, f.content_type as type, f.size, f.sha256, f.created_at as "createdAt"`

/** The newest first. */
export async function attachmentsOf(db: Db, team: TeamId): Promise<AttachmentRow[]> {
  const { rows } = await sql<AttachmentRow>`
    select ${COLUMNS} from attachments f where f.team_id = ${team} order by f.created_at desc, f.id desc`.execute(
    kysely(db),
  )
  return rows
}

/** Those that are there, by id. Asks nothing of the database for no ids. */
export async function attachmentsByIds(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<Map<Id, AttachmentRow>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<AttachmentRow>`
    select ${COLUMNS} from attachments f where f.team_id = ${team} and f.id = any(${[...new Set(ids)]})`.execute(
    kysely(db),
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** As an email keeps it. */
export const mailFile = ({ id, name, type, size, sha256 }: AttachmentRow): MailFile => ({
  id,
  name,
  type,
  size,
  sha256,
})

/** Steps that may still be sent, and drafts of theirs that were edited: archived sequences and deleted steps aside. */
export async function attachmentUses(db: Db, team: TeamId): Promise<AttachmentUse[]> {
  const { rows } = await sql<AttachmentUse>`
    select distinct used.id as "attachmentId", s.id as "sequenceId", s.name as "sequenceName", st.id as "stepId", st.position
    from (select step_id, unnest(attachment_ids) as id from variants where team_id = ${team} and deleted_at is null
      union all select step_id, unnest(draft_attachment_ids) from tasks where team_id = ${team} and state = 'open') as used
      join steps st on st.team_id = ${team} and st.id = used.step_id and st.deleted_at is null
      join sequences s on s.team_id = st.team_id and s.id = st.sequence_id and s.archived_at is null
    order by "sequenceName", "sequenceId", position`.execute(kysely(db))
  return rows
}

export async function insertAttachment(
  tx: Db,
  o: { team: TeamId; id: Id; name: string; type: string; content: Buffer; userId: Id; now: Instant },
): Promise<void> {
  const sha256 = createHash('sha256').update(o.content).digest('hex')
  await sql`
    insert into attachment_contents (team_id, sha256, content, created_at)
    values (${o.team}, ${sha256}, ${o.content}, ${at(o.now)})
    on conflict (team_id, sha256) do update set sent = attachment_contents.sent`.execute(kysely(tx))
  await sql`
    insert into attachments (team_id, id, file_name, content_type, size, sha256, created_by, created_at)
    values (${o.team}, ${o.id}, ${o.name}, ${o.type}, ${o.content.length}, ${sha256}, ${o.userId}, ${at(o.now)})`.execute(
    kysely(tx),
  )
}

/** The bytes go with the last row that has them, unless an email was written with them. Locks them first: nobody uploads the same meanwhile. */
export async function deleteAttachment(tx: Db, { team, id }: { team: TeamId; id: Id }): Promise<void> {
  await sql`
    select from attachment_contents c join attachments f on f.team_id = c.team_id and f.sha256 = c.sha256
    where f.team_id = ${team} and f.id = ${id} for update of c`.execute(kysely(tx))
  await sql`
    with gone as (delete from attachments where team_id = ${team} and id = ${id} returning team_id, sha256)
    delete from attachment_contents c using gone
    where c.team_id = gone.team_id and c.sha256 = gone.sha256 and not c.sent
      and not exists (select from attachments f where f.team_id = c.team_id and f.sha256 = c.sha256 and f.id <> ${id})`.execute(
    kysely(tx),
  )
}

/** Emails were written with these bytes: from now on they are kept. */
export async function keepContents(
  tx: Db,
  { team, files }: { team: TeamId; files: readonly MailFile[] },
): Promise<void> {
  if (files.length === 0) return
  await sql`
    update attachment_contents set sent = true
    where team_id = ${team} and sha256 = any(${[...new Set(files.map((file) => file.sha256))]}) and not sent`.execute(
    kysely(tx),
  )
}

/** The bytes by hash; what is not there is left out. */
export async function contentsOf(
  db: Db,
  { team, hashes }: { team: TeamId; hashes: readonly string[] },
): Promise<Map<string, Buffer>> {
  const { rows } = await sql<{ sha256: string; content: Buffer }>`
    select sha256, content from attachment_contents where team_id = ${team} and sha256 = any(${hashes as string[]})`.execute(
    kysely(db),
  )
  return new Map(rows.map((row) => [row.sha256, row.content]))
}
