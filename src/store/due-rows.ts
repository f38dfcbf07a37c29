/** The one statement behind every decision: the columns of an enrollment with its step, sequence, schedule, people, mailbox and thread. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { CompanyRule } from '../core/company-reply.ts'
import type { WaitUnit } from '../core/due.ts'
import type { EnrollmentState } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { HoldReason } from '../core/reason.ts'
import type { Window } from '../core/schedule.ts'
import type { Thread } from '../core/sequence.ts'

export interface VariantRow {
  id: Id
  thread: Thread
  approved: boolean
  weight: number
  rev: number
  includeSignature: boolean
  subject: string | null
  bodyHtml: string | null
  attachmentIds: Id[]
  templateRev: number
}

export interface DueRow {
  team: TeamId
  teamPublicId: string
  optOutHtml: string
  legalName: string | null
  postalAddress: string | null
  staleAfterHours: number
  teamZone: string
  domainPerDay: number | null
  freeMailPerDay: number | null
  accountPerWeek: number | null
  /** What an answer of somebody else in the company does here: of the sequence, else of the team. */
  companyRule: CompanyRule
  companyDelayDays: number
  fenced: string | null
  id: Id
  messageId: Id
  state: EnrollmentState
  hold: HoldReason | null
  rank: number
  dueAt: Instant | null
  addedAt: Instant
  enteredStepAt: Instant
  waitEndsAt: Instant
  companyClearedAt: Instant | null
  fromAddress: string | null
  rev: number
  laneServedAt: Instant | null
  sequenceId: Id
  sequenceName: string | null
  active: boolean
  activatedAt: Instant | null
  archivedAt: Instant | null
  finishOnReply: boolean
  excludedContactStageIds: Id[]
  excludedAccountStageIds: Id[]
  sequenceCap: number | null
  sequenceRev: number
  cc: string
  bcc: string
  stepId: Id
  stepKind: string
  position: number
  waitAmount: number
  waitUnit: WaitUnit
  businessDays: boolean
  exactAt: Instant | null
  stepDeletedAt: Instant | null
  stepCap: number | null
  autoSkipDays: number | null
  variants: VariantRow[]
  timeZone: string | null
  useContactZone: boolean
  skipHolidays: boolean
  extraHolidays: string[]
  holidayRegion: string | null
  windows: Window[] | null
  contactId: Id
  contactAddress: string | null
  contactEmail: string | null
  contactStageId: Id | null
  contactStageName: string | null
  contactZone: string | null
  contactDeletedAt: Instant | null
  contactRev: number
  firstName: string | null
  lastName: string | null
  title: string | null
  phones: { number?: string; raw_number?: string }[]
  company: string | null
  city: string | null
  contactState: string | null
  country: string | null
  custom: Record<string, string | number | boolean | null>
  accountId: Id | null
  accountName: string | null
  accountDomain: string | null
  accountCustom: Record<string, string | number | boolean | null> | null
  accountRev: number | null
  accountStageId: Id | null
  accountStageName: string | null
  mailboxId: Id
  mailboxKind: string
  mailboxAddress: string
  fromName: string | null
  /** As set; else of a relay, the mailbox that reads its replies. */
  replyTo: string | null
  signatureHtml: string
  senderFirstName: string | null
  senderLastName: string | null
  /** The open task of the step, and what a person wrote in place of its wording. */
  taskId: Id | null
  taskApproved: boolean
  taskRev: number | null
  draftSubject: string | null
  draftHtml: string | null
  /** Of a draft that was edited. */
  draftAttachmentIds: Id[] | null
  /** The row that its email has already, of an earlier claim or draft. */
  ownState: string | null
  ownVariantId: Id | null
  ownMailboxId: Id | null
  ownRound: number | null
  parentId: Id | null
  parentRfcId: string | null
  parentRefs: string[] | null
  parentMarkedAt: Instant | null
  parentMailboxId: Id | null
  parentAddress: string | null
  parentSubject: string | null
  /** The inbox in which its answers arrive, where the parent left another mailbox than the next email will; null: nobody reads it. */
  parentReaderAddress: string | null
  parentReadAt: Instant | null
  parentReadProblem: string | null
}

