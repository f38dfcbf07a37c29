/**
 * The check of a mailbox: really logs in to both servers, sends a mail to itself (a relay: to the mailbox that reads
 * its replies), finds it, and learns what the server does with it.
 * Says each step in words. It stores nothing and never throws for what a server does.
 */
import { type Clock, SECOND } from '../core/clock.ts'
import { header } from '../core/parsed-mail.ts'
import { adviceOnLogin, adviceOnNetwork, adviceOnRead, adviceOnSend } from './advice.ts'
import type { ImapReader } from './imap.ts'
import { parseMail } from './parse.ts'
import type {
  CheckFindings,
  CheckRequest,
  CheckStep,
  Endpoint,
  FetchedMail,
  FolderCursor,
  MailboxAccess,
  MailTimeouts,
  OutgoingMail,
  Reader,
  Sender,
} from './port.ts'
import { SmtpLink } from './smtp-connection.ts'

/** How long the mail to itself may travel: greylisting aside, servers deliver to themselves within seconds. */
export const FIND_WITHIN_MS = 90 * SECOND
/** After the mail has arrived, how long a copy in Sent may take. */
export const SENT_COPY_WITHIN_MS = 20 * SECOND
const LOOK_EVERY_MS = 2 * SECOND
/** By this header the test mail is known again, whatever the server made of its Message-ID. */
const CHECK_HEADER = 'X-Segue-Check'

export interface CheckTools {
  clock: Clock
  timeouts: MailTimeouts
  openSender: (access: MailboxAccess) => Sender
  openReader: (access: MailboxAccess) => Reader | null
  /** Shorter in tests. */
  findWithinMs?: number
  sentCopyWithinMs?: number
  lookEveryMs?: number
}

/** Ends a check early; what was wrong has been said. */
class CheckEnded extends Error {}

export async function checkMailbox(request: CheckRequest, tools: CheckTools): Promise<CheckFindings> {
  const findings: CheckFindings = {
    ok: false,
    keepsMessageId: null,
    seenMessageId: null,
    filesSentCopy: null,
    acceptsOtherSender: null,
    folders: [],
    cursors: [],
  }
  const say = async (step: CheckStep) => {
    await request.onStep(step)
    if (step.state === 'failed') throw new CheckEnded(step.words)
  }
  const check = new Check(request, { tools, findings, say })
  try {
    await check.run()
    findings.ok = true
  } catch (error) {
    if (!(error instanceof CheckEnded)) throw error
  } finally {
    await check.close()
  }
  return findings
}

type Say = (step: CheckStep) => Promise<void>

/** Where the test mail is looked for, and where the folders ended before it was sent. */
interface Looking {
  imap: Endpoint
  cursors: FolderCursor[]
  /** False: the mailbox that reads for a relay. Nothing is learned about its folders. */
  own: boolean
}

class Check {
  private readonly request: CheckRequest
  private readonly tools: CheckTools
  private readonly findings: CheckFindings
  private readonly say: Say
  private readonly sender: Sender
  private readonly reader: Reader | null
  /** The Sent folder in which the server itself has filed the test mail. */
  private copyIn = ''

  constructor(request: CheckRequest, parts: { tools: CheckTools; findings: CheckFindings; say: Say }) {
    this.request = request
    this.tools = parts.tools
    this.findings = parts.findings
    this.say = parts.say
    this.sender = parts.tools.openSender(request.access)
    this.reader = parts.tools.openReader(
      request.access.kind === 'server' && !request.access.imap && request.reader
        ? request.reader.access
        : request.access,
    )
  }

  async run(): Promise<void> {
    const { access } = this.request
    if (access.kind === 'sandbox') return this.checkSandbox()
    await this.reachSmtp(access.smtp)
    const looking = access.imap ? await this.reachImap(access.imap) : await this.reachReader()
    await this.send(access.smtp)
    if (looking) await this.find(looking)
    if (looking?.own) await this.sayCopy()
    if (this.request.otherSender !== undefined) await this.tryOtherSender(this.request.otherSender)
  }

  async close(): Promise<void> {
    await this.sender.close()
    await this.reader?.close()
  }

  private async checkSandbox(): Promise<void> {
    const outcome = await this.sender.send(this.request.mail, () => Promise.resolve(true))
    const ok = outcome.kind === 'accepted'
    await this.say({
      name: 'smtp_send',
      state: ok ? 'done' : 'failed',
      words: ok
        ? 'The sandbox took the test mail.'
        : 'The sandbox did not take the test mail. Restart Segue.',
    })
    Object.assign(this.findings, { keepsMessageId: true, filesSentCopy: true, acceptsOtherSender: true })
  }

