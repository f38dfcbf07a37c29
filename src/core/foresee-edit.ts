/** Whom an edit of the steps of a live sequence would touch, by where people stand. Counts; changes nothing. */
import type { Id } from './ids.ts'

export interface EditedStep {
  id: Id
  position: number
  deletedAt: number | null
}

/** How many who are active or paused stand on a step. */
export type People = ReadonlyMap<Id, number>

export interface Edited {
  /** After the edit, deleted ones included: those stand at the place of the survivor before them. */
  steps: readonly EditedStep[]
  /** Steps that were there before. */
  knownIds: ReadonlySet<Id>
  deletedIds: readonly Id[]
  retimedIds: readonly Id[]
  rewordedIds: readonly Id[]
}

export interface Foreseen {
  /** Whoever stands on a deleted step goes on with the next one, by its place after the edit; null: they have received everything. */
  deleted: { stepId: Id; goesOnAt: number | null; people: number }[]
  /** An inserted step is met only by those who have not passed it. */
  inserted: { position: number; metBy: number; notMetBy: number }[]
  /** Who waits on a step whose wait, moment or priority is another gets a new moment. */
  retimed: { stepId: Id; position: number; people: number }[]
  /** Another wording applies to what is not yet sent. */
  reworded: { stepId: Id; position: number; people: number }[]
}

export function foreseeEdit({ steps, knownIds, ...edit }: Edited, people: People): Foreseen {
  const live = steps.filter((step) => step.deletedAt === null).sort((a, b) => a.position - b.position)
  const byId = new Map(steps.map((step) => [step.id, step]))
  const next = (id: Id) => live.find((step) => step.position > byId.get(id)!.position) ?? null
  /** Where whoever stands on a step is to stand afterwards; null: at the end. */
  const place = (id: Id) =>
    byId.get(id)?.deletedAt === null ? byId.get(id)!.position : (next(id)?.position ?? null)
  const standing = [...people].filter(([id]) => byId.has(id)).map(([id, n]) => ({ at: place(id), n }))
  const until = (position: number) => sum(standing.filter(({ at }) => at !== null && at <= position))
  const on = (id: Id) => people.get(id) ?? 0
  const at = (ids: readonly Id[]) => live.filter((step) => ids.includes(step.id))
  return {
    deleted: edit.deletedIds.map((id) => ({
      stepId: id,
      goesOnAt: next(id)?.position ?? null,
      people: on(id),
    })),
    inserted: live
      .filter((step) => !knownIds.has(step.id))
      .map(({ position }) => {
        const metBy = until(position)
        return { position, metBy, notMetBy: sum(standing) - metBy }
      }),
    retimed: at(edit.retimedIds).map(({ id, position }) => ({ stepId: id, position, people: on(id) })),
    reworded: at(edit.rewordedIds).map(({ id, position }) => ({
      stepId: id,
      position,
      people: until(position),
    })),
  }
}

const sum = (counted: readonly { n: number }[]) => counted.reduce((total, { n }) => total + n, 0)
