/** What several calls about sequences answer with: one sequence with its numbers, and its steps and wordings. */
import { Type } from 'typebox'
import { warningsOfSequences } from '../actions/reputation-warnings.ts'
import type { Id } from '../core/ids.ts'
import { attachmentsByIds } from '../store/attachments.ts'
import { hasSequences, nextSends, type SequenceRow, sequenceById } from '../store/sequences.ts'
import { readTotals } from '../store/stats.ts'
import { type Tree, treeOf } from '../store/steps.ts'
import { countTasks } from '../store/task-counts.ts'
import { actorOf } from './actor.ts'
import { refuse } from './errors.ts'
import type { Call } from './route.ts'
import { wireAttachment } from './wire/attachment.ts'
import { wireSequence } from './wire/sequence.ts'
import { type Counting, TreeOnWire, wireTree } from './wire/step.ts'

/** The sequence, archived or not, or a 404. */
export async function sequenceOf(call: Call, id: Id): Promise<SequenceRow> {
  const row = await sequenceById(call.db, { team: call.caller.teamId, id })
  return row ?? refuse(404, 'Record not found.')
}

/** Sequences as the wire says them, in the order given; their numbers are read in one statement. */
export async function sequencesOnWire(call: Call, rows: readonly SequenceRow[]) {
  const team = call.caller.teamId
  const sequenceIds = rows.map((row) => row.id)
  const [totals, next, warnings] = await Promise.all([
    readTotals(call.db, { team, sequenceIds }),
    nextSends(call.db, { team, sequenceIds }),
    warningsOfSequences(call.db, { team, ids: sequenceIds, now: call.now }),
  ])
  return rows.map((row) =>
    wireSequence({
      row,
      totals: totals.get(row.id) ?? [],
      nextSendAt: next.get(row.id) ?? null,
      reputationWarning: warnings.get(row.id) ?? null,
      userId: call.caller.userId,
    }),
  )
}

export async function sequenceOnWire(call: Call, row: SequenceRow) {
  return (await sequencesOnWire(call, [row]))[0]!
}

/** One sequence with everything in it. */
export async function wholeSequence(call: Call, id: Id) {
  const team = call.caller.teamId
  const row = await sequenceOf(call, id)
  const [campaign, tree, totals, tasks] = await Promise.all([
    sequenceOnWire(call, row),
    treeOf(call.db, { team, sequenceId: id }),
    readTotals(call.db, { team, sequenceIds: [id] }),
    countTasks(call.db, { team, sequenceId: id }),
  ])
  const ids = tree.variants.flatMap((variant) => variant.attachmentIds)
  const files = await attachmentsByIds(call.db, { team, ids })
  const attachments = [...files.values()].map(wireAttachment)
  const lists = listsOnWire(row, tree, { totals: totals.get(id) ?? [], tasks })
  return { row, campaign, tree, attachments, lists }
}

function listsOnWire(row: SequenceRow, tree: Tree, counting: Pick<Counting, 'totals' | 'tasks'>) {
  return wireTree(tree, { ...counting, sequenceActive: row.active && row.archivedAt === null })
}

export const TeamOnWire = Type.Object({ id: Type.String(), sequences_finder_empty: Type.Boolean() })

export async function teamOnWire(call: Call) {
  return {
    id: call.caller.teamPublicId,
    sequences_finder_empty: !(await hasSequences(call.db, call.caller.teamId)),
  }
}

/** Who writes, for the actions that write sequences. */
export function writingOf(call: Call) {
  const { caller, now, random, settings } = call
  const who = { team: caller.teamId, userId: caller.userId, actor: actorOf(call) }
  return { ...who, now, random, publicUrl: settings.publicUrl }
}

export { TreeOnWire }
