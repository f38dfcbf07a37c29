/** Gives the people of a mailbox to others: dealt by what each of those may send today, in parts, so that none is locked for long. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { deal } from '../core/deal.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { perDayOn } from '../core/ramp-up.ts'
import type { Random } from '../core/random.ts'
import { done, type Result, refused } from '../core/result.ts'
import { localDay } from '../core/zone.ts'
import { waitingAt } from '../store/enrollments.ts'
import { moveEnrollments } from '../store/mailbox-moves.ts'
import { type MailboxRow, mailboxesOf } from '../store/mailboxes.ts'
import { teamById } from '../store/teams.ts'

/** As of stops: larger ones would hold their locks for seconds. */
const MOVES_PER_TRANSACTION = 5_000

export interface MovingPeople {
  team: TeamId
  actor: string
  now: Instant
  random: Random
}

/** The mailboxes that may take over, or why not: each is connected, and none is the sandbox, which sends to nobody. */
export async function targetsOf(
  db: Db,
  { team, from, ids }: { team: TeamId; from: Id; ids: readonly Id[] },
): Promise<Result<MailboxRow[]>> {
  if (ids.length === 0)
    return refused('Say which mailbox sends to these people from now on (move_to), or several.', {
      code: 'move_to_missing',
      parameter: 'move_to',
    })
  const all = await mailboxesOf(db, team)
  const wanted = [...new Set(ids)].map((id) => ({ id, row: all.find((one) => one.id === id) }))
  const inactive = wanted.filter(({ id, row }) => row?.state !== 'connected' || id === from)
  if (inactive.length > 0)
    return refused(
      `These mailboxes are no longer active. ${inactive.map(({ id, row }) => row?.address ?? id).join(', ')}`,
      { code: 'move_to_not_active', parameter: 'move_to' },
    )
  const rows = wanted.map(({ row }) => row!)
  if (rows.some((row) => row.kind === 'sandbox'))
    return refused('The sandbox sends to nobody. Choose a mailbox that does.', {
      code: 'move_to_sandbox',
      parameter: 'move_to',
    })
  return done(rows)
}

/** Returns who moved. Whoever has an email in the engine's hand stays. */
export async function movePeople(
  db: Db,
  moving: MovingPeople,
  { from, to, enrollmentIds }: { from: Id; to: readonly MailboxRow[]; enrollmentIds: readonly Id[] },
): Promise<Id[]> {
  const { team, now } = moving
  const waiting = await waitingAt(db, { team, mailboxIds: to.map((one) => one.id) })
  const { timeZone } = await teamById(db, team)
  const today = localDay(timeZone, now)
  const hands = to.map((one) => ({
    mailboxId: one.id,
    dailyLimit: perDayOn(one, today),
    waiting: waiting.get(one.id) ?? 0,
  }))
  const dealt = deal(hands, enrollmentIds.length)
  const moves = enrollmentIds.map((enrollmentId, index) => ({ enrollmentId, to: dealt[index]! }))
  const moved: Id[] = []
  for (let at = 0; at < moves.length; at += MOVES_PER_TRANSACTION) {
    const part = moves.slice(at, at + MOVES_PER_TRANSACTION)
    moved.push(...(await db.transaction((tx) => moveEnrollments(tx, { ...moving, from, moves: part }))))
  }
  return moved
}
