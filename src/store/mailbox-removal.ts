/** Taking a mailbox away that was connected by mistake: what stands in the way, and the row as it stays. Decides nothing. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'
import { deleteGrant } from './mailbox-grants.ts'

export interface MailboxUse {
  kind: 'sandbox' | 'smtp' | 'google' | 'microsoft'
  address: string
  /** A mail has left it, or is about to. */
  sends: boolean
  /** People whose enrollment is at it, whatever its state: a failed one can be tried again. */
  people: number
  /** Addresses of the relays whose replies it reads. */
  readsFor: string[]
}

/**
 * Locks the team's mailboxes, so that nobody is added to this one meanwhile (`holdMailboxes`), and looks what it is used for. All of them, in
 * order: the default may pass to another.
 */
export async function lockForRemoval(
  tx: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<MailboxUse | undefined> {
  await sql`select from mailboxes where team_id = ${team} and state <> 'removed' order by id for update`.execute(
    kysely(tx),
  )
  const { rows } = await sql<MailboxUse>`
    select m.kind, m.address,
      m.chain_seq > 0 or exists (select from messages x where x.team_id = m.team_id and x.mailbox_id = m.id
        and x.state in ('queued', 'claimed', 'transmitting')) as sends,
      (select count(*) from enrollments e
        where e.team_id = m.team_id and e.mailbox_id = m.id and e.removed_at is null) as people,
      array(select r.address from mailboxes r where r.team_id = m.team_id and r.reads_via = m.id and r.state <> 'removed'
        order by r.address) as "readsFor"
    from mailboxes m where m.team_id = ${team} and m.id = ${id} and m.state <> 'removed'`.execute(kysely(tx))
  return rows[0]
}

/** The row stays for whatever names it; its passwords do not, and its address can be connected anew. */
export async function removeRow(
  tx: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
): Promise<void> {
  await sql`
    update mailboxes set state = 'removed', state_reason = null, is_default = false, smtp_secret = null, imap_secret = null,
      wake_at = 'infinity', read_due_at = 'infinity', read_wanted_at = null, updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = ${id}`.execute(kysely(tx))
  await deleteGrant(tx, { team, mailboxId: id })
  await sql`
    update mailboxes set is_default = true, updated_at = ${at(now)}
    where team_id = ${team}
      and not exists (select from mailboxes d where d.team_id = ${team} and d.is_default and d.state <> 'removed')
      and id = (select o.id from mailboxes o where o.team_id = ${team} and o.state <> 'removed'
        order by (o.kind <> 'sandbox') desc, (o.state = 'connected') desc, o.created_at, o.id limit 1)`.execute(
    kysely(tx),
  )
}
