/** What the team's people do with their tasks: calls are made or skipped, drafts sent off or left alone. */
import { sendDraft } from '../../src/actions/write-draft.ts'
import { endCall, endTask } from '../../src/actions/write-task.ts'
import type { Id } from '../../src/core/ids.ts'
import type { Request } from './people.ts'
import { between, pick } from './team.ts'

async function openTasks({ look, house, random }: Request, kind: string): Promise<Id[]> {
  const rows = await look<{ id: Id }>(
    `select id from tasks where team_id = $1 and state = 'open' and kind = $2 and approved_at is null order by due_at, id limit $3`,
    [house.team, kind, between(2, 12, random)],
  )
  return rows.map((row) => row.id)
}

const by = ({ house, now, random }: Request) => ({
  team: house.team,
  userId: house.userId,
  actor: `user:${house.userId}`,
  now,
  random,
})

/** Most calls reach nobody; what the others come to ends the sequence, or all of them. */
const CAME_TO: Readonly<Record<string, number>> = {
  'No answer': 8,
  'Left voicemail': 4,
  Connected: 3,
  Busy: 2,
  'Wrong number': 1,
  Interested: 1,
  'Not interested': 1,
  'Meeting booked': 1,
}

export async function makeCalls(request: Request): Promise<void> {
  const { db, house, random, look } = request
  const outcomes = await look<{ id: Id; name: string }>(
    'select id, name from call_outcomes where team_id = $1 and deleted_at is null order by position, id',
    [house.team],
  )
  const drawn = outcomes.flatMap((one) => Array.from({ length: CAME_TO[one.name] ?? 1 }, () => one.id))
  for (const id of await openTasks(request, 'call')) {
    const note = 'by phone'
    if (random.next() < 0.3) {
      await endTask(db, by(request), {
        id,
        end: { as: 'skipped', reason: 'skipped_by_person', outcome: note },
      })
      continue
    }
    const finish = random.next() < 0.1
    if (random.next() < 0.2) {
      await endTask(db, by(request), { id, end: { as: 'completed', outcome: note, finish } })
      continue
    }
    const made = { taskId: id, outcomeId: pick(drawn, random), note, finish, toNumber: null }
    await endCall(db, by(request), made)
  }
}

export async function sendDrafts(request: Request): Promise<void> {
  for (const taskId of await openTasks(request, 'manual_email'))
    await sendDraft(request.db, { ...by(request), taskId, publicUrl: null })
}
