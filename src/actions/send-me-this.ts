/** Sends one step, rendered for a chosen contact, to the person who asks or into the sandbox: at once, outside enrollments and numbers. */
import { domainOf } from '../core/address.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import { newMessageId } from '../core/message.ts'
import type { Random } from '../core/random.ts'
import { done, type Result, refused } from '../core/result.ts'
import { bodyHash, saltedHash } from '../seal.ts'
import { type MailboxRow, mailboxesOf } from '../store/mailboxes.ts'
import { queueMessage } from '../store/queued-messages.ts'
import { userById } from '../store/users.ts'
import { type PreviewRequest, previewStep } from './preview-step.ts'

export interface TestRequest extends Omit<PreviewRequest, 'mailboxId'> {
  userId: Id
  /** `me`: from the mailbox that would send, to the one who asks. `sandbox`: as the contact would get it, in the page. */
  to: 'me' | 'sandbox'
}

/** Where the mail was queued to go, so that the page can say it instead of guessing. */
export interface Queued {
  messageId: Id
  to: string
  from: string
  /** It leaves nothing: the sandbox of the page shows it. */
  sandbox: boolean
}

const SALT_BYTES = 16

export async function sendMeThis(db: Db, request: TestRequest, random: Random): Promise<Result<Queued>> {
  const { team, now } = request
  const sender = await senderFor(db, team, request.to)
  if (sender === undefined)
    return refused('No mailbox is connected that could send it. Connect one, or send it to the sandbox.', {
      code: 'no_mailbox',
    })
  const previewed = await previewStep(db, { ...request, mailboxId: sender.id })
  if (!previewed.ok) return previewed
  const { wording, rendered, problem, contactId, contactAddress } = previewed.value
  if (rendered === null)
    return refused(problem ?? 'The wording cannot be read.', { code: 'template_problem' })
  const to =
    request.to === 'me' ? await self(db, request) : { address: contactAddress, name: wording.to.name }
  if (to.address === null) return refused('The contact has no address. Choose another one.')
  const salt = random.hex(SALT_BYTES)
  const id = newId(now, random)
  const { subject, html, text } = rendered
  const content = { salt, subject, html, text, attachments: wording.attachments }
  const message = {
    id,
    purpose: 'test' as const,
    contactId,
    mailboxId: sender.id,
    userId: request.userId,
    rfcId: newMessageId(random, domainOf(sender.address)),
    from: wording.from,
    replyTo: wording.replyTo,
    to: { address: to.address, name: to.name },
    addressHash: saltedHash(salt, to.address),
    bodyHash: bodyHash(content),
    content,
  }
  await db.transaction((tx) => queueMessage(tx, { team, message, now }))
  return done({
    messageId: id,
    to: to.address,
    from: wording.from.address,
    sandbox: sender.kind === 'sandbox',
  })
}

/** To oneself it leaves the mailbox that people would get it from, so that one sees what they see; without one, the sandbox shows it. */
async function senderFor(db: Db, team: TeamId, to: TestRequest['to']): Promise<MailboxRow | undefined> {
  const connected = (await mailboxesOf(db, team)).filter((one) => one.state === 'connected')
  const sandbox = connected.find((one) => one.kind === 'sandbox')
  if (to === 'sandbox') return sandbox
  const real = connected.filter((one) => one.kind !== 'sandbox')
  return real.find((one) => one.isDefault) ?? real[0] ?? sandbox
}

async function self(db: Db, { team, userId }: TestRequest) {
  const user = await userById(db, { team, id: userId })
  return { address: user?.email ?? null, name: user?.name ?? null }
}
