/** The checks of mailboxes: their steps as they happen, and what a passed one teaches about the mailbox. Never opens a connection to a mail server. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'

export interface CheckStepRow {
  name: string
  state: 'done' | 'failed' | 'noted'
  words: string
}

export interface CheckRow {
  id: Id
  mailboxId: Id
  state: 'running' | 'passed' | 'failed'
  steps: CheckStepRow[]
  startedAt: Instant
  finishedAt: Instant | null
}

export interface CursorRow {
  folder: string
  role: string
  uidValidity: number
  lastUid: number
  readAt: Instant
}

export async function insertCheck(
  db: Db,
  { team, id, mailboxId, rev, now }: { team: TeamId; id: Id; mailboxId: Id; rev: number; now: Instant },
): Promise<void> {
  await sql`
    insert into mailbox_checks (team_id, id, mailbox_id, mailbox_rev, state, started_at)
    values (${team}, ${id}, ${mailboxId}, ${rev}, 'running', ${at(now)})`.execute(kysely(db))
}

export async function appendStep(
  db: Db,
  { team, id, step }: { team: TeamId; id: Id; step: CheckStepRow },
): Promise<void> {
  await sql`
    update mailbox_checks set steps = steps || ${JSON.stringify([step])}::jsonb
    where team_id = ${team} and id = ${id}`.execute(kysely(db))
}

export async function finishCheck(
  tx: Db,
  { team, id, passed, now }: { team: TeamId; id: Id; passed: boolean; now: Instant },
): Promise<void> {
  await sql`
    update mailbox_checks set state = ${passed ? 'passed' : 'failed'}, finished_at = ${at(now)}
    where team_id = ${team} and id = ${id} and state = 'running'`.execute(kysely(tx))
}

export async function checkById(
  db: Db,
  { team, mailboxId, id }: { team: TeamId; mailboxId: Id; id: Id },
): Promise<CheckRow | undefined> {
  const { rows } = await sql<CheckRow>`
    select id, mailbox_id as "mailboxId", state, steps, started_at as "startedAt", finished_at as "finishedAt"
    from mailbox_checks where team_id = ${team} and mailbox_id = ${mailboxId} and id = ${id}`.execute(
    kysely(db),
  )
  return rows[0]
}

/** A check of these settings (`rev`) of the mailbox that began after `since` and has not ended: a second one beside it would only confuse. */
export async function runningCheck(
  db: Db,
  { team, mailboxId, rev, since }: { team: TeamId; mailboxId: Id; rev: number; since: Instant },
): Promise<Id | undefined> {
  const { rows } = await sql<{ id: Id }>`
    select id from mailbox_checks
    where team_id = ${team} and mailbox_id = ${mailboxId} and mailbox_rev = ${rev} and state = 'running' and started_at > ${at(since)}
    order by started_at desc limit 1`.execute(kysely(db))
  return rows[0]?.id
}

/** Remembers what a check learned, and has a mailbox that passed read at once, also one that could not be read. Connected only if it passed and the settings it tried (`rev`) are still the ones saved. */
export async function saveFindings(
  tx: Db,
  o: {
    team: TeamId
    mailboxId: Id
    rev: number
    passed: boolean
    /** A refused login: nothing can be sent until a person acts. Any other failure leaves a connected mailbox connected. */
    disconnects: boolean
    problem: string | null
    keepsMessageId: boolean | null
    filesSentCopy: boolean | null
    acceptsOtherSender: boolean | null
    cursors: readonly CursorRow[]
    now: Instant
  },
): Promise<{ saved: boolean }> {
  const { rows } = await sql<{ id: Id }>`
    update mailboxes set state = case when ${o.passed} then 'connected'
        when ${o.disconnects} and state = 'connected' then 'disconnected' else state end,
      state_reason = ${o.problem}, keeps_message_id = coalesce(${o.keepsMessageId}, keeps_message_id),
      files_sent_copy = coalesce(${o.filesSentCopy}, files_sent_copy),
      accepts_other_sender = coalesce(${o.acceptsOtherSender}, accepts_other_sender),
      wake_at = case when ${o.passed} then least(wake_at, ${at(o.now)}) else wake_at end,
      paused_until = case when ${o.passed} then '-infinity' else paused_until end,
      send_failures = case when ${o.passed} then 0 else send_failures end,
      send_problem = case when ${o.passed} then null else send_problem end,
      read_wanted_at = case when ${o.passed} then ${at(o.now)} else read_wanted_at end,
      read_due_at = case when ${o.passed} then '-infinity' else read_due_at end, updated_at = ${at(o.now)}
    where team_id = ${o.team} and id = ${o.mailboxId} and rev = ${o.rev} and state <> 'removed' returning id`.execute(
    kysely(tx),
  )
  if (rows.length === 0) return { saved: false }
  if (o.passed) await startCursors(tx, o)
  return { saved: true }
}

/** Reading starts where the check saw the folders end; a folder that is read already keeps its place. */
async function startCursors(
  tx: Db,
  { team, mailboxId, cursors }: { team: TeamId; mailboxId: Id; cursors: readonly CursorRow[] },
): Promise<void> {
  if (cursors.length === 0) return
  await sql`
    insert into folders (team_id, mailbox_id, folder, role, uid_validity, last_uid, read_at)
    select ${team}, ${mailboxId}, folder, role, uid_validity, last_uid, read_at
    from unnest(${cursors.map((one) => one.folder)}::text[], ${cursors.map((one) => one.role)}::text[],
      ${cursors.map((one) => one.uidValidity)}::bigint[], ${cursors.map((one) => one.lastUid)}::bigint[],
      ${cursors.map((one) => at(one.readAt))}::timestamptz[]) as seen (folder, role, uid_validity, last_uid, read_at)
    on conflict (team_id, mailbox_id, folder) do nothing`.execute(kysely(tx))
}
