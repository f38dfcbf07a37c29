/** Tasks with their contacts and companies beside them, in a fixed number of queries. */
import type { Id } from '../core/ids.ts'
import type { TaskRow } from '../store/tasks.ts'
import { contactsWire } from './contact-answers.ts'
import type { Call } from './route.ts'
import { wireTask } from './wire/task.ts'

export async function tasksWire(call: Pick<Call, 'db' | 'caller'>, tasks: readonly TaskRow[]) {
  const ids = [...new Set(tasks.flatMap((task) => task.contactId ?? []))]
  const contacts = new Map(
    (await contactsWire(call, ids, { withAccount: true })).map((one) => [one.id as Id, one]),
  )
  return tasks.map((task) => {
    const contact = task.contactId === null ? null : (contacts.get(task.contactId) ?? null)
    // Recorded beside a task alone.
    return wireTask(task, {
      contact: contact && { github_url: null, ...contact },
      account: (contact as { account?: unknown } | null)?.account ?? null,
    })
  })
}
