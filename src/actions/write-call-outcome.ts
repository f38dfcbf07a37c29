/** Writes the team's list of what a call can come to. Calls that were made keep what they came to. */
import {
  CALL_OUTCOMES_MAX,
  type CallOutcomeDraft,
  callOutcomeNameProblem,
  MOVES_STAGE,
} from '../core/call-outcome.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import {
  callOutcomeById,
  callOutcomesOf,
  insertCallOutcome,
  isOutcomeNameTaken,
  retireCallOutcome,
  saveCallOutcome,
} from '../store/call-outcomes.ts'
import { contactStagesOf } from '../store/stages.ts'

export interface OutcomeWriting {
  team: TeamId
  now: Instant
  random: Random
}

export interface OutcomeFields extends CallOutcomeDraft {
  stageId: Id | null
  position: number
}

/** The id of the new outcome, which comes last. */
export async function createCallOutcome(
  db: Db,
  { team, now, random }: OutcomeWriting,
  fields: Omit<OutcomeFields, 'position'>,
): Promise<Result<Id>> {
  return db.transaction(async (tx): Promise<Result<Id>> => {
    const problem = await problemOf(tx, team, fields)
    if (problem) return problem
    const all = await callOutcomesOf(tx, team)
    if (all.length >= CALL_OUTCOMES_MAX)
      return refused(`There are ${all.length} call outcomes, the most there can be. Delete one first.`)
    const id = newId(now, random)
    const name = fields.name.trim()
    return (await insertCallOutcome(tx, { ...fields, name, team, id, now })) ? done(id) : nameTaken(name)
  })
}

/** What is left out stays. */
export async function updateCallOutcome(
  db: Db,
  { team, now }: OutcomeWriting,
  { id, changes }: { id: Id; changes: Partial<OutcomeFields> },
): Promise<Result<Id>> {
  const save = async (tx: Db): Promise<Result<Id>> => {
    const before = await callOutcomeById(tx, { team, id, locked: true })
    if (!before) return notFound()
    const after = { ...before, ...changes, name: (changes.name ?? before.name).trim() }
    // Another effect takes the stage of the one before along, unless it has its own.
    if (changes.stageId === undefined && MOVES_STAGE.includes(after.effect)) after.stageId = null
    const problem = await problemOf(tx, team, after)
    if (problem) return problem
    return (await saveCallOutcome(tx, { ...after, team, now })) ? done(id) : nameTaken(after.name)
  }
  try {
    return await db.transaction(save)
  } catch (error) {
    if (isOutcomeNameTaken(error)) return nameTaken(changes.name!.trim())
    throw error
  }
}

/** Calls that came to it still say so. */
export async function removeCallOutcome(
  db: Db,
  { team, now }: OutcomeWriting,
  id: Id,
): Promise<Result<null>> {
  return (await retireCallOutcome(db, { team, id, now })) ? done(null) : notFound()
}

async function problemOf(tx: Db, team: TeamId, { name, effect, stageId }: Omit<OutcomeFields, 'position'>) {
  const named = callOutcomeNameProblem(name)
  if (named !== undefined) return refused(named, { parameter: 'name' })
  if (stageId === null) return undefined
  if (MOVES_STAGE.includes(effect))
    return refused(
      `An outcome with the effect "${effect}" moves people to the stage that the sequence names for it. Leave contact_stage_id out.`,
      { parameter: 'contact_stage_id' },
    )
  const stage = (await contactStagesOf(tx, team)).find((one) => one.id === stageId)
  if (!stage)
    return refused(`The contact stage ${stageId} does not exist.`, { parameter: 'contact_stage_id' })
  return stage.role === 'interested'
    ? refused(
        'To move people to Interested, choose the effect "interested": it ends what ends with interest.',
        {
          parameter: 'contact_stage_id',
        },
      )
    : undefined
}

const nameTaken = (name: string) =>
  refused(`There is a call outcome named ${name} already. Change that one, or choose another name.`, {
    parameter: 'name',
  })
