/** Sends what was claimed at one mailbox: each mail asks for its mark at the last moment, and its outcome is settled before the lease ends. */
import type { Clock } from '../core/clock.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { trackedHtml, trackingBase } from '../core/tracking.ts'
import { optOutHeaders, optOutHref, optOutOf } from '../core/unsubscribe.ts'
import type { Log } from '../log.ts'
import type { MailboxAccess, MailPort, OutgoingMail, Sender } from '../mail/port.ts'
import type { Outgoing } from '../store/claimed-messages.ts'
import { mayPass } from '../store/unavailable.ts'
import { trackingToken } from '../store/visits.ts'
import type { LedgerWriter } from './ledger-writer.ts'
import type { MailFiles } from './mail-files.ts'
import { type Outcome, outcomeOf } from './retry.ts'

/** Mails on the wire at once per mailbox: the connections of its pool. */
const SENDS_AT_ONCE = 2

export interface SendTools {
  mail: Pick<MailPort, 'openSender'>
  access: (team: TeamId, mailboxId: Id) => Promise<MailboxAccess>
  writer: LedgerWriter
  clock: Clock
  log: Log
  publicUrl: string | null
  ownUrl?: string | undefined
  files: MailFiles
  /** Aborted: what is on the wire finishes, and nothing more is begun. */
  signal: AbortSignal
}

export interface Batch {
  team: TeamId
  mailboxId: Id
  fence: number
  messages: readonly Outgoing[]
}

/** Ends early when the mailbox itself fails or the process stops: what was not tried is given back with the lease. */
export async function sendBatch(batch: Batch, tools: SendTools): Promise<void> {
  const sender = await open(batch, tools)
  if (sender === null) return
  try {
    const waiting = [...batch.messages]
    let mailboxFailed = false
    const lane = async (): Promise<void> => {
      while (!mailboxFailed && !tools.signal.aborted) {
        const message = waiting.shift()
        if (!message) return
        if (!(await sendOne(message, { batch, sender, tools }))) mailboxFailed = true
      }
    }
    const faults: unknown[] = []
    const guarded = () =>
      lane().catch((error: unknown) => {
        waiting.length = 0
        faults.push(error)
      })
    // What the other lane has on the wire ends before the sender is closed and the lease is given back.
    await Promise.all(Array.from({ length: SENDS_AT_ONCE }, guarded))
    if (faults.length > 0) throw faults[0]
  } finally {
    await sender.close()
  }
}

/** A mailbox whose secrets cannot be opened is as good as refused: a person enters them again. */
async function open(
  { team, mailboxId, messages, fence }: Batch,
  { mail, access, writer, log }: SendTools,
): Promise<Sender | null> {
  try {
    return mail.openSender(await access(team, mailboxId))
  } catch (error) {
    // The database was away: that says nothing about the mailbox. What was claimed is given back with the lease.
    if (mayPass(error)) throw error
    log.error({ mailboxId, err: error }, 'a mailbox cannot be opened')
    const words = error instanceof Error ? error.message : String(error)
    const first = messages[0]!
    const now = first.claimedAt
    const outcome = outcomeOf(
      { kind: 'unauthenticated', reply: words },
      { now, failures: 0, to: first.to, mailbox: first.mailboxAddress },
    )
    if (outcome) await writer.settle(team, { messageId: first.id, mailboxId, fence, ...outcome })
    return null
  }
}

interface Sending {
  batch: Batch
  sender: Sender
  tools: SendTools
}

/** False: the mailbox failed, not the mail. */
async function sendOne(message: Outgoing, { batch, sender, tools }: Sending): Promise<boolean> {
  const { team, mailboxId, fence } = batch
  const { writer } = tools
  const outcome = await attempt(message, { batch, sender, tools })
  if (outcome === null) return true
  await writer.settle(team, { messageId: message.id, mailboxId, fence, ...outcome })
  return outcome.mailbox.kind !== 'pause' && outcome.mailbox.kind !== 'disconnect'
}

