/** Rows of templates: subject and body as written, not filled. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely, likeAll } from './db.ts'

export interface TemplateRow {
  id: Id
  name: string | null
  subject: string | null
  bodyHtml: string | null
  ownerId: Id | null
  createdAt: Instant
}

export async function templatesByIds(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<TemplateRow[]> {
  const { rows } = await sql<TemplateRow>`
    select t.id, t.name, t.subject, t.body_html as "bodyHtml", t.owner_id as "ownerId", t.created_at as "createdAt"
    from templates t join unnest(${[...new Set(ids)]}::text[]) with ordinality as asked (id, place)
      on t.team_id = ${team} and t.id = asked.id
    order by asked.place`.execute(kysely(db))
  return rows
}

/** Nobody else writes it until the transaction ends. */
export async function lockTemplate(
  tx: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<TemplateRow | undefined> {
  await sql`select from templates where team_id = ${team} and id = ${id} for no key update`.execute(
    kysely(tx),
  )
  return (await templatesByIds(tx, { team, ids: [id] }))[0]
}

export async function saveTemplates(
  tx: Db,
  {
    team,
    templates,
    now,
  }: { team: TeamId; templates: readonly Omit<TemplateRow, 'createdAt'>[]; now: Instant },
): Promise<void> {
  if (templates.length === 0) return
  await sql`
    insert into templates (team_id, created_at, updated_at, id, name, subject, body_html, owner_id)
    select ${team}, ${at(now)}, ${at(now)}, t.*
    from unnest(${templates.map((one) => one.id)}::text[], ${templates.map((one) => one.name)}::text[],
      ${templates.map((one) => one.subject)}::text[], ${templates.map((one) => one.bodyHtml)}::text[],
      ${templates.map((one) => one.ownerId)}::text[]) as t
    on conflict (team_id, id) do update set name = excluded.name, subject = excluded.subject, body_html = excluded.body_html,
      updated_at = excluded.updated_at, rev = templates.rev + 1`.execute(kysely(tx))
}

export interface TemplateSearch {
  team: TeamId
  /** Letters that occur in name or subject. */
  words: readonly string[]
  offset: number
  limit: number
}

/** Those that somebody has named; the wordings of single steps have no name. The newest first. */
export async function searchTemplates(
  db: Db,
  { team, words, offset, limit }: TemplateSearch,
): Promise<{ templates: TemplateRow[]; total: number }> {
  const named = [sql`team_id = ${team}`, sql`name is not null`]
  const matching = words.map((word) => sql`lower(concat_ws(' ', name, subject)) like ${likeAll(word)}`)
  const where = sql.join([...named, ...matching], sql` and `)
  const [page, count] = await Promise.all([
    sql<TemplateRow>`
      select id, name, subject, body_html as "bodyHtml", owner_id as "ownerId", created_at as "createdAt" from templates
      where ${where} order by created_at desc, id desc offset ${offset} limit ${limit}`.execute(kysely(db)),
    sql<{ n: number }>`select count(*) as n from templates where ${where}`.execute(kysely(db)),
  ])
  return { templates: page.rows, total: count.rows[0]!.n }
}
