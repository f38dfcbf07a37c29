/** What the wordings of a sequence are filled from: its emails, and the people who have not passed them. Read only, for counting who lacks a value. */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'
import type { DueRow, VariantRow } from './due-rows.ts'

export interface StepToFill {
  stepId: Id
  stepKind: string
  position: number
  variants: VariantRow[]
}

export type PersonToFill = Pick<
  DueRow,
  | 'id'
  | 'position'
  | 'contactId'
  | 'contactAddress'
  | 'firstName'
  | 'lastName'
  | 'title'
  | 'phones'
  | 'company'
  | 'city'
  | 'contactState'
  | 'country'
  | 'custom'
  | 'accountId'
  | 'accountName'
  | 'accountDomain'
  | 'accountCustom'
  | 'fromAddress'
  | 'mailboxAddress'
  | 'senderFirstName'
  | 'senderLastName'
>

export interface ToFill {
  steps: StepToFill[]
  /** Active and paused ones, the first enrolled first, at most `limit`. */
  people: PersonToFill[]
}

export async function readToFill(
  db: Db,
  { team, sequenceId, limit }: { team: TeamId; sequenceId: Id; limit: number },
): Promise<ToFill> {
  const [steps, people] = await Promise.all([
    sql<StepToFill>`
      select st.id as "stepId", st.kind as "stepKind", st.position,
        jsonb_agg(jsonb_build_object('id', v.id, 'thread', v.thread, 'approved', v.approved, 'weight', v.weight, 'rev', v.rev,
          'includeSignature', v.include_signature, 'subject', t.subject, 'bodyHtml', t.body_html,
          'attachmentIds', v.attachment_ids, 'templateRev', t.rev) order by v.id) as variants
      from steps st join variants v on v.team_id = st.team_id and v.step_id = st.id and v.deleted_at is null
        join templates t on t.team_id = v.team_id and t.id = v.template_id
      where st.team_id = ${team} and st.sequence_id = ${sequenceId} and st.deleted_at is null and st.kind in ('auto_email', 'manual_email')
      group by st.id, st.kind, st.position order by st.position`.execute(kysely(db)),
    sql<PersonToFill>`
      select e.id, st.position, c.id as "contactId", c.address as "contactAddress", c.first_name as "firstName",
        c.last_name as "lastName", c.title, c.phones, c.organization_name as company, c.city, c.state as "contactState", c.country, c.custom,
        a.id as "accountId", a.name as "accountName", a.domain as "accountDomain", a.custom as "accountCustom", e.from_address as "fromAddress",
        m.address as "mailboxAddress", u.first_name as "senderFirstName", u.last_name as "senderLastName"
      from enrollments e
        join steps st on st.team_id = e.team_id and st.id = e.step_id
        join contacts c on c.team_id = e.team_id and c.id = e.contact_id
        left join accounts a on a.team_id = c.team_id and a.id = c.account_id
        join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id
        left join users u on u.id = m.user_id
      where e.team_id = ${team} and e.sequence_id = ${sequenceId} and e.state in ('active', 'paused') and e.removed_at is null
      order by e.id limit ${limit}`.execute(kysely(db)),
  ])
  return { steps: steps.rows, people: people.rows }
}
