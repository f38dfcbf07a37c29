/** Rows of steps and, with them, their wordings: what a sequence says and when. A deleted step keeps its row and its place. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { WaitUnit } from '../core/due.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Priority, StepKind } from '../core/sequence.ts'
import { at, isoArray, kysely } from './db.ts'
import { type TemplateRow, templatesByIds } from './templates.ts'
import { type VariantRow, variantsOfSteps } from './variants.ts'

export interface StepRow {
  id: Id
  sequenceId: Id
  /** From 1; a deleted step has that of the step before it. */
  position: number
  kind: StepKind
  waitAmount: number
  waitUnit: WaitUnit
  businessDays: boolean
  exactAt: Instant | null
  priority: Priority | null
  note: string | null
  dailyCap: number | null
  autoSkipDays: number | null
  deletedAt: Instant | null
}

export interface Tree {
  steps: StepRow[]
  variants: VariantRow[]
  templates: TemplateRow[]
}

/** The steps of a sequence in order, their wordings and templates; deleted ones left out. */
export async function treeOf(db: Db, { team, sequenceId }: { team: TeamId; sequenceId: Id }): Promise<Tree> {
  const steps = await stepsOf(db, { team, sequenceIds: [sequenceId] })
  const variants = await variantsOfSteps(db, { team, stepIds: steps.map((step) => step.id) })
  const templates = await templatesByIds(db, { team, ids: variants.map((variant) => variant.templateId) })
  return { steps, variants, templates }
}

export async function stepsOf(
  db: Db,
  { team, sequenceIds, deleted = false }: { team: TeamId; sequenceIds: readonly Id[]; deleted?: boolean },
): Promise<StepRow[]> {
  const { rows } = await sql<StepRow>`
    select id, sequence_id as "sequenceId", position, kind, wait_amount as "waitAmount", wait_unit as "waitUnit", business_days as "businessDays",
      exact_at as "exactAt", priority, note, daily_cap as "dailyCap", auto_skip_days as "autoSkipDays",
      deleted_at as "deletedAt"
    from steps where team_id = ${team} and sequence_id = any(${sequenceIds as Id[]}) and (deleted_at is null or ${deleted})
    order by sequence_id, position, id`.execute(kysely(db))
  return rows
}

/** Undefined: there is no such step, or it was deleted. */
export async function sequenceOfStep(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<Id | undefined> {
  const { rows } = await sql<{ id: Id }>`
    select sequence_id as id from steps where team_id = ${team} and id = ${id} and deleted_at is null`.execute(
    kysely(db),
  )
  return rows[0]?.id
}

/** Inserts new steps and rewrites known ones; in each column one array. */
export async function saveSteps(
  tx: Db,
  { team, steps, now }: { team: TeamId; steps: readonly StepRow[]; now: Instant },
): Promise<void> {
  if (steps.length === 0) return
  const column = <K extends keyof StepRow>(key: K) => steps.map((step) => step[key])
  await sql`
    insert into steps (team_id, created_at, id, sequence_id, position, kind, wait_amount, wait_unit, business_days, exact_at, priority, note,
      daily_cap, auto_skip_days, deleted_at)
    select ${team}, ${at(now)}, s.*
    from unnest(${column('id')}::text[], ${column('sequenceId')}::text[], ${column('position')}::int[], ${column('kind')}::text[],
      ${column('waitAmount')}::int[], ${column('waitUnit')}::text[], ${column('businessDays')}::boolean[], ${isoArray(column('exactAt'))}::timestamptz[],
      ${column('priority')}::text[], ${column('note')}::text[], ${column('dailyCap')}::int[], ${column('autoSkipDays')}::int[],
      ${isoArray(column('deletedAt'))}::timestamptz[]) as s
    on conflict (team_id, id) do update set position = excluded.position, kind = excluded.kind,
      wait_amount = excluded.wait_amount, wait_unit = excluded.wait_unit, business_days = excluded.business_days, exact_at = excluded.exact_at,
      priority = excluded.priority, note = excluded.note, daily_cap = excluded.daily_cap,
      auto_skip_days = excluded.auto_skip_days, deleted_at = excluded.deleted_at, rev = steps.rev + 1`.execute(
    kysely(tx),
  )
}
