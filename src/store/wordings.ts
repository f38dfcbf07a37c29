/** What a step says to one contact, before it is rendered: the chosen variant with everything its variables can take. */
import { addressesIn } from '../core/address.ts'
import type { MailFile } from '../core/attachment.ts'
import type { Instant } from '../core/clock.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { bareSubject, replySubject, threadHeaders } from '../core/message.ts'
import { isEmail } from '../core/sequence.ts'
import { type Snippets, snippetsIn, type Values } from '../core/template.ts'
import { templateValues } from '../core/template-values.ts'
import { isDealt } from '../core/wording-deal.ts'
import { type AttachmentRow, mailFile } from './attachments.ts'
import type { DueRow, VariantRow } from './due-rows.ts'
import type { PersonToFill } from './missing-values.ts'
import type { SnippetText } from './snippets.ts'

/** What a step says, and what its variables take for one contact. */
export interface StepText {
  bodyHtml: string
  /** Of those that the body uses, as far as the team has them. */
  snippets: Snippets
  values(now: Instant, zone: string): Values
  zone: string
}

export interface Wording extends StepText {
  team: TeamId
  teamPublicId: string
  variantId: Id
  subject: string
  signatureHtml: string | undefined
  optOutTemplate: string
  from: { address: string; name: string | null }
  replyTo: string | null
  to: { address: string; name: string | null }
  cc: string[]
  bcc: string[]
  /** Of the thread it goes on with; empty for a new one. */
  inReplyTo: string | null
  references: string[]
  parentId: Id | null
  attachments: MailFile[]
  /** A file that it should carry was deleted. */
  lacksFile: boolean
}

/** States of an email whose wording was on a socket and is sent again as it was. */
const SENT_AS_IT_WAS = ['deferred', 'unreachable', 'unauthenticated']
/** What was taken back for good; whoever comes again is dealt again. */
const IN_VAIN = ['cancelled', 'not_sent']

/**
 * The wordings of which the enrollment gets one: several where one is dealt when its email is written. An email that has a row keeps its
 * wording, unless that was switched off before anybody saw it. Empty when the step has none.
 */
export function choicesOf(row: DueRow): VariantRow[] {
  const on = mayGet(row)
  const own = row.variants.find((one) => one.id === row.ownVariantId)
  const isKept =
    own !== undefined && row.ownMailboxId === row.mailboxId && !IN_VAIN.includes(row.ownState ?? '')
  if (isKept && (on.includes(own) || row.taskApproved)) return [own]
  return SENT_AS_IT_WAS.includes(row.ownState ?? '') || !isEmail(row.stepKind) ? on.slice(0, 1) : on
}

/** The wordings of a step that somebody may get: approved and switched on; a draft is approved by whoever sends it off. */
export function mayGet<V extends { approved: boolean; weight: number }>({
  stepKind,
  variants,
}: {
  stepKind: string
  variants: readonly V[]
}): V[] {
  const approved = variants.filter(isDealt)
  if (approved.length > 0) return approved
  const on = variants.filter((one) => one.weight > 0)
  return stepKind === 'manual_email' ? on : on.slice(0, 1)
}

/** Who gets a copy of every mail of the sequence, besides the contact. What is no address is left out. */
export function copiesOf({ cc, bcc }: Pick<DueRow, 'cc' | 'bcc'>): { cc: string[]; bcc: string[] } {
  return { cc: addressesIn(cc).addresses, bcc: addressesIn(bcc).addresses }
}

/** What stands in the body: what its person wrote, else the wording. */
export const bodyOf = (row: Pick<DueRow, 'draftHtml'>, variant: VariantRow | null) =>
  row.draftHtml ?? variant?.bodyHtml ?? ''

/** What it carries: the files that its person's draft had when they wrote it, else those of the wording. */
export const filesOf = (row: Pick<DueRow, 'draftAttachmentIds'>, variant: VariantRow) =>
  row.draftAttachmentIds ?? variant.attachmentIds

export interface AroundWording {
  /** Addresses that get no copy, whatever the sequence says. */
  suppressed?: ReadonlyMap<string, unknown>
  snippets: ReadonlyMap<string, SnippetText>
  files: ReadonlyMap<Id, AttachmentRow>
}

