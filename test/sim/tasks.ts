/** What the team's people do with their tasks: calls are made or skipped, drafts sent off or left alone. */
import { sendDraft } from '../../src/actions/write-draft.ts'
import { endTask } from '../../src/actions/write-task.ts'
import type { Id } from '../../src/core/ids.ts'
import type { Request } from './people.ts'
import { between } from './team.ts'

async function openTasks({ look, house, random }: Request, kind: string): Promise<Id[]> {
  const rows = await look<{ id: Id }>(
    `select id from tasks where team_id = $1 and state = 'open' and kind = $2 and approved_at is null order by due_at, id limit $3`,
    [house.team, kind, between(2, 12, random)],
  )
  return rows.map((row) => row.id)
}

const by = ({ house, now, random }: Request) => ({
  team: house.team,
  actor: `user:${house.userId}`,
  now,
  random,
})

export async function makeCalls(request: Request): Promise<void> {
  for (const id of await openTasks(request, 'call')) {
    const skipped = request.random.next() < 0.3
    const end = skipped
      ? ({ as: 'skipped', reason: 'skipped_by_person', outcome: null } as const)
      : ({ as: 'completed', outcome: 'no answer', finish: request.random.next() < 0.1 } as const)
    await endTask(request.db, by(request), { id, end })
  }
}

export async function sendDrafts(request: Request): Promise<void> {
  for (const taskId of await openTasks(request, 'manual_email'))
    await sendDraft(request.db, { ...by(request), taskId, publicUrl: null })
}
