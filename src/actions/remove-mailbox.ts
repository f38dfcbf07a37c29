/**
 * Removes a mailbox that was connected by mistake: only while nothing was sent from it and nobody depends on it, so that no answer, bounce or
 * opt-out can still arrive there. The default schedule stays as it is: Mon-Fri 9-17 harms nobody, and may have been chosen since.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { writeActivities } from '../store/activities.ts'
import { lockForRemoval, type MailboxUse, removeRow } from '../store/mailbox-removal.ts'

/** Who acts on a mailbox, and when. */
export interface ActingOnMailbox {
  team: TeamId
  userId: Id
  now: Instant
  random: Random
}

export async function removeMailbox(db: Db, acting: ActingOnMailbox, id: Id): Promise<Result<null>> {
  const { team, userId, now, random } = acting
  return db.transaction(async (tx): Promise<Result<null>> => {
    const use = await lockForRemoval(tx, { team, id })
    if (!use) return notFound()
    const problem = standsInTheWay(use)
    if (problem) return refused(problem.sentence, { code: problem.code })
    await removeRow(tx, { team, id, now })
    await writeActivities(tx, {
      team,
      activities: [{ kind: 'mailbox_removed', actor: `user:${userId}`, mailboxId: id }],
      now,
      random,
    })
    return done(null)
  })
}

function standsInTheWay(use: MailboxUse): { code: string; sentence: string } | undefined {
  const { kind, address, sends, people, readsFor } = use
  if (kind === 'sandbox')
    return {
      code: 'sandbox_stays',
      sentence: 'The sandbox cannot be removed: sequences are tried in it. It sends nothing to the world.',
    }
  if (sends)
    return {
      code: 'mailbox_has_sent',
      sentence: `${address} has sent emails, and their answers, bounces and opt-outs arrive there, so it stays. To send nothing more from it, set its daily limit to 0.`,
    }
  if (people > 0)
    return {
      code: 'mailbox_has_people',
      sentence: `${people === 1 ? '1 person is' : `${people} people are`} in a sequence from ${address}. Remove them from the sequence, add them again from another mailbox if you like, then remove this one.`,
    }
  if (readsFor.length > 0)
    return {
      code: 'mailbox_reads_for_others',
      sentence: `${address} reads the answers of ${readsFor.join(', ')}. Choose another mailbox for that in its settings (reads_via), then remove this one.`,
    }
  return undefined
}
