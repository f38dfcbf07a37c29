/**
 * What a wording would say to one contact, for looking and trying: the very statement behind the claim, asked for an enrollment that need
 * not exist. Changes nothing.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Thread } from '../core/sequence.ts'
import { attachmentsByIds } from './attachments.ts'
import { at, kysely } from './db.ts'
import { DUE_COLUMNS, DUE_TABLES, type DueRow } from './due-rows.ts'
import { snippetsInBodies } from './snippets.ts'
import { type Wording, wordingOf } from './wordings.ts'

export interface PreviewAsked {
  team: TeamId
  sequenceId: Id
  contactId: Id
  mailboxId: Id
  /** The wording as written, saved or not. */
  variant: {
    subject: string
    bodyHtml: string
    thread: Thread
    includeSignature: boolean
    attachmentIds: Id[]
  }
  now: Instant
}

export interface Previewed {
  wording: Wording
  contactAddress: string | null
}

/** Undefined: the contact, the sequence or the mailbox is not there. A contact without an address is shown as one with a made-up one. */
export async function readPreview(db: Db, asked: PreviewAsked): Promise<Previewed | undefined> {
  // The names of two tables stand for one row each here: the enrollment and the step as they would be.
  const { rows } = await sql<DueRow>`
    with enrollments as (
      select ${asked.team}::int as team_id, ''::text as id, ''::text as message_id, 'active'::text as state, null::text as hold_reason,
        0 as rank, null::timestamptz as due_at, ${at(asked.now)}::timestamptz as entered_step_at, ${at(asked.now)}::timestamptz as added_at, ${at(asked.now)}::timestamptz as wait_ends_at, null::timestamptz as company_cleared_at, 0 as rev,
        ${asked.sequenceId}::text as sequence_id, ${asked.contactId}::text as contact_id, ''::text as step_id,
        ${asked.mailboxId}::text as mailbox_id,
        (select o.from_address from enrollments o where o.team_id = ${asked.team} and o.sequence_id = ${asked.sequenceId}
          and o.contact_id = ${asked.contactId} and o.removed_at is null) as from_address,
        (select o.parent_message_id from enrollments o where o.team_id = ${asked.team} and o.sequence_id = ${asked.sequenceId}
          and o.contact_id = ${asked.contactId} and o.removed_at is null) as parent_message_id
    ), steps as (
      select ${asked.team}::int as team_id, ''::text as id, 'auto_email'::text as kind, 1 as position, 0 as wait_amount,
        'day'::text as wait_unit, false as business_days, null::timestamptz as exact_at, null::int as daily_cap, null::int as auto_skip_days, null::timestamptz as deleted_at
    )
    select ${DUE_COLUMNS} from ${DUE_TABLES}`.execute(kysely(db))
  const row = rows[0]
  if (!row || row.contactDeletedAt !== null) return undefined
  const variant = { ...asked.variant, id: '', approved: true, weight: 1, rev: 0, templateRev: 0 }
  const shown = { ...row, contactAddress: row.contactAddress ?? 'nobody@example.test' }
  const snippets = await snippetsInBodies(db, { team: asked.team, bodies: [variant.bodyHtml] })
  const files = await attachmentsByIds(db, { team: asked.team, ids: variant.attachmentIds })
  const wording = wordingOf(shown, variant, { snippets, files })
  return wording ? { wording, contactAddress: row.contactAddress } : undefined
}

/** Whom to show a wording for when nobody was chosen: the first of the sequence, else the latest contact. */
export async function anyContact(
  db: Db,
  { team, sequenceId }: { team: TeamId; sequenceId: Id },
): Promise<Id | undefined> {
  const { rows } = await sql<{ id: Id }>`
    (select e.contact_id as id from enrollments e join contacts c on c.team_id = e.team_id and c.id = e.contact_id
      where e.team_id = ${team} and e.sequence_id = ${sequenceId} and e.removed_at is null and c.deleted_at is null
      order by e.added_at, e.id limit 1)
    union all
    (select id from contacts where team_id = ${team} and deleted_at is null and address is not null
      order by created_at desc, id limit 1)
    limit 1`.execute(kysely(db))
  return rows[0]?.id
}

/** The mailbox of the contact's enrollment, else the team's first: a connected real one before the sandbox. */
export async function mailboxFor(
  db: Db,
  { team, sequenceId, contactId }: { team: TeamId; sequenceId: Id; contactId: Id },
): Promise<Id | undefined> {
  const { rows } = await sql<{ id: Id }>`
    (select mailbox_id as id from enrollments
      where team_id = ${team} and sequence_id = ${sequenceId} and contact_id = ${contactId} and removed_at is null)
    union all
    (select id from mailboxes where team_id = ${team} and state <> 'removed'
      order by (state = 'connected') desc, (kind <> 'sandbox') desc, is_default desc, created_at, id limit 1)
    limit 1`.execute(kysely(db))
  return rows[0]?.id
}