  private async reachSmtp(smtp: Endpoint): Promise<void> {
    const link = await SmtpLink.open(smtp, this.tools.timeouts)
    if (!(link instanceof SmtpLink)) {
      if (link.kind === 'unreachable' && link.stage !== 'login')
        return this.say({
          name: 'smtp_connect',
          state: 'failed',
          words: adviceOnNetwork('SMTP', smtp, link),
          reply: link.detail,
        })
      await this.say({
        name: 'smtp_connect',
        state: 'done',
        words: `Sending: connected to ${smtp.host}:${smtp.port}.`,
      })
      const words =
        link.kind === 'unreachable' ? adviceOnNetwork('SMTP', smtp, link) : adviceOnLogin('SMTP', smtp, link)
      const reply = link.kind === 'unreachable' ? link.detail : link.reply
      return this.say({ name: 'smtp_login', state: 'failed', words, reply })
    }
    const encryption = link.encryption ?? 'no encryption'
    link.quit()
    await this.say({
      name: 'smtp_connect',
      state: 'done',
      words: `Sending: connected to ${smtp.host}:${smtp.port}, ${encryption}.`,
    })
    const login =
      smtp.user === undefined
        ? 'Sending: the server asks for no login.'
        : `Sending: logged in as ${smtp.user}.`
    await this.say({ name: 'smtp_login', state: 'done', words: login })
  }

  /** Where the folders end before the test mail is sent: it will be behind these cursors. */
  private async reachImap(imap: Endpoint): Promise<Looking | null> {
    const reader = this.reader as ImapReader
    const folders = await reader.foldersRead()
    if (!Array.isArray(folders)) {
      const words = adviceOnRead(imap, folders)
      if (folders.kind === 'unauthenticated') {
        await this.say({
          name: 'imap_connect',
          state: 'done',
          words: `Reading: connected to ${imap.host}:${imap.port}.`,
        })
        await this.say({ name: 'imap_login', state: 'failed', words, reply: folders.detail })
      }
      await this.say({ name: 'imap_connect', state: 'failed', words, reply: folders.detail })
      return null
    }
    await this.say({
      name: 'imap_connect',
      state: 'done',
      words: `Reading: connected to ${imap.host}:${imap.port}.`,
    })
    await this.say({ name: 'imap_login', state: 'done', words: `Reading: logged in as ${imap.user ?? ''}.` })
    this.findings.folders = folders.map(({ path, role }) => ({ folder: path, role }))
    const names = folders.map(({ path }) => path).join(', ')
    await this.say({ name: 'imap_folders', state: 'done', words: `Segue will read ${names}.` })
    const start = await reader.readAll([], this.tools.clock.now(), async () => undefined)
    if (start.kind !== 'read')
      await this.say({
        name: 'imap_folders',
        state: 'failed',
        words: adviceOnRead(imap, start),
        reply: start.detail,
      })
    return { imap, cursors: start.cursors, own: true }
  }

  /** That the reading mailbox cannot be read is for its own check to mend: follow-ups wait for it meanwhile, so nothing is lost. */
  private async reachReader(): Promise<Looking | null> {
    const { reader, mail } = this.request
    const imap = reader?.access.kind === 'server' ? reader.access.imap : undefined
    if (!reader || !imap) {
      const words = 'This mailbox has no IMAP: choose the mailbox that reads its replies.'
      await this.say({ name: 'imap_connect', state: 'noted', words })
      return null
    }
    const { address } = reader
    const start = await this.reader!.readAll([], this.tools.clock.now(), async () => undefined)
    const words =
      start.kind === 'read'
        ? `Its answers are read in ${address}. Bounces come back to ${mail.envelopeFrom}: have that address delivered to ${address} too.`
        : `Its answers are read in ${address}, which cannot be read just now, so follow-ups wait: ${adviceOnRead(imap, start)}`
    await this.say({ name: 'imap_connect', state: 'noted', words })
    return start.kind === 'read' ? { imap, cursors: start.cursors, own: false } : null
  }

  private async send(smtp: Endpoint): Promise<void> {
    const outcome = await this.sender.send(this.marked(this.request.mail), () => Promise.resolve(true))
    const to = this.request.mail.to[0]?.address ?? ''
    if (outcome.kind !== 'accepted')
      return this.say({ name: 'smtp_send', state: 'failed', words: adviceOnSend(smtp, outcome) })
    if (outcome.serverMessageId !== undefined) this.findings.seenMessageId = outcome.serverMessageId
    await this.say({
      name: 'smtp_send',
      state: 'done',
      words: `Sent a test mail to ${to}.`,
      reply: outcome.reply,
    })
  }

