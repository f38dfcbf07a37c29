/**
 * Deletes somebody of the team. Whoever was written to from their mailboxes is failed with `user_deleted`, unless they move to another
 * mailbox or the mailboxes are handed over; what they own and their other open tasks pass to somebody; they cannot come in any more.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { writeActivities } from '../store/activities.ts'
import { mailboxUse } from '../store/mailbox-removal.ts'
import { endUser, lockUsers, passOn, successorOf, type UserUse, userUse } from '../store/user-removal.ts'
import { userById } from '../store/users.ts'
import { targetsOf } from './move-people.ts'
import { releaseForSender } from './release-filled.ts'
import { removalProblem, removeMailbox } from './remove-mailbox.ts'

/** What becomes of their mailboxes: removed with their people failed, removed with their people moved, or kept by whoever takes over. */
export const MAILBOX_CHOICES = ['fail', 'move', 'hand_over'] as const
export type MailboxChoice = (typeof MAILBOX_CHOICES)[number]

export interface DeletingUser {
  team: TeamId
  /** Who asks. */
  userId: Id
  actor: string
  now: Instant
  random: Random
}

export interface UserDeletion {
  id: Id
  /** Who takes over; null: the longest-standing other admin. */
  handTo: Id | null
  mailboxes: MailboxChoice
  moveTo: readonly Id[]
  acceptUnread: boolean
  keepReadingDays: number
}

export interface UserDeleted {
  handedTo: { id: Id; name: string }
  failed: number
  moved: number
  removedMailboxes: number
  tasksHandedOver: number
  keysEnded: number
}

export async function deleteUser(
  db: Db,
  deleting: DeletingUser,
  deletion: UserDeletion,
): Promise<Result<UserDeleted>> {
  const { team, now } = deleting
  const { id } = deletion
  const use = await userUse(db, { team, id })
  if (!use) return notFound()
  const problem = (await whyNot(db, deleting, use)) ?? (await mailboxProblem(db, deleting, { use, deletion }))
  if (problem) return problem
  const to = await successorOf(db, { team, id, named: deletion.handTo })
  if (!to)
    return refused(
      `The parameter "hand_to" is ${deletion.handTo}, who is nobody else of the team. Name another person.`,
      { code: 'hand_to_unknown', parameter: 'hand_to' },
    )
  const gone = await removeTheirs(db, deleting, { use, deletion })
  if (!gone.ok) return gone
  return db.transaction(async (tx): Promise<Result<UserDeleted>> => {
    await lockUsers(tx, team)
    const again = await userUse(tx, { team, id })
    if (!again) return notFound()
    const refusal = await whyNot(tx, deleting, again)
    if (refusal) return refusal
    if (!(await successorOf(tx, { team, id, named: to.id })))
      return refused(`${to.name} was deleted at this moment. Name another person with hand_to.`, {
        code: 'hand_to_unknown',
        parameter: 'hand_to',
      })
    const { tasks } = await passOn(tx, { team, from: id, to: to.id, now })
    await releaseForSender(tx, { ...deleting, userId: to.id })
    const { keys } = await endUser(tx, { team, id, now })
    const { failed, moved, removed: removedMailboxes } = gone.value
    const detail = { user: id, name: use.name, handedTo: to.id, failed, moved }
    const activity = { kind: 'user_deleted', actor: deleting.actor, detail } as const
    await writeActivities(tx, { ...deleting, activities: [activity] })
    return done({ handedTo: to, failed, moved, removedMailboxes, tasksHandedOver: tasks, keysEnded: keys })
  })
}

function isLastAdmin({ name }: UserUse) {
  return refused(`${name} is the last admin of the team, and stays.`, {
    code: 'last_admin',
  })
}

async function whyNot(db: Db, { team, userId }: DeletingUser, use: UserUse) {
  if (use.lastAdmin) return isLastAdmin(use)
  const asking = await userById(db, { team, id: userId })
  if (asking?.role === 'admin') return undefined
  return refused(`Only an admin deletes people of the team. Ask one to delete ${use.name}.`, {
    code: 'not_admin',
  })
}

interface Asked {
  use: UserUse
  deletion: UserDeletion
}

/** What stands in the way of any of their mailboxes, before the first of them is touched. */
async function mailboxProblem(db: Db, { team, now }: DeletingUser, { use, deletion }: Asked) {
  if (deletion.mailboxes === 'hand_over') return undefined
  const theirs = new Set(use.mailboxes.map((one) => one.address))
  if (deletion.mailboxes === 'move' && use.mailboxes.length > 0) {
    for (const one of use.mailboxes) {
      const to = await targetsOf(db, { team, from: one.id, ids: deletion.moveTo })
      if (!to.ok) return to
    }
  }
  for (const { id } of use.mailboxes) {
    const mailbox = await mailboxUse(db, { team, id })
    if (!mailbox) continue
    const readsFor = mailbox.readsFor.filter((address) => !theirs.has(address))
    const problem = removalProblem({ ...mailbox, readsFor }, { people: deletion.mailboxes, ...deletion, now })
    if (problem) return problem
  }
  return undefined
}

async function removeTheirs(
  db: Db,
  deleting: DeletingUser,
  { use, deletion }: Asked,
): Promise<Result<{ failed: number; moved: number; removed: number }>> {
  const sums = { failed: 0, moved: 0, removed: 0 }
  if (deletion.mailboxes === 'hand_over') return done(sums)
  const { moveTo, acceptUnread, keepReadingDays } = deletion
  for (const { id } of use.mailboxes) {
    const removal = { id, people: deletion.mailboxes, moveTo, acceptUnread, keepReadingDays }
    const gone = await removeMailbox(db, deleting, removal)
    if (!gone.ok) return gone
    sums.failed += gone.value.failed
    sums.moved += gone.value.moved
    sums.removed++
  }
  return done(sums)
}
