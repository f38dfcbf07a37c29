/** Gives somebody a call when an email was opened so often, where its sequence says so. It moves nobody in the sequence. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { callForOpens } from '../core/open-call.ts'
import type { Random } from '../core/random.ts'
import { writeActivities } from '../store/activities.ts'
import { insertOpenCalls, openedMails } from '../store/open-calls.ts'

/** After the openings were judged, in their transaction, which holds the enrollments. */
export async function giveCallsForOpens(
  tx: Db,
  o: { team: TeamId; messageIds: readonly Id[]; now: Instant; random: Random },
): Promise<void> {
  if (o.messageIds.length === 0) return
  const asked = (await openedMails(tx, o)).flatMap((mail) => {
    const call = callForOpens(mail)
    return call === null ? [] : [{ ...mail, ...call }]
  })
  const given = await insertOpenCalls(tx, { ...o, calls: asked })
  const about = new Map(asked.map((one) => [one.enrollmentId, one]))
  await writeActivities(tx, {
    ...o,
    activities: given.map(({ id: taskId, enrollmentId }) => {
      const { contactId, sequenceId, messageId, title } = about.get(enrollmentId)!
      const detail = { taskId, detail: title }
      return {
        kind: 'call_for_opens',
        actor: 'engine',
        contactId,
        sequenceId,
        enrollmentId,
        messageId,
        detail,
      }
    }),
  })
}
