/** Rows of snippets: texts of the team that wordings put in by name, and which steps do so. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { type Snippets, snippetsIn } from '../core/template.ts'
import type { Use } from '../core/use.ts'
import { at, kysely } from './db.ts'

export interface SnippetRow {
  id: Id
  name: string
  bodyHtml: string
  createdAt: Instant
  updatedAt: Instant
}

export interface SnippetText {
  bodyHtml: string
  rev: number
}

/** A step whose wording puts a snippet in. */
export type SnippetUse = Use & { name: string }

export async function snippetsOf(db: Db, team: TeamId): Promise<SnippetRow[]> {
  const { rows } = await sql<SnippetRow>`
    select id, name, body_html as "bodyHtml", created_at as "createdAt", updated_at as "updatedAt"
    from snippets where team_id = ${team} order by name`.execute(kysely(db))
  return rows
}

/** All of the team, by name. */
export async function snippetTexts(db: Db, team: TeamId): Promise<Snippets> {
  return new Map((await snippetsOf(db, team)).map((row) => [row.name, row.bodyHtml]))
}

/** Those that these bodies use, by name. Asks nothing of the database when there are none. */
export async function snippetsInBodies(
  db: Db,
  { team, bodies }: { team: TeamId; bodies: readonly string[] },
): Promise<Map<string, SnippetText>> {
  const names = [...new Set(bodies.flatMap(snippetsIn))]
  if (names.length === 0) return new Map()
  const { rows } = await sql<SnippetText & { name: string }>`
    select name, body_html as "bodyHtml", rev from snippets where team_id = ${team} and name = any(${names})`.execute(
    kysely(db),
  )
  return new Map(rows.map(({ name, bodyHtml, rev }) => [name, { bodyHtml, rev }]))
}

/** Every use in wordings that may still be sent: archived sequences and deleted steps aside. */
export async function snippetUses(db: Db, team: TeamId): Promise<SnippetUse[]> {
  const { rows } = await sql<Omit<SnippetUse, 'name'> & { bodyHtml: string }>`
    select s.id as "sequenceId", s.name as "sequenceName", st.id as "stepId", st.position, t.body_html as "bodyHtml"
    from templates t
      join variants v on v.team_id = t.team_id and v.template_id = t.id and v.deleted_at is null
      join steps st on st.team_id = v.team_id and st.id = v.step_id and st.deleted_at is null
      join sequences s on s.team_id = st.team_id and s.id = st.sequence_id and s.archived_at is null
    where t.team_id = ${team} and t.body_html ilike '%snippet%' order by s.name, s.id, st.position`.execute(
    kysely(db),
  )
  return rows.flatMap(({ bodyHtml, ...use }) => snippetsIn(bodyHtml).map((name) => ({ ...use, name })))
}

/** Nobody else changes it until the transaction ends. */
export async function lockSnippet(
  tx: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<SnippetRow | undefined> {
  const { rows } = await sql<SnippetRow>`
    select id, name, body_html as "bodyHtml", created_at as "createdAt", updated_at as "updatedAt"
    from snippets where team_id = ${team} and id = ${id} for no key update`.execute(kysely(tx))
  return rows[0]
}

/** False: another one of the team has the name. */
export async function insertSnippet(
  tx: Db,
  o: { team: TeamId; id: Id; name: string; bodyHtml: string; userId: Id; now: Instant },
): Promise<boolean> {
  const { rows } = await sql<{ id: Id }>`
    insert into snippets (team_id, id, name, body_html, created_by, created_at, updated_at)
    values (${o.team}, ${o.id}, ${o.name}, ${o.bodyHtml}, ${o.userId}, ${at(o.now)}, ${at(o.now)})
    on conflict (team_id, name) do nothing returning id`.execute(kysely(tx))
  return rows.length > 0
}

/** False: another one of the team has the name. */
export async function saveSnippet(
  tx: Db,
  o: { team: TeamId; id: Id; name: string; bodyHtml: string; now: Instant },
): Promise<boolean> {
  const { rows } = await sql<{ id: Id }>`
    update snippets set name = ${o.name}, body_html = ${o.bodyHtml}, updated_at = ${at(o.now)}, rev = rev + 1
    where team_id = ${o.team} and id = ${o.id}
      and not exists (select from snippets x where x.team_id = ${o.team} and x.name = ${o.name} and x.id <> ${o.id})
    returning id`.execute(kysely(tx))
  return rows.length > 0
}

export async function deleteSnippet(tx: Db, { team, id }: { team: TeamId; id: Id }): Promise<void> {
  await sql`delete from snippets where team_id = ${team} and id = ${id}`.execute(kysely(tx))
}
