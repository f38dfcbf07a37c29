/** A person says what became of an email whose delivery nobody knows: it was sent, or it is sent again. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { messageState } from '../store/message-reads.ts'
import { resolveUnknown as resolve } from '../store/resolutions.ts'

export async function resolveUnknown(
  db: Db,
  o: { team: TeamId; messageId: Id; as: 'sent' | 'send_again'; actor: string; now: Instant; random: Random },
): Promise<Result<null>> {
  const state = await messageState(db, { team: o.team, id: o.messageId })
  if (state === undefined) return notFound('Email message not found')
  const outcome = await db.transaction((tx) => resolve(tx, { ...o, evidence: 'a person said so' }))
  if (outcome === 'worker_alive')
    return refused(
      'The process that was sending this email still runs and may yet say how it ended. Wait for it, or stop it, then choose again.',
      { code: 'worker_alive' },
    )
  return outcome === 'resolved'
    ? done(null)
    : refused('What became of this email is known already; there is nothing to choose.', {
        code: 'not_unknown',
      })
}
