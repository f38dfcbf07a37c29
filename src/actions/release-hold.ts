/**
 * Lets one person go on from the step they stand on: a hold that was mended, or a failure to be tried again. Whoever lost their mailbox is
 * given another one; their next email opens a new thread.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { type EnrollmentRow, enrollmentById } from '../store/enrollment-reads.ts'
import { NO_MAILBOX } from '../store/mailbox-waits.ts'
import { release, resume } from '../store/releases.ts'
import { movePeople, targetsOf } from './move-people.ts'

export interface Releasing {
  team: TeamId
  enrollmentId: Id
  /** Who sends from now on, where the mailbox was removed or is not connected. */
  mailboxId?: Id | undefined
  actor: string
  now: Instant
  random: Random
}

export async function releaseHold(db: Db, o: Releasing): Promise<Result<null>> {
  const { team, enrollmentId, actor, now, random } = o
  const row = await enrollmentById(db, { team, id: enrollmentId })
  if (!row) return notFound()
  const problem = stays(row) ?? needsMailbox(row, o.mailboxId)
  if (problem) return problem
  const moved = o.mailboxId === undefined ? done(false) : await moveOne(db, o, row)
  if (!moved.ok) return moved
  const enrollmentIds = [enrollmentId]
  const changed = await db.transaction((tx) =>
    row.state === 'paused'
      ? resume(tx, { team, enrollmentIds, actor, now, random })
      : release(tx, { team, enrollmentIds, actor, now, random }),
  )
  return changed.length > 0 || moved.value
    ? done(null)
    : refused('There is nothing to release: the person is neither held nor paused nor failed.', {
        code: 'nothing_to_release',
      })
}

function stays({ state, reason, holdReason }: EnrollmentRow) {
  if (holdReason === 'delivery_unknown')
    return refused(
      'Nobody knows whether the last email arrived. Look into the Sent folder, then say so: sent, or send again.',
      { code: 'delivery_unknown' },
    )
  if (state === 'active' && holdReason === 'task_open')
    return refused('A task of this step waits for a person. Complete or skip it under Tasks.', {
      code: 'task_open',
    })
  if (state === 'failed' && reason === 'contact_deleted')
    return refused('The contact was deleted. Add the person again, then to the sequence.', {
      code: 'contact_deleted',
    })
  return undefined
}

function needsMailbox(row: EnrollmentRow, chosen: Id | undefined) {
  const { mailboxState, mailboxAddress, holdReason, state } = row
  const parameter = 'send_email_from_email_account_id'
  if (chosen !== undefined && mailboxState === 'connected')
    return refused(
      `${mailboxAddress} is connected, and whoever began a thread goes on with it. Leave out ${parameter}.`,
      { code: 'mailbox_is_connected', parameter },
    )
  if (chosen === undefined && mailboxState === 'removed')
    return refused(
      `${mailboxAddress}, which sent to this person, was removed. Say which mailbox sends from now on (${parameter}).`,
      { code: 'no_active_email_account', parameter },
    )
  if (chosen === undefined && mailboxState !== 'connected' && state === 'active' && holdReason === NO_MAILBOX)
    return refused(
      `${mailboxAddress} is not connected. Reconnect it and this person goes on by itself, or say which mailbox sends from now on (${parameter}).`,
      { code: 'no_active_email_account', parameter },
    )
  return undefined
}

async function moveOne(db: Db, o: Releasing, row: EnrollmentRow): Promise<Result<boolean>> {
  const { team, enrollmentId } = o
  const to = await targetsOf(db, { team, from: row.mailboxId, ids: [o.mailboxId!] })
  if (!to.ok) return to
  const moved = await movePeople(db, o, { from: row.mailboxId, to: to.value, enrollmentIds: [enrollmentId] })
  return moved.length > 0
    ? done(true)
    : refused('An email to this person is leaving at this moment. Ask again in a minute.', {
        code: 'mailbox_is_sending',
      })
}
