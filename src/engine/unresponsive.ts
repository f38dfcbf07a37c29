/**
 * Whoever received all of a sequence and did not answer for so many days moves to the stage Unresponsive. It is the second meaning that the
 * contract gives to `days_to_wait_before_mark_as_response`; the first (answers count only within those days) would write on to people who
 * have answered.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Random } from '../core/random.ts'
import { writeActivities } from '../store/activities.ts'
import { moveToStage } from '../store/contact-stages.ts'
import { lockContact } from '../store/contacts.ts'
import { markJudged, type Unanswered, unanswered } from '../store/unresponsive.ts'

/** One transaction each, a few milliseconds: a round of housekeeping stays short. */
const JUDGED_PER_ROUND = 500

/** Returns how many were judged. */
export async function judgeUnanswered(
  db: Db,
  { now, random }: { now: Instant; random: Random },
): Promise<number> {
  const found = await unanswered(db, { now, limit: JUDGED_PER_ROUND })
  for (const one of found) await db.transaction((tx) => judge(tx, one, { now, random }))
  return found.length
}

async function judge(
  tx: Db,
  one: Unanswered,
  { now, random }: { now: Instant; random: Random },
): Promise<void> {
  const { team, id, contactId, sequenceId, address, replied, days } = one
  // Contacts are locked first; the answer that came meanwhile is seen by the mark.
  await lockContact(tx, { team, id: contactId })
  const isSilent = (await markJudged(tx, { team, id })) && !replied && address !== null
  if (!isSilent) return
  await moveToStage(tx, { team, address, event: 'unresponsive', of: { sequenceId }, now })
  const about = { enrollmentId: id, contactId, sequenceId, actor: 'engine', detail: { days } }
  await writeActivities(tx, { team, now, random, activities: [{ ...about, kind: 'unresponsive' }] })
}
