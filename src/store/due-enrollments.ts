/** All that decisions about enrollments need, read in sets: the facts, and the wording to render. Changes nothing. */
import { sql } from 'kysely'
import { normalizeAddress } from '../core/address.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { isFollowUp } from '../core/enrollment.ts'
import type { CompanyReply, Facts } from '../core/facts.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { type AttachmentRow, attachmentsByIds } from './attachments.ts'
import { companyRepliesFor } from './company-replies.ts'
import { kysely } from './db.ts'
import { type CapKeys, capKeysOf, type DueCaps, dueCaps } from './due-caps.ts'
import { DUE_COLUMNS, DUE_TABLES, type DueRow, type VariantRow } from './due-rows.ts'
import { type PacedMailbox, readPaces } from './mailbox-paces.ts'
import { scheduleOf } from './schedules.ts'
import { type SnippetText, snippetsInBodies } from './snippets.ts'
import { type Suppression, suppressionsOf } from './suppressions.ts'
import type { Deal, LeftDeal } from './variant-deals.ts'
import {
  bodyOf,
  choicesOf,
  copiesOf,
  filesOf,
  type StepText,
  textOf,
  type Wording,
  wordingOf,
} from './wordings.ts'

/** What depends on the wording that an enrollment gets. */
export interface Worded {
  facts: Facts
  wording: Wording | null
  text: StepText | null
  /** Everything that the wording was made from, by revision: equal keys render equally. */
  wordingKey: string
}

export interface DueEnrollment extends Worded {
  /** Of an A/B test: the wordings of which one is dealt when the email is written; until then its own are those of the first. */
  choices: readonly (Worded & { weight: number })[]
  dealRound: number | null
  deal: Deal | null
  /** What its email was dealt before, where it gets another wording now. */
  leaves: LeftDeal | null
  contactId: Id
  sequenceId: Id
  mailboxId: Id
  stepId: Id
  rev: number
  /** The counters of `facts`. */
  capKeys: CapKeys
}

interface Asked {
  team: TeamId
  enrollmentIds: readonly Id[]
  now: Instant
}

/** `paces`: of all their mailboxes, by whoever has just read them. */
interface AskedDue extends Asked {
  paces?: ReadonlyMap<Id, PacedMailbox>
}

/** Facts and wordings of any enrollments that have a step; in no order. `missing` is null until somebody renders. */
export async function readDue(
  db: Db,
  { team, enrollmentIds, now, paces }: AskedDue,
): Promise<DueEnrollment[]> {
  if (enrollmentIds.length === 0) return []
  const { rows } = await sql<DueRow>`
    select ${DUE_COLUMNS} from ${DUE_TABLES}
    where e.team_id = ${team} and e.id = any(${enrollmentIds as Id[]})`.execute(kysely(db))
  const mailboxIds = [...new Set(rows.map((row) => row.mailboxId))]
  const mailboxes = paces ?? (await readPaces(db, { team, mailboxIds, now }))
  const suppressed = await suppressionsOf(db, {
    team,
    addresses: rows.flatMap((row) => [row.contactAddress ?? [], ...Object.values(copiesOf(row))].flat()),
  })
  const caps = await dueCaps(db, { team, rows, now })
  const snippets = await snippetsInBodies(db, {
    team,
    bodies: rows.flatMap((row) => choicesOf(row).map((one) => bodyOf(row, one))),
  })
  const replies = await companyRepliesFor(db, { team, rows, now })
  const files = await attachmentsByIds(db, {
    team,
    ids: rows.flatMap((row) => choicesOf(row).flatMap((one) => filesOf(row, one))),
  })
  return rows.map((row) =>
    dueEnrollment(row, {
      now,
      mailbox: mailboxes.get(row.mailboxId)!,
      suppressed,
      snippets,
      files,
      caps: caps.get(row.id)!,
      companyReply: replies.get(row.id) ?? null,
    }),
  )
}

/** For "why not sent?" and the dry run. */
export async function readFacts(db: Db, asked: Asked): Promise<Map<Id, Facts>> {
  const due = await readDue(db, asked)
  return new Map(due.map(({ facts }) => [facts.enrollment.id, facts]))
}

interface Around {
  now: Instant
  mailbox: PacedMailbox
  suppressed: ReadonlyMap<string, Suppression>
  snippets: ReadonlyMap<string, SnippetText>
  files: ReadonlyMap<Id, AttachmentRow>
  caps: DueCaps
  companyReply: CompanyReply | null
}

function dueEnrollment(row: DueRow, around: Around): DueEnrollment {
  const choices = choicesOf(row)
  const isHere = row.ownMailboxId === row.mailboxId
  // At another mailbox it was dealt from other counts.
  const isKept = isHere && choices.length === 1 && choices[0]!.id === row.ownVariantId
  const ownDeal = row.ownRound === null ? null : { variantId: row.ownVariantId!, round: row.ownRound }
  const worded = (variant: VariantRow | null) => wordedWith(row, { ...around, variant })
  return {
    ...worded(choices[0] ?? null),
    choices: choices.length > 1 ? choices.map((one) => ({ ...worded(one), weight: one.weight })) : [],
    dealRound: isKept ? row.ownRound : null,
    deal: null,
    leaves: isKept || !isHere ? null : ownDeal,
    contactId: row.contactId,
    sequenceId: row.sequenceId,
    mailboxId: row.mailboxId,
    stepId: row.stepId,
    rev: row.rev,
    capKeys: capKeysOf(row, around.caps),
  }
}

