/** What became of the tasks of a step: how many are open, done and skipped, and what its calls came to. */
import type { Step } from '../lib/sequence-types.ts'
import { counted } from '../lib/words.ts'

export function TaskResults({ saved }: { saved: Step }) {
  const { tasks_open: open = 0, unique_completed: done = 0, unique_skipped: skipped = 0 } = saved
  if (open + done + skipped === 0) return null
  return (
    <div className="sg-quiet" style={{ padding: '0 12px 12px' }} data-testid="task-results">
      {counted(open, 'task')} open, {done} done, {skipped} skipped
      <Calls outcomes={saved.outcomes ?? []} />
    </div>
  )
}

/** Calls without an outcome have no part in it: nobody has said whether somebody picked up. */
function Calls({ outcomes }: { outcomes: NonNullable<Step['outcomes']> }) {
  const made = outcomes.reduce((sum, each) => sum + each.count, 0)
  if (made === 0) return null
  const answered = outcomes.reduce((sum, each) => sum + (each.answered ? each.count : 0), 0)
  return (
    <div>
      {`Calls: ${outcomes.map(({ name, count }) => `${name} ${count}`).join(', ')}. ${answered} of ${made} answered.`}
    </div>
  )
}