export const DUE_COLUMNS = sql`
  e.team_id as team, tm.public_id as "teamPublicId", tm.opt_out_html as "optOutHtml", tm.legal_name as "legalName",
  tm.postal_address as "postalAddress", tm.stale_after_hours as "staleAfterHours", tm.time_zone as "teamZone",
  tm.domain_daily_cap as "domainPerDay", tm.free_mail_daily_cap as "freeMailPerDay", tm.account_weekly_cap as "accountPerWeek", d.fenced_reason as fenced,
  coalesce(s.same_account_reply, tm.same_account_reply) as "companyRule",
  coalesce(s.same_account_delay_days, tm.same_account_delay_days) as "companyDelayDays",
  e.id, e.message_id as "messageId", e.state, e.hold_reason as hold, e.rank, e.due_at as "dueAt", e.added_at as "addedAt",
  e.entered_step_at as "enteredStepAt", e.wait_ends_at as "waitEndsAt", e.company_cleared_at as "companyClearedAt",
  e.from_address as "fromAddress", e.rev, l.served_at as "laneServedAt",
  s.id as "sequenceId", s.name as "sequenceName", s.active, s.activated_at as "activatedAt", s.archived_at as "archivedAt",
  s.finish_on_reply as "finishOnReply",
  s.excluded_contact_stage_ids as "excludedContactStageIds", s.excluded_account_stage_ids as "excludedAccountStageIds",
  s.daily_cap as "sequenceCap", s.rev as "sequenceRev", s.cc, s.bcc,
  st.id as "stepId", st.kind as "stepKind", st.position, st.wait_amount as "waitAmount", st.wait_unit as "waitUnit", st.business_days as "businessDays", st.exact_at as "exactAt",
  st.deleted_at as "stepDeletedAt", st.daily_cap as "stepCap", st.auto_skip_days as "autoSkipDays",
  (select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'thread', v.thread, 'approved', v.approved, 'weight', v.weight, 'rev', v.rev,
      'includeSignature', v.include_signature, 'subject', t.subject, 'bodyHtml', t.body_html,
      'attachmentIds', v.attachment_ids, 'templateRev', t.rev) order by v.id), '[]')
    from variants v join templates t on t.team_id = v.team_id and t.id = v.template_id
    where v.team_id = e.team_id and v.step_id = e.step_id and v.deleted_at is null and st.deleted_at is null) as variants,
  sc.time_zone as "timeZone", coalesce(sc.use_contact_zone, false) as "useContactZone", coalesce(sc.skip_holidays, false) as "skipHolidays",
  coalesce(sc.extra_holidays, '[]') as "extraHolidays", sc.holiday_region as "holidayRegion", sc.windows,
  c.id as "contactId", c.address as "contactAddress", c.email as "contactEmail", c.stage_id as "contactStageId", cs.name as "contactStageName",
  c.time_zone as "contactZone", c.deleted_at as "contactDeletedAt", c.rev as "contactRev", c.first_name as "firstName",
  c.last_name as "lastName", c.title, c.phones, c.organization_name as company, c.city, c.state as "contactState", c.country, c.custom,
  a.id as "accountId", a.name as "accountName", a.domain as "accountDomain", a.custom as "accountCustom", a.rev as "accountRev",
  a.stage_id as "accountStageId", ast.name as "accountStageName",
  m.id as "mailboxId", m.kind as "mailboxKind", m.address as "mailboxAddress", m.from_name as "fromName",
  coalesce(m.reply_to, (select r.address from mailboxes r where r.team_id = m.team_id and r.id = m.reads_via)) as "replyTo",
  m.signature_html as "signatureHtml", u.first_name as "senderFirstName", u.last_name as "senderLastName",
  tk.id as "taskId", (tk.approved_at is not null) as "taskApproved", tk.rev as "taskRev", tk.draft_subject as "draftSubject",
  tk.draft_html as "draftHtml", tk.draft_attachment_ids as "draftAttachmentIds",
  o.state as "ownState", o.variant_id as "ownVariantId", o.mailbox_id as "ownMailboxId", o.deal_round as "ownRound",
  p.id as "parentId", coalesce(p.seen_rfc_id, p.rfc_id) as "parentRfcId", p.refs as "parentRefs", p.marked_at as "parentMarkedAt",
  p.mailbox_id as "parentMailboxId", p.to_address as "parentAddress", pc.subject as "parentSubject",
  pr.address as "parentReaderAddress", pr.read_at as "parentReadAt", pr.read_problem as "parentReadProblem"`

export const DUE_TABLES = sql`
  enrollments e
  join teams tm on tm.id = e.team_id
  cross join deployment d
  join sequences s on s.team_id = e.team_id and s.id = e.sequence_id
  join steps st on st.team_id = e.team_id and st.id = e.step_id
  left join schedules sc on sc.team_id = s.team_id and sc.id = s.schedule_id
  join contacts c on c.team_id = e.team_id and c.id = e.contact_id
  left join stages cs on cs.team_id = c.team_id and cs.id = c.stage_id
  left join accounts a on a.team_id = c.team_id and a.id = c.account_id
  left join stages ast on ast.team_id = a.team_id and ast.id = a.stage_id
  join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id
  left join users u on u.id = m.user_id
  left join tasks tk on tk.team_id = e.team_id and tk.enrollment_id = e.id and tk.step_id = e.step_id and tk.state = 'open'
  left join lanes l on l.team_id = e.team_id and l.mailbox_id = e.mailbox_id and l.sequence_id = e.sequence_id
  left join messages o on o.team_id = e.team_id and o.id = e.message_id
  left join messages p on p.team_id = e.team_id and p.id = e.parent_message_id
  left join mailboxes pm on pm.team_id = p.team_id and pm.id = p.mailbox_id and p.mailbox_id <> e.mailbox_id
  left join mailboxes pr on pr.team_id = pm.team_id and pr.id = coalesce(pm.reads_via, pm.id)
    and (pr.state in ('connected', 'disconnected') or pr.reads_until is not null) and (pr.kind = 'sandbox' or pr.imap_host is not null)
  left join message_contents pc on pc.team_id = p.team_id and pc.message_id = p.id`
