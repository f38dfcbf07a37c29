/**
 * Whoever has an email ahead and a mailbox that cannot send: held by that, and going on by themselves when it is connected again. Nobody is
 * rewritten for it, as nobody is when a sequence is switched off: it is seen when they are read.
 */
import { type RawBuilder, sql } from 'kysely'
import { EMAIL_RANKS } from '../core/enrollment.ts'

/** What they are held by, as with people whose mailbox was removed. */
export const NO_MAILBOX = 'no_active_email_account' as const

/** States in which a mailbox of the team sends nothing until a person acts. */
const CANNOT_SEND = sql`('unchecked', 'disconnected')`

/** Of enrollment `e` and mailbox `m`. Steps that a person does need no mailbox; what is in the engine's hand is about to be given back. */
export const WAITS_FOR_MAILBOX: RawBuilder<boolean> = sql<boolean>`(e.due_at is not null and e.rank in (${sql.join(EMAIL_RANKS.map((rank) => sql.lit(rank)))})
  and m.state in ${CANNOT_SEND})`

/** The hold of `e`, or what its mailbox `m` holds it by. */
export const HOLD_SHOWN = sql`case when ${WAITS_FOR_MAILBOX} then ${sql.lit(NO_MAILBOX)} else e.hold_reason end`
export const HOLD_DETAIL_SHOWN = sql`case when ${WAITS_FOR_MAILBOX}
  then m.address || ': ' || coalesce(m.state_reason, 'it waits for its check') else e.hold_detail end`

/** How many of these sequences wait so, by step, as a number beside the others. */
export const waitingForMailbox = (team: number, sequenceIds: readonly string[]) => sql`
  select e.sequence_id, coalesce(e.step_id, ''), '', ${sql.lit(`hold:${NO_MAILBOX}`)}, count(*)
  from mailboxes m join enrollments e on e.team_id = m.team_id and e.mailbox_id = m.id and e.sequence_id = any(${sequenceIds as string[]})
  where m.team_id = ${team} and m.state in ${CANNOT_SEND} and ${WAITS_FOR_MAILBOX}
  group by 1, 2`
