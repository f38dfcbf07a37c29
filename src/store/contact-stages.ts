/** Moves contacts to the stage that an event calls for: answered, bad address, do not contact. What a person has decided is not overruled by an answer. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { type StageEvent, USUAL_STAGE } from '../core/stage-rules.ts'
import { at, kysely } from './db.ts'
import { type CauseMail, noteEffects } from './mail-effects.ts'

/** Everybody with this normalized address, or who had it, until the end of the transaction: contacts come first in the lock order. */
export async function lockContactsAt(
  tx: Db,
  o: { team: TeamId; address: string | null; contactId: Id },
): Promise<void> {
  await sql`
    select from contacts where team_id = ${o.team} and (address = ${o.address} or id = ${o.contactId} or id in (
      select merged_into from contacts where team_id = ${o.team} and address = ${o.address})) order by id for no key update`.execute(
    kysely(tx),
  )
}

/** Of which sequence the event is; null: of none that is known. */
export type EventOf = { sequenceId: Id | null } | { messageId: Id | null }

/**
 * Moves every contact with this normalized address to the stage that the sequence names for the event, else to the team's usual one; a team
 * without such a stage moves nobody. An answer leaves alone who stands at an outcome already (Interested, Not Interested, Do Not Contact); a
 * bounce leaves Do Not Contact alone; silence moves only whom nothing was heard of.
 * Locks contacts: call it before anything locks sequences, mailboxes, enrollments or messages.
 */
export async function moveToStage(
  tx: Db,
  o: {
    team: TeamId
    /** Null: of somebody without an email, whom `contactId` names. */
    address: string | null
    /** One more than those with the address. */
    contactId?: Id
    event: StageEvent
    of: EventOf
    now: Instant
    /** The mail that came in and caused it: it can be undone. */
    inboundId?: CauseMail
  },
): Promise<void> {
  const role = USUAL_STAGE[o.event]
  const sequenceId =
    'sequenceId' in o.of
      ? sql`${o.of.sequenceId}::text`
      : sql`(select sequence_id from messages where team_id = ${o.team} and id = ${o.of.messageId})`
  const { rows } = await sql<{ id: Id; before: Id | null; after: Id }>`
    with rule as materialized (
      select stage_rules ->> ${o.event} as stage_id from sequences
      where team_id = ${o.team} and id = ${sequenceId} and stage_rules ? ${o.event}),
    target as (
      select id from stages where team_id = ${o.team} and kind = 'contact'
        and case when exists (select from rule) then id = (select stage_id from rule) else role = ${role} end limit 1),
    moving as materialized (
      select c.id, c.stage_id from target cross join contacts c left join stages s on s.team_id = c.team_id and s.id = c.stage_id
      where c.team_id = ${o.team} and (c.address = ${o.address} or c.id = ${o.contactId ?? null}::text
          or (${role} not in ('bad_data', 'changed_job') and c.id in (select merged_into from contacts where team_id = ${o.team} and address = ${o.address})))
        and c.deleted_at is null
        and (s.id is null or (s.id <> target.id and s.role is distinct from 'do_not_contact'
          and not (${role} in ('replied', 'unresponsive') and coalesce(s.category in ('succeeded', 'failed'), false)
            and s.role is distinct from 'unresponsive')
          and not (${role} = 'replied' and s.role is not distinct from 'changed_job')
          and not (${role} = 'unresponsive' and coalesce(s.role in ('replied', 'bad_data', 'changed_job'), false))))
      order by c.id for no key update of c)
    update contacts c set stage_id = target.id, updated_at = ${at(o.now)}, rev = c.rev + 1
    from moving, target where c.team_id = ${o.team} and c.id = moving.id
    returning c.id, moving.stage_id as before, target.id as after`.execute(kysely(tx))
  const effects = rows.map(({ id, ...detail }) => ({ kind: 'stage' as const, subject: id, detail }))
  await noteEffects(tx, { team: o.team, inboundId: o.inboundId, effects })
}

/** Where a person has said that they stand; who asked to be left alone stays where they are. */
export async function putAtStage(
  tx: Db,
  o: { team: TeamId; contactId: Id; stageId: Id; now: Instant },
): Promise<void> {
  await sql`
    update contacts c set stage_id = ${o.stageId}, updated_at = ${at(o.now)}, rev = rev + 1
    where team_id = ${o.team} and id = ${o.contactId} and stage_id is distinct from ${o.stageId} and not exists (
      select from stages s where s.team_id = c.team_id and s.id = c.stage_id and s.role = 'do_not_contact')`.execute(
    kysely(tx),
  )
}