function wordedWith(row: DueRow, more: More): Worded {
  const { variant, mailbox, snippets } = more
  const wording = variant ? wordingOf(row, variant, more) : null
  return {
    facts: factsOf(row, more),
    wording,
    text: variant ? textOf(row, variant, snippets) : null,
    wordingKey: [
      row.rev,
      row.contactRev,
      row.accountId,
      row.accountRev,
      variant?.id,
      variant?.rev,
      variant?.templateRev,
      mailbox.rev,
      // Of a relay it is the address of another mailbox, which has a revision of its own.
      row.replyTo,
      row.sequenceRev,
      row.taskRev,
      ...[...(wording?.snippets.keys() ?? [])].map((name) => `${name}@${snippets.get(name)?.rev}`),
    ].join(' '),
  }
}

type More = Around & { variant: VariantRow | null }

function factsOf(row: DueRow, more: More): Facts {
  const { now, mailbox, suppressed, caps, variant } = more
  const { kind: _kind, rev: _rev, reading, ...paced } = mailbox
  return {
    team: { id: row.team, fenced: row.fenced, staleAfterMs: row.staleAfterHours * 3_600_000 },
    sequence: {
      id: row.sequenceId,
      name: row.sequenceName ?? '',
      active: row.active,
      archived: row.archivedAt !== null,
      activatedAt: row.activatedAt,
      finishOnReply: row.finishOnReply,
      excludedContactStageIds: row.excludedContactStageIds,
      excludedAccountStageIds: row.excludedAccountStageIds,
      cap: caps.sequence,
    },
    step: {
      id: row.stepId,
      kind: row.stepKind,
      position: row.position,
      first: !isFollowUp(row.rank),
      // A step with a date does not wait from the activation on.
      wait: {
        amount: row.exactAt === null ? row.waitAmount : 0,
        unit: row.waitUnit,
        businessDays: row.businessDays,
      },
      exactAt: row.exactAt,
      deleted: row.stepDeletedAt !== null,
      autoSkipDays: row.autoSkipDays,
      cap: caps.step,
      variant: variant ? { id: variant.id, approved: variant.approved, thread: variant.thread } : null,
    },
    schedule:
      row.windows === null ? null : scheduleOf({ ...row, timeZone: zoneOf(row), windows: row.windows }, now),
    enrollment: {
      id: row.id,
      messageId: row.messageId,
      state: row.state,
      hold: row.hold,
      rank: row.rank,
      dueAt: row.dueAt,
      addedAt: row.addedAt,
      enteredStepAt: row.enteredStepAt,
      waitEndsAt: row.waitEndsAt,
      laneServedAt: row.laneServedAt ?? row.enteredStepAt,
    },
    ...peopleOf(row, suppressed),
    task: row.taskId === null ? null : { id: row.taskId, approved: row.taskApproved },
    companyReply: more.companyReply,
    caps: { domain: caps.domain, account: caps.account },
    missing: null,
    parent: parentOf(row),
    mailbox: paced,
    reading,
  }
}

function peopleOf(
  row: DueRow,
  suppressed: ReadonlyMap<string, Suppression>,
): Pick<Facts, 'contact' | 'account' | 'suppression'> {
  return {
    contact: {
      id: row.contactId,
      address: row.contactAddress,
      addressProblem: row.contactAddress === null && row.contactEmail ? problemOf(row.contactEmail) : null,
      stageId: row.contactStageId,
      stageName: row.contactStageName,
      zone: row.contactZone,
      deleted: row.contactDeletedAt !== null,
    },
    account:
      row.accountId === null
        ? null
        : { id: row.accountId, stageId: row.accountStageId, stageName: row.accountStageName },
    suppression: row.contactAddress === null ? null : (suppressed.get(row.contactAddress) ?? null),
  }
}

function problemOf(email: string): string | null {
  const address = normalizeAddress(email)
  return address.ok ? null : address.reason
}

function parentOf(row: DueRow): Facts['parent'] {
  if (row.parentId === null || row.parentRfcId === null || row.parentMarkedAt === null) return null
  const continues = row.parentMailboxId === row.mailboxId && row.parentAddress === row.contactAddress
  return {
    id: row.parentId,
    rfcId: row.parentRfcId,
    sentAt: row.parentMarkedAt,
    continues,
    reading: parentReading(row),
  }
}

function parentReading(row: DueRow): Facts['reading'] | null {
  const { parentReaderAddress: address, parentReadAt: readAt, parentReadProblem: problem } = row
  return address === null ? null : { address, readAt, problem }
}

const zoneOf = (row: DueRow) => row.timeZone ?? 'UTC'