async function attempt(message: Outgoing, { batch, sender, tools }: Sending): Promise<Outcome | null> {
  const { team, mailboxId, fence } = batch
  let marked = false
  const mark = async () => {
    marked = await tools.writer.mark(team, { messageId: message.id, mailboxId, fence })
    return marked
  }
  try {
    const { clock, publicUrl, files, ownUrl } = tools
    const outcome = await files.with({ team, files: message.attachments }, (attachments) =>
      sender.send(
        {
          ...outgoingMail(message, { publicUrl, now: clock.now(), track: { ownUrl: ownUrl ?? null } }),
          attachments,
        },
        mark,
      ),
    )
    const now = tools.clock.now()
    return outcomeOf(outcome, {
      now,
      failures: message.failures,
      to: message.to,
      mailbox: message.mailboxAddress,
    })
  } catch (error) {
    // The database was away before anything left: that says nothing about the mail, which is given back with the lease.
    if (!marked && mayPass(error)) throw error
    // A mail that cannot be composed: no socket was opened for it. After its mark it may have left all the same.
    tools.log.error({ bug: 'compose', messageId: message.id, err: error }, 'a mail could not be composed')
    const detail = `message ${message.id}: ${error instanceof Error ? error.message : String(error)}`
    if (marked)
      return outcomeOf(
        { kind: 'unknown', detail },
        { now: tools.clock.now(), failures: 0, to: message.to, mailbox: message.mailboxAddress },
      )
    return {
      state: 'rejected',
      words: detail,
      seenRfcId: null,
      follows: { kind: 'hold', reason: 'internal_error', detail },
      mailbox: { kind: 'none' },
    }
  }
}

/** Null in a copy that is filed for ourselves: who opens that is no recipient. */
export type Track = { ownUrl: string | null }

export function outgoingMail(
  message: Outgoing,
  o: { publicUrl: string | null; now: number; track: Track | null },
): OutgoingMail {
  const { publicUrl, now } = o
  const { from, fromName, to, toName, replyTo, optOutToken, inReplyTo } = message
  const headers =
    optOutToken === null || message.purpose !== 'sequence' ? {} : listHeaders(message, optOutToken, publicUrl)
  return {
    messageId: message.rfcId,
    from: { address: from, name: fromName ?? '' },
    envelopeFrom: message.mailboxAddress,
    to: [{ address: to, name: toName ?? '' }],
    cc: message.cc.map((address) => ({ address, name: '' })),
    bcc: message.bcc.map((address) => ({ address, name: '' })),
    ...(replyTo === null ? {} : { replyTo: { address: replyTo, name: '' } }),
    subject: message.subject,
    html: htmlAsSent(message, o),
    text: message.text,
    ...(inReplyTo === null ? {} : { inReplyTo }),
    references: message.references,
    headers,
    date: now,
  }
}

/** The stored wording stays plain: the page shows it, and the redirect looks its links up there. */
function htmlAsSent(
  message: Outgoing,
  { publicUrl, track }: { publicUrl: string | null; track: Track | null },
): string {
  const { html, optOutToken, teamPublicId, id: messageId, from, replyTo } = message
  const tracked = { opens: message.opensTracked, clicks: message.clicksTracked }
  if (track === null || optOutToken === null || !(tracked.opens || tracked.clicks)) return html
  const base = trackingBase({ publicUrl, ownUrl: track.ownUrl, sandbox: message.mailboxKind === 'sandbox' })
  if (base === null) return html
  const optOut = optOutHref(optOutOf({ publicUrl, teamPublicId, from, replyTo, token: optOutToken }))
  const token = trackingToken(optOutToken)
  return trackedHtml(html, {
    message: { base, teamPublicId, messageId, token },
    tracked,
    untouched: [optOut],
  })
}

function listHeaders(message: Outgoing, token: string, publicUrl: string | null): OutgoingMail['headers'] {
  const { teamPublicId, from, replyTo } = message
  const headers = optOutHeaders(optOutOf({ publicUrl, teamPublicId, from, replyTo, token }))
  const post = headers['List-Unsubscribe-Post']
  return {
    listUnsubscribe: headers['List-Unsubscribe']!,
    ...(post === undefined ? {} : { listUnsubscribePost: post }),
  }
}
