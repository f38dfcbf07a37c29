/** The few numbers of the first page, each exact, and how far a newcomer has got. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'
import { WAITS_FOR_MAILBOX } from './mailbox-waits.ts'

export interface HomeCounts {
  sequencesActive: number
  /** People, not enrollments: somebody in two sequences counts once. */
  peopleActive: number
  sentToday: number
  /** Mails of which nobody knows whether they arrived. */
  unknown: number
  holds: number
}

/** `dayBegan` is the team's last midnight. */
export async function homeCounts(
  db: Db,
  { team, dayBegan }: { team: TeamId; dayBegan: Instant },
): Promise<HomeCounts> {
  const { rows } = await sql<HomeCounts>`
    select
      (select count(*) from sequences where team_id = ${team} and active and archived_at is null) as "sequencesActive",
      (select count(distinct e.contact_id) from enrollments e join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id
        where e.team_id = ${team} and e.state = 'active' and e.hold_reason is null and e.removed_at is null and not ${WAITS_FOR_MAILBOX}) as "peopleActive",
      (select count(*) from messages
        where team_id = ${team} and state = 'accepted' and counted_at >= ${at(dayBegan)} and purpose <> 'test') as "sentToday",
      (select count(*) from messages where team_id = ${team} and state = 'unknown') as unknown,
      (select count(*) from enrollments e join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id
        where e.team_id = ${team} and e.state = 'active' and (e.hold_reason <> 'task_open' or ${WAITS_FOR_MAILBOX}) and e.removed_at is null) as holds`.execute(
    kysely(db),
  )
  return rows[0]!
}

export interface FirstSteps {
  mailbox: boolean
  person: boolean
  step: boolean
  enroll: boolean
  arrived: boolean
}

export async function firstSteps(db: Db, team: TeamId): Promise<FirstSteps> {
  const { rows } = await sql<FirstSteps>`
    select
      exists (select from mailboxes where team_id = ${team} and state = 'connected') as mailbox,
      exists (select from contacts where team_id = ${team} and deleted_at is null) as person,
      exists (select from steps s join variants v on v.team_id = s.team_id and v.step_id = s.id
        join templates t on t.team_id = v.team_id and t.id = v.template_id
        where s.team_id = ${team} and s.deleted_at is null and coalesce(t.body_html, '') <> '') as step,
      exists (select from enrollments e join sequences q on q.team_id = e.team_id and q.id = e.sequence_id
        where e.team_id = ${team} and e.removed_at is null and q.activated_at is not null) as enroll,
      exists (select from messages where team_id = ${team} and state = 'accepted' and purpose = 'sequence') as arrived`.execute(
    kysely(db),
  )
  return rows[0]!
}
