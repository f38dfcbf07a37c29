/** Rows of variants: which template a step is worded by, and whether a person approved it. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Thread } from '../core/sequence.ts'
import { at, isoArray, json, kysely } from './db.ts'

export interface VariantRow {
  id: Id
  stepId: Id
  templateId: Id
  thread: Thread
  approved: boolean
  /** 0: switched off. */
  weight: number
  includeSignature: boolean
  attachmentIds: Id[]
  deletedAt: Instant | null
}

/** Not the deleted ones; in order of birth within each step. */
export async function variantsOfSteps(
  db: Db,
  { team, stepIds }: { team: TeamId; stepIds: readonly Id[] },
): Promise<VariantRow[]> {
  const { rows } = await sql<VariantRow>`
    select v.id, v.step_id as "stepId", v.template_id as "templateId", v.thread, v.approved, v.weight,
      v.include_signature as "includeSignature", v.attachment_ids as "attachmentIds", v.deleted_at as "deletedAt"
    from variants v join unnest(${stepIds as Id[]}::text[]) with ordinality as asked (id, place)
      on v.team_id = ${team} and v.step_id = asked.id
    where v.deleted_at is null order by asked.place, v.created_at, v.id`.execute(kysely(db))
  return rows
}

/** Undefined: there is no such wording, or it was deleted. */
export async function stepOfVariant(db: Db, { team, id }: { team: TeamId; id: Id }): Promise<Id | undefined> {
  const { rows } = await sql<{ id: Id }>`
    select step_id as id from variants where team_id = ${team} and id = ${id} and deleted_at is null`.execute(
    kysely(db),
  )
  return rows[0]?.id
}

export interface TemplateUse {
  sequenceId: Id
  stepIds: Id[]
  /** One of the wordings there is approved. */
  approved: boolean
}

/** Where a template words a step: by sequence. */
export async function usesOfTemplate(db: Db, { team, id }: { team: TeamId; id: Id }): Promise<TemplateUse[]> {
  const { rows } = await sql<TemplateUse>`
    select s.sequence_id as "sequenceId", array_agg(distinct s.id order by s.id) as "stepIds", bool_or(v.approved) as approved
    from variants v join steps s on s.team_id = v.team_id and s.id = v.step_id and s.deleted_at is null
    where v.team_id = ${team} and v.template_id = ${id} and v.deleted_at is null
    group by 1 order by 1`.execute(kysely(db))
  return rows
}

/** New ones are born in the order given: the page names them A, B, C. */
export async function saveVariants(
  tx: Db,
  { team, variants, now }: { team: TeamId; variants: readonly VariantRow[]; now: Instant },
): Promise<void> {
  if (variants.length === 0) return
  const column = <K extends keyof VariantRow>(key: K) => variants.map((variant) => variant[key])
  await sql`
    insert into variants (team_id, created_at, id, step_id, template_id, thread, approved, weight, include_signature, deleted_at, attachment_ids)
    select ${team}, ${at(now)}::timestamptz + v.place * interval '1 microsecond', v.id, v.step_id, v.template_id, v.thread, v.approved, v.weight, v.include_signature, v.deleted_at,
      array(select jsonb_array_elements_text(v.attachment_ids::jsonb))
    from unnest(${column('id')}::text[], ${column('stepId')}::text[], ${column('templateId')}::text[],
      ${column('thread')}::text[], ${column('approved')}::boolean[], ${column('weight')}::int[], ${column('includeSignature')}::boolean[],
      ${isoArray(column('deletedAt'))}::timestamptz[],
      ${column('attachmentIds').map((ids) => json(ids))}::text[])
      with ordinality as v (id, step_id, template_id, thread, approved, weight, include_signature, deleted_at, attachment_ids, place)
    on conflict (team_id, id) do update set template_id = excluded.template_id, thread = excluded.thread,
      approved = excluded.approved, weight = excluded.weight, include_signature = excluded.include_signature, deleted_at = excluded.deleted_at, attachment_ids = excluded.attachment_ids,
      rev = variants.rev + 1`.execute(kysely(tx))
}
