/** An email in the engine's hand, without an engine: the enrollment is leased, its email claimed or on the wire; or the server took it. */
import { sql } from 'kysely'
import { kysely } from '../../src/store/db.ts'
import type { Api } from './api.ts'

export async function claimAs(
  api: Api,
  {
    sequenceId,
    contactId,
    state,
  }: { sequenceId: string; contactId: string; state: 'claimed' | 'transmitting' },
): Promise<void> {
  await sql`
    with e as (
      update enrollments set due_at = null, lease_until = '2027-01-15', rev = rev + 1
      where sequence_id = ${sequenceId} and contact_id = ${contactId} and removed_at is null
      returning *)
    insert into messages (team_id, id, enrollment_id, sequence_id, step_id, contact_id, mailbox_id, state, rfc_id, from_address,
      to_address, address_hash, body_hash, counted_at, created_at, updated_at)
    select team_id, message_id, id, sequence_id, step_id, contact_id, mailbox_id, ${state}, '<' || message_id || '@segue.test>',
      'sandbox@segue.test', address, '', '', '2027-01-14', '2027-01-14', '2027-01-14' from e`.execute(
    kysely(api.db),
  )
}
