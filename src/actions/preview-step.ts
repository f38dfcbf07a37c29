/** Renders a step for one contact exactly as the engine would, saved or as it is being written. Sends nothing. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { replySubject } from '../core/message.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { type Thread, wordingProblem } from '../core/sequence.ts'
import { PREVIEW_TOKEN, type Rendered, renderWording } from '../render.ts'
import { type MailboxRow, mailboxById } from '../store/mailboxes.ts'
import { anyContact, mailboxFor, readPreview } from '../store/preview-rows.ts'
import { type Tree, treeOf } from '../store/steps.ts'
import type { Wording } from '../store/wordings.ts'

export interface PreviewRequest {
  team: TeamId
  sequenceId: Id
  /** Whose wording; its subject and body stand where none are given. */
  stepId: Id | null
  variantId?: Id
  subject?: string
  bodyHtml?: string
  attachmentIds?: Id[]
  contactId: Id | null
  /** Null: the one that would send. */
  mailboxId: Id | null
  publicUrl: string | null
  now: Instant
}

export interface Preview {
  contactId: Id
  mailbox: MailboxRow
  wording: Wording
  /** Null with a problem in the wording. */
  rendered: Rendered | null
  problem: string | null
  contactAddress: string | null
}

/** `optOutToken`: of an email that will be sent. */
export async function previewStep(
  db: Db,
  request: PreviewRequest,
  optOutToken = PREVIEW_TOKEN,
): Promise<Result<Preview>> {
  const { team, sequenceId } = request
  const written = chosen(request, await treeOf(db, { team, sequenceId }))
  if (!written) return notFound()
  const contactId = request.contactId ?? (await anyContact(db, { team, sequenceId }))
  if (contactId === undefined)
    return refused('There is no contact to show the email for. Add one first.', { code: 'no_contact' })
  const mailboxId = request.mailboxId ?? (await mailboxFor(db, { team, sequenceId, contactId }))
  const mailbox = mailboxId === undefined ? undefined : await mailboxById(db, { team, id: mailboxId })
  if (!mailbox) return refused('There is no mailbox to send from. Connect one first.', { code: 'no_mailbox' })
  const previewed = await readPreview(db, {
    team,
    sequenceId,
    contactId,
    mailboxId: mailbox.id,
    variant: written,
    now: request.now,
  })
  if (!previewed) return refused(`The contact ${contactId} does not exist.`, { parameter: 'contact_id' })
  const { wording, contactAddress } = previewed
  const base = { contactId, mailbox, wording, contactAddress }
  const problem = wordingProblem(written, written.where)
  if (problem) return done({ ...base, rendered: null, problem: problem.sentence })
  const rendered = rendering(wording, { written, request, optOutToken })
  return rendered.kind === 'problem'
    ? done({ ...base, rendered: null, problem: rendered.sentence })
    : done({ ...base, rendered, problem: null })
}

interface Written {
  subject: string
  bodyHtml: string
  thread: Thread
  includeSignature: boolean
  attachmentIds: Id[]
  /** The subject of the thread it would go on with, when nothing was sent yet. */
  threadSubject: string
  where: string
}

function chosen(request: PreviewRequest, { steps, variants, templates }: Tree): Written | undefined {
  const step = request.stepId === null ? undefined : steps.find((one) => one.id === request.stepId)
  if (request.stepId !== null && !step) return undefined
  const own = variants.filter((one) => one.stepId === step?.id)
  const variant = own.find((one) => one.id === request.variantId) ?? own[0]
  if (request.variantId !== undefined && variant?.id !== request.variantId) return undefined
  const template = templates.find((one) => one.id === variant?.templateId)
  const before = steps.filter((one) => step !== undefined && one.position < step.position)
  const opener = variants.findLast(
    (one) => one.thread === 'new_thread' && before.some((each) => each.id === one.stepId),
  )
  return {
    subject: request.subject ?? template?.subject ?? '',
    bodyHtml: request.bodyHtml ?? template?.bodyHtml ?? '',
    thread: variant?.thread ?? 'new_thread',
    includeSignature: variant?.includeSignature ?? true,
    attachmentIds: request.attachmentIds ?? variant?.attachmentIds ?? [],
    threadSubject: templates.find((one) => one.id === opener?.templateId)?.subject ?? '',
    where: step ? `Step ${step.position}` : 'The email',
  }
}

function rendering(
  wording: Wording,
  { written, request, optOutToken }: { written: Written; request: PreviewRequest; optOutToken: string },
): ReturnType<typeof renderWording> {
  const { now, publicUrl } = request
  const follows = written.thread === 'reply_to_thread' && wording.parentId === null
  const subject = follows ? written.threadSubject : wording.subject
  const rendered = renderWording({ ...wording, subject }, { now, publicUrl, optOutToken })
  if (rendered.kind === 'problem' || !follows) return rendered
  return { ...rendered, subject: replySubject(rendered.subject) }
}