/** Null when there is no address to write to. */
export function wordingOf(
  row: DueRow,
  variant: VariantRow,
  { suppressed = new Map(), snippets, files }: AroundWording,
): Wording | null {
  if (row.contactAddress === null) return null
  const from = row.fromAddress ?? row.mailboxAddress
  const copies = copiesOf(row)
  const name = [row.firstName, row.lastName].filter(Boolean).join(' ')
  return {
    team: row.team,
    teamPublicId: row.teamPublicId,
    variantId: variant.id,
    ...threadOf(row, variant),
    ...textOf(row, variant, snippets),
    signatureHtml: variant.includeSignature ? row.signatureHtml : undefined,
    optOutTemplate: withImprint(row),
    from: { address: from, name: row.fromName },
    replyTo: row.replyTo,
    to: { address: row.contactAddress, name: name === '' ? null : name },
    cc: copies.cc.filter((address) => !suppressed.has(address)),
    bcc: copies.bcc.filter((address) => !suppressed.has(address)),
    attachments: filesOf(row, variant).flatMap((id) => {
      const file = files.get(id)
      return file ? [mailFile(file)] : []
    }),
    lacksFile: filesOf(row, variant).some((id) => !files.has(id)),
  }
}

/** Also of whom has no address: a message elsewhere needs none. */
export function textOf(row: DueRow, variant: VariantRow, snippets: AroundWording['snippets']): StepText {
  const from = row.fromAddress ?? row.mailboxAddress
  const bodyHtml = bodyOf(row, variant)
  return {
    bodyHtml,
    snippets: textsIn(bodyHtml, snippets),
    values: (now, zone) => valuesOf(row, { from, now, zone }),
    zone: row.contactZone ?? row.timeZone ?? 'UTC',
  }
}

function textsIn(bodyHtml: string, snippets: AroundWording['snippets']): Snippets {
  return new Map(
    snippetsIn(bodyHtml).flatMap((name) => {
      const snippet = snippets.get(name)
      return snippet ? [[name, snippet.bodyHtml]] : []
    }),
  )
}

type Thread = Pick<Wording, 'subject' | 'inReplyTo' | 'references' | 'parentId'>

/** A reply whose thread went to another address or from another mailbox opens a new one under the same subject. */
function threadOf(row: DueRow, variant: VariantRow): Thread {
  const fresh: Thread = {
    subject: row.draftSubject ?? variant.subject ?? '',
    inReplyTo: null,
    references: [],
    parentId: null,
  }
  if (variant.thread !== 'reply_to_thread' || row.parentId === null || row.parentRfcId === null) return fresh
  const subject = row.parentSubject ?? ''
  if (row.parentMailboxId !== row.mailboxId || row.parentAddress !== row.contactAddress)
    return { ...fresh, subject: bareSubject(subject) }
  const headers = threadHeaders({ messageId: row.parentRfcId, references: row.parentRefs ?? [] })
  return {
    subject: replySubject(subject),
    inReplyTo: headers.inReplyTo,
    references: headers.references,
    parentId: row.parentId,
  }
}

/** Who writes, and from where: asked of commercial mail in most countries (CAN-SPAM, section 5(a)(5)). */
function withImprint({ optOutHtml, legalName, postalAddress }: DueRow): string {
  const imprint = [legalName, postalAddress].filter(Boolean).join(', ')
  return imprint === ''
    ? optOutHtml
    : `${optOutHtml}<br>${imprint.replace(/&/g, '&amp;').replace(/</g, '&lt;')}`
}

/** Every variable of one contact, as the claim, the preview and the counting of missing values see it. */
export function valuesOf(
  row: PersonToFill,
  { from, now, zone }: { from: string; now: Instant; zone: string },
): Values {
  const { firstName, lastName, title, city, country, company, custom } = row
  return templateValues({
    contact: {
      firstName,
      lastName,
      title,
      city,
      country,
      company,
      custom,
      state: row.contactState,
      email: row.contactAddress,
      phone: row.phones[0]?.raw_number ?? row.phones[0]?.number ?? null,
    },
    account:
      row.accountId === null
        ? null
        : { name: row.accountName, domain: row.accountDomain, custom: row.accountCustom ?? undefined },
    sender: { firstName: row.senderFirstName, lastName: row.senderLastName, email: from },
    now,
    zone,
  })
}