  private async find({ imap, cursors: start, own }: Looking): Promise<void> {
    const { clock } = this.tools
    const findWithin = this.tools.findWithinMs ?? FIND_WITHIN_MS
    const sentWithin = this.tools.sentCopyWithinMs ?? SENT_COPY_WITHIN_MS
    const begun = clock.real()
    const seen = { arrivedIn: '', arrivedAt: 0, messageId: null as string | null, copyIn: '' }
    const hasSent = this.findings.folders.some(({ role }) => role === 'sent')
    let cursors = start
    for (;;) {
      const read = await this.reader!.readAll(cursors, clock.now(), async (mail) => {
        const id = await this.isOurs(mail)
        if (id === null) return
        if (mail.role === 'sent') seen.copyIn = mail.folder
        else if (mail.role !== 'all' && seen.arrivedIn === '')
          Object.assign(seen, { arrivedIn: mail.folder, arrivedAt: clock.real(), messageId: id })
      })
      if (read.kind !== 'read')
        return this.say({
          name: 'test_mail_found',
          state: 'failed',
          words: adviceOnRead(imap, read),
          reply: read.detail,
        })
      cursors = read.cursors
      const waited = clock.real() - (seen.arrivedIn === '' ? begun : seen.arrivedAt)
      const settled = seen.arrivedIn !== '' && (seen.copyIn !== '' || !hasSent)
      if (
        settled ||
        this.request.signal?.aborted ||
        waited >= (seen.arrivedIn === '' ? findWithin : sentWithin)
      )
        break
      await clock.sleep(this.tools.lookEveryMs ?? LOOK_EVERY_MS, this.request.signal)
    }
    if (own) this.findings.cursors = cursors
    this.copyIn = seen.copyIn
    await this.sayFound(seen, findWithin)
  }

  private async sayFound(
    seen: { arrivedIn: string; messageId: string | null },
    findWithinMs: number,
  ): Promise<void> {
    const of = this.relayed() ? ` of ${this.request.reader!.address}` : ''
    if (seen.arrivedIn === '')
      return this.say({ name: 'test_mail_found', state: 'failed', words: this.notFound(findWithinMs) })
    await this.say({
      name: 'test_mail_found',
      state: 'done',
      words: `Found the test mail in ${seen.arrivedIn}${of}.`,
    })
    const kept = seen.messageId === this.request.mail.messageId
    this.findings.keepsMessageId = kept
    this.findings.seenMessageId = seen.messageId
    await this.say({
      name: 'message_id_kept',
      state: 'noted',
      words: kept
        ? 'The server keeps our Message-ID.'
        : 'The server replaces our Message-ID; Segue threads by the one that readers see.',
    })
  }

  private relayed(): boolean {
    return this.request.access.kind === 'server' && !this.request.access.imap
  }

  private notFound(findWithinMs: number): string {
    const within = `within ${Math.round(findWithinMs / 1000)} seconds`
    const { reader, mail } = this.request
    if (!this.relayed() || !reader)
      return `The test mail did not arrive ${within}. Check that IMAP belongs to the same account, and that no filter moves the mail away.`
    const to = mail.to[0]?.address ?? ''
    return `The test mail to ${to} did not arrive in INBOX or Junk of ${reader.address} ${within}, so answers would be lost. Choose the mailbox that gets the mail of ${to}, or have answers go to an address that it gets.`
  }

  private async sayCopy(): Promise<void> {
    const { copyIn } = this
    const hasSent = this.findings.folders.some(({ role }) => role === 'sent')
    this.findings.filesSentCopy = hasSent ? copyIn !== '' : null
    const words = !hasSent
      ? 'There is no Sent folder: no copies of what is sent are kept.'
      : copyIn === ''
        ? 'The server files no copy of what is sent; Segue puts one into Sent.'
        : `The server files a copy in ${copyIn} by itself.`
    await this.say({ name: 'sent_copy_filed', state: 'noted', words })
  }

  /** Offers the alias as envelope sender and then keeps the mail back: nothing is sent. */
  private async tryOtherSender(alias: string): Promise<void> {
    const mail = { ...this.request.mail, envelopeFrom: alias }
    const outcome = await this.sender.send(mail, () => Promise.resolve(false))
    const accepts = outcome.kind === 'refused_mark'
    if (!accepts && !(outcome.kind === 'rejected' && outcome.stage !== 'final')) return
    this.findings.acceptsOtherSender = accepts
    await this.say({
      name: 'other_sender',
      state: 'noted',
      words: accepts
        ? `The server lets ${alias} be the return address.`
        : `The server refuses ${alias} as return address; bounces come to the mailbox itself.`,
    })
  }

  private marked(mail: OutgoingMail): OutgoingMail {
    const extra = { ...mail.headers.extra, [CHECK_HEADER]: mail.messageId.replace(/[<>]/g, '') }
    return { ...mail, headers: { ...mail.headers, extra } }
  }

  /** The Message-ID of a mail that is this check's test mail, else null. */
  private async isOurs(mail: FetchedMail): Promise<string | null> {
    const parsed = await parseMail(mail.raw)
    const mark = header(parsed, CHECK_HEADER.toLowerCase())
    return mark === this.request.mail.messageId.replace(/[<>]/g, '') ? (parsed.messageId ?? '') : null
  }
}
