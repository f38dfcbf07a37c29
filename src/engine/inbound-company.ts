/** Somebody has answered: what is under way to others of their company is decided anew, so that nothing leaves that the answer forbids. */
import { isAnswer } from '../core/answer.ts'
import type { Db } from '../core/db.ts'
import { concernedBy, decideAnew } from '../store/company-replies.ts'
import { lockContactsAt } from '../store/contact-stages.ts'
import { lockEnrollments } from '../store/locks.ts'
import { liveEnrollments } from '../store/stops.ts'
import type { Event } from './inbound-event.ts'
import type { Match } from './inbound-match.ts'

/** Before all other effects: it locks all enrollments that they will write, at once. Whoever waits meets the gate when they are due. */
export async function tellCompany(tx: Db, event: Event, { message }: Match): Promise<void> {
  const { team, now } = event
  const { kind } = event.reading
  const { contactId, toAddress: address, enrollmentId } = message
  if (contactId === null || !isAnswer(kind)) return
  const concerned = await concernedBy(tx, { team, contactId })
  if (concerned.length === 0) return
  const enrollmentIds = concerned.map(({ id }) => id)
  await lockContactsAt(tx, { team, address, contactId })
  const own =
    address === null ? [] : await liveEnrollments(tx, { team, of: { addresses: [address], mergedToo: true } })
  await lockEnrollments(tx, team, [
    ...enrollmentIds,
    ...own,
    ...(enrollmentId === null ? [] : [enrollmentId]),
  ])
  await decideAnew(tx, { team, enrollmentIds, now })
}
