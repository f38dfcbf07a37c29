/**
 * What an answer did to others of its company is taken back where it does not hold any more: nobody wrote it, somebody belongs to another
 * company now, or the rule is another. Everybody it put off or held is judged again; the gate says what is true then.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { concernedBy, heldOfContacts, type Moved, whoAnswered } from '../store/company-replies.ts'
import { heldFor, lookAtSequence, lookNow } from '../store/enrollments.ts'
import { bumpContacts, bumpSequences } from '../store/lanes.ts'
import { lockEnrollments } from '../store/locks.ts'
import { judgeAgain } from '../store/releases.ts'
import { lockSequence } from '../store/sequence-writes.ts'
import { liveEnrollments } from '../store/stops.ts'

interface Acting {
  team: TeamId
  actor: string
  now: Instant
  random: Random
}

/** ENGINE section 4: what one statement takes at once. */
const CHUNK = 5_000

/** The answer of this contact is none: whom it concerned goes on. Locks mailboxes and enrollments, so call it before messages are written. */
export async function takeBackAnswer(tx: Db, acting: Acting, contactId: Id): Promise<void> {
  const concerned = await concernedBy(tx, { team: acting.team, contactId })
  await judgeContacts(
    tx,
    acting,
    concerned.map((one) => one.contactId),
  )
}

/** Who is to be judged again because these belong to another company than before: they, and the others of both if they had answered. Only reads. */
export async function whomMovesConcern(
  tx: Db,
  team: TeamId,
  changes: readonly { before: Moved; after: Moved & { id: Id } }[],
): Promise<Id[]> {
  const moved = changes.filter(
    ({ before, after }) => before.accountId !== after.accountId || before.address !== after.address,
  )
  const ids = moved.map(({ after }) => after.id)
  const found = [...ids]
  for (const contactId of await whoAnswered(tx, { team, contactIds: ids })) {
    const own = moved.filter((one) => one.after.id === contactId)
    for (const as of own.flatMap(({ before, after }) => [before, after])) {
      const concerned = await concernedBy(tx, { team, contactId, as })
      found.push(...concerned.map((one) => one.contactId))
    }
  }
  return [...new Set(found)]
}

/** Wakes the lanes first, then locks all enrollments at once: mailboxes come before them, and two sorted parts are not sorted. */
export async function judgeContacts(tx: Db, acting: Acting, contactIds: readonly Id[]): Promise<void> {
  if (contactIds.length === 0) return
  const { team, now } = acting
  await bumpContacts(tx, { team, contactIds, now })
  await lockEnrollments(tx, team, await liveEnrollments(tx, { team, of: { contactIds } }))
  await lookNow(tx, { team, contactIds, now })
  const enrollmentIds = await heldOfContacts(tx, { team, contactIds })
  await judgeAgain(tx, { ...acting, enrollmentIds })
}

/** The rule of these sequences is another. After the commit of the change, a transaction for each. */
export async function followCompanyRule(db: Db, acting: Acting, sequenceIds: readonly Id[]): Promise<void> {
  const { team, now } = acting
  for (const sequenceId of [...sequenceIds].sort()) {
    await db.transaction(async (tx) => {
      await lockSequence(tx, { team, id: sequenceId })
      await bumpSequences(tx, { team, sequenceIds: [sequenceId], now })
      await lookAtSequence(tx, { team, sequenceId, now })
    })
    const held = await heldFor(db, { team, sequenceId, stepIds: null, holds: ['same_account_reply'] })
    for (let from = 0; from < held.length; from += CHUNK) {
      const enrollmentIds = held.slice(from, from + CHUNK)
      await db.transaction((tx) => judgeAgain(tx, { ...acting, enrollmentIds }))
    }
  }
}
