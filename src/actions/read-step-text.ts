/** What the step of a task says to its person, for somebody to copy: the note of a LinkedIn invitation, a message. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { renderMessage } from '../render.ts'
import { readDue } from '../store/due-enrollments.ts'
import type { TaskRow } from '../store/tasks.ts'

export interface StepWords {
  text: string
  /** Variables and snippets without a value: their places are empty. */
  missing: readonly string[]
}

/** Undefined: the step has no wording, or cannot be read. */
export async function readStepText(
  db: Db,
  { team, task, now }: { team: TeamId; task: TaskRow; now: Instant },
): Promise<StepWords | undefined> {
  if (task.enrollmentId === null) return undefined
  const [due] = await readDue(db, { team, enrollmentIds: [task.enrollmentId], now })
  if (!due?.text || due.stepId !== task.stepId) return undefined
  const { bodyHtml, snippets, values, zone } = due.text
  const rendered = renderMessage({
    ...{ subject: '', bodyHtml, snippets },
    ...{ values: values(now, zone), now, zone },
  })
  if (rendered.kind === 'problem' || rendered.text.trim() === '') return undefined
  return { text: rendered.text.trim(), missing: rendered.missing }
}
