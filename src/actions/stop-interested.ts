/** Whoever comes to stand at Interested is left alone by the sequences that say so. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { liveWhereInterestEnds } from '../store/enrollments.ts'
import type { CauseMail } from '../store/mail-effects.ts'
import { contactStagesOf } from '../store/stages.ts'
import { stop } from '../store/stops.ts'

export interface StageChange {
  contactId: Id
  before: Id | null
  after: Id | null
}

/**
 * In the transaction of the change, after mailboxes were woken: enrollments come after them in the lock order. What is claimed already is
 * refused at its mark.
 */
export async function stopInterested(
  tx: Db,
  o: { team: TeamId; changes: readonly StageChange[]; actor: string; now: Instant; random: Random },
): Promise<void> {
  const { team, actor, now, random } = o
  const moved = o.changes.filter(({ before, after }) => after !== null && before !== after)
  if (moved.length === 0) return
  const interested = (await contactStagesOf(tx, team)).find((stage) => stage.role === 'interested')?.id
  const contactIds = moved.filter(({ after }) => after === interested).map(({ contactId }) => contactId)
  if (contactIds.length === 0) return
  await endInterested(tx, { team, contactIds, actor, now, random })
}

/** Ends what ends with interest. */
export async function endInterested(
  tx: Db,
  o: {
    team: TeamId
    contactIds: readonly Id[]
    actor: string
    now: Instant
    random: Random
    inboundId?: CauseMail
  },
): Promise<void> {
  const enrollmentIds = await liveWhereInterestEnds(tx, o)
  await stop(tx, { ...o, enrollmentIds, stop: { to: 'finished', reason: 'interested' } })
}
