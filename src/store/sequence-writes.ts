/** What changes a sequence's own row. Every write of a live sequence locks the row first: sequence before mailbox before enrollment. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, json, kysely } from './db.ts'
import type { SequenceRow } from './sequences.ts'

/** All that a person sets on a sequence. */
export type SequenceSettings = Pick<
  SequenceRow,
  | 'name'
  | 'description'
  | 'ownerId'
  | 'dailyCap'
  | 'finishOnReply'
  | 'finishOnClick'
  | 'finishOnInterested'
  | 'pauseOnAway'
  | 'responseDays'
  | 'taskOnOpens'
  | 'taskOpenThreshold'
  | 'sameAccountReply'
  | 'sameAccountDelayDays'
  | 'autoPause'
  | 'autoPauseRules'
  | 'trackOpens'
  | 'trackClicks'
  | 'excludedContactStageIds'
  | 'excludedAccountStageIds'
  | 'stageRules'
  | 'byExactTime'
  | 'cc'
  | 'bcc'
  | 'labelIds'
  | 'starredBy'
  | 'creationType'
  | 'settings'
> & { scheduleId: Id | null }

/** Waits for whoever else writes this sequence. Undefined: there is none of that id in the team. */
export async function lockSequence(
  tx: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<{ active: boolean; archivedAt: Instant | null; scheduleId: Id | null } | undefined> {
  const { rows } = await sql<{ active: boolean; archivedAt: Instant | null; scheduleId: Id | null }>`
    select active, archived_at as "archivedAt", schedule_id as "scheduleId" from sequences
    where team_id = ${team} and id = ${id} for no key update`.execute(kysely(tx))
  return rows[0]
}

/** The same for all that use a schedule and are not archived, in the order in which everybody locks. */
export async function lockSequencesOn(
  tx: Db,
  { team, scheduleId }: { team: TeamId; scheduleId: Id },
): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select id from sequences where team_id = ${team} and schedule_id = ${scheduleId} and archived_at is null
    order by id for no key update`.execute(kysely(tx))
  return rows.map((row) => row.id)
}

export async function insertSequence(
  tx: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
  settings: SequenceSettings,
): Promise<void> {
  await sql`
    insert into sequences (team_id, id, owner_id, created_at, updated_at)
    values (${team}, ${id}, ${settings.ownerId}, ${at(now)}, ${at(now)})`.execute(kysely(tx))
  await saveSequence(tx, { team, id, now }, settings)
}

export async function saveSequence(
  tx: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
  settings: SequenceSettings,
): Promise<void> {
  await sql`
    update sequences set name = ${settings.name}, description = ${settings.description}, owner_id = ${settings.ownerId},
      schedule_id = ${settings.scheduleId}, daily_cap = ${settings.dailyCap}, finish_on_reply = ${settings.finishOnReply},
      finish_on_click = ${settings.finishOnClick}, finish_on_interested = ${settings.finishOnInterested},
      pause_on_away = ${settings.pauseOnAway}, response_days = ${settings.responseDays},
      task_on_opens = ${settings.taskOnOpens}, task_open_threshold = ${settings.taskOpenThreshold},
      same_account_reply = ${settings.sameAccountReply}, same_account_delay_days = ${settings.sameAccountDelayDays}, auto_pause = ${settings.autoPause},
      auto_pause_rules = ${settings.autoPauseRules === null ? null : json(settings.autoPauseRules)}::jsonb,
      track_opens = ${settings.trackOpens}, track_clicks = ${settings.trackClicks},
      excluded_contact_stage_ids = ${settings.excludedContactStageIds},
      excluded_account_stage_ids = ${settings.excludedAccountStageIds}, stage_rules = ${json(settings.stageRules)}::jsonb, by_exact_time = ${settings.byExactTime},
      cc = ${settings.cc}, bcc = ${settings.bcc}, label_ids = ${settings.labelIds}, starred_by = ${settings.starredBy},
      creation_type = ${settings.creationType}, settings = ${json(settings.settings)}::jsonb,
      always_confirmed_at = case when schedule_id is distinct from ${settings.scheduleId} then null else always_confirmed_at end,
      updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = ${id}`.execute(kysely(tx))
}

/** The first activation is remembered: first waits run from it. Turned on after it was paused by itself, its record begins anew. */
export async function setActive(
  tx: Db,
  { team, id, active, now }: { team: TeamId; id: Id; active: boolean; now: Instant },
): Promise<void> {
  await sql`
    update sequences set active = ${active}, activated_at = case when ${active} then coalesce(activated_at, ${at(now)}) else activated_at end,
      record_from = case when ${active} and auto_paused_at is not null then ${at(now)} else record_from end,
      auto_paused_at = case when ${active} then null else auto_paused_at end,
      auto_pause_words = case when ${active} then null else auto_pause_words end,
      updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = ${id}`.execute(kysely(tx))
}

export async function setArchived(
  tx: Db,
  { team, id, archived, now }: { team: TeamId; id: Id; archived: boolean; now: Instant },
): Promise<void> {
  await sql`
    update sequences set active = false, archived_at = case when ${archived} then coalesce(archived_at, ${at(now)}) end,
      updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = ${id}`.execute(kysely(tx))
}

/** A person has said that this sequence may send at any hour. */
export async function confirmAlways(
  db: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
): Promise<void> {
  await sql`
    update sequences set always_confirmed_at = ${at(now)}, updated_at = ${at(now)}
    where team_id = ${team} and id = ${id}`.execute(kysely(db))
}

/** When people were last added. Apart from the enrolling transactions: two of them must not wait for each other here. */
export async function markUsed(
  db: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
): Promise<void> {
  await sql`
    update sequences set last_used_at = ${at(now)} where team_id = ${team} and id = ${id}`.execute(kysely(db))
}

/** May this person own something of the team? */
export async function isUserOfTeam(db: Db, { team, id }: { team: TeamId; id: Id }): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from users where team_id = ${team} and id = ${id} and deleted_at is null) as found`.execute(
    kysely(db),
  )
  return rows[0]!.found
}

/** Keeps the sequence as it is until the transaction ends, beside others who do the same: nobody deletes a step under the people being added. */
export async function holdSequence(tx: Db, { team, id }: { team: TeamId; id: Id }): Promise<void> {
  await sql`select from sequences where team_id = ${team} and id = ${id} for share`.execute(kysely(tx))
}
