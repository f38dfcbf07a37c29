/**
 * One SMTP connection, from opening it to one transfer after another. It knows at every moment whether the final dot may have left,
 * and never sends it without the mark.
 */
import { Readable } from 'node:stream'
import { rootCertificates, TLSSocket } from 'node:tls'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Endpoint, MailTimeouts, SendOutcome } from './port.ts'
import { openingFailure, queueId, refusal, type SmtpError, sendingFailure } from './smtp-outcome.ts'
import { NoToken, withToken } from './token-login.ts'

/** What is written to the socket at once: small enough that a connection that breaks in a long body is seen before the dot. */
const CHUNK_BYTES = 16_384
/** Our own name for the XOAUTH2 exchange below: under its real name nodemailer wants its own token fetcher, or falls back to PLAIN. */
const TOKEN_LOGIN = 'ACCESS-TOKEN'

export interface Transfer {
  envelopeFrom: string
  /** All of these must be taken, or nothing is sent. */
  to: string[]
  recipients: string[]
  raw: Uint8Array
  mark: () => Promise<boolean>
}

/** The envelope as nodemailer fills it in while the dialogue runs. */
interface Envelope {
  from: string
  to: string[]
  size: number
  use8BitMime: boolean
  mandatory: Set<string>
  rejected?: string[]
  rejectedErrors?: (SmtpError & { recipient?: string })[]
}

interface Internals {
  _envelope: Envelope
  _envelopeError(reply: string): Error | null
}

const baseEnvelopeError = (SMTPConnection.prototype as unknown as Internals)._envelopeError

/**
 * nodemailer goes on to DATA as soon as one recipient was taken. Here one refused recipient of To ends the dialogue before DATA; if a
 * later version no longer asks this method, the body still stops at the 354 without a dot (`MarkedBody`).
 */
class StrictConnection extends SMTPConnection {
  _envelopeError(this: StrictConnection & Internals, reply: string): Error | null {
    // After a 354 nodemailer would end the mail with a dot, and whoever was accepted would get an empty one.
    const refused = reply.startsWith('3') ? [] : refusedMandatory(this._envelope)
    return refused.length > 0 ? refused[0]! : baseEnvelopeError.call(this, reply)
  }
}

type OpenFailure = Extract<SendOutcome, { kind: 'unreachable' | 'unauthenticated' }>

export class SmtpLink {
  /** Mails offered on this connection. */
  transfers = 0
  readonly where: string
  readonly connection: SMTPConnection
  private readonly endpoint: Endpoint
  private readonly timeouts: MailTimeouts

  private constructor(connection: SMTPConnection, endpoint: Endpoint, timeouts: MailTimeouts) {
    this.connection = connection
    this.endpoint = endpoint
    this.where = `${endpoint.host}:${endpoint.port}`
    this.timeouts = timeouts
    // Late errors of a connection nobody waits for: `alive` tells, and the next transfer opens a new one.
    connection.on('error', () => connection.close())
  }

  get alive(): boolean {
    return !this.connection.destroyed
  }

  /** `TLSv1.3`; null for a connection in the clear. */
  get encryption(): string | null {
    const socket = this.connection._socket
    return socket instanceof TLSSocket ? socket.getProtocol() : null
  }

  /** Connects, encrypts and logs in; with a token that is refused, once more with another. */
  static async open(endpoint: Endpoint, timeouts: MailTimeouts): Promise<SmtpLink | OpenFailure> {
    const { oauth } = endpoint
    if (!oauth) return SmtpLink.connect(endpoint, { timeouts })
    const where = `${endpoint.host}:${endpoint.port}`
    try {
      const link = await withToken(
        oauth,
        (accessToken) => SmtpLink.connect(endpoint, { timeouts, accessToken }),
        (answer) => !(answer instanceof SmtpLink) && answer.kind === 'unauthenticated',
      )
      return link instanceof SmtpLink ? link : withProvider(link, endpoint)
    } catch (error) {
      if (!(error instanceof NoToken)) throw error
      const { kind, detail } = error.trouble
      return kind === 'revoked'
        ? { kind: 'unauthenticated', reply: detail, oauth: { provider: oauth.provider, revoked: true } }
        : { kind: 'unreachable', stage: 'login', cause: 'login_later', detail: `${where}: ${detail}` }
    }
  }

  private static async connect(
    endpoint: Endpoint,
    { timeouts, accessToken }: { timeouts: MailTimeouts; accessToken?: string },
  ): Promise<SmtpLink | OpenFailure> {
    const where = `${endpoint.host}:${endpoint.port}`
    const { user = '' } = endpoint
    const connection = new StrictConnection({
      host: endpoint.host,
      port: endpoint.port,
      secure: endpoint.tls === 'tls',
      requireTLS: endpoint.tls === 'starttls',
      ignoreTLS: endpoint.tls === 'none',
      connectionTimeout: timeouts.connectMs,
      dnsTimeout: timeouts.connectMs,
      greetingTimeout: timeouts.greetingMs,
      socketTimeout: timeouts.commandMs,
      tls: endpoint.ca === undefined ? {} : { ca: [...rootCertificates, endpoint.ca] },
      allowInternalNetworkInterfaces: true,
      ...(accessToken === undefined ? {} : { customAuth: { [TOKEN_LOGIN]: xoauth2(user, accessToken) } }),
    })
    const link = new SmtpLink(connection, endpoint, timeouts)
    try {
      await answered(connection, (done) => connection.connect(done))
      if (endpoint.user !== undefined) await logIn(connection, endpoint, accessToken)
      return link
    } catch (error) {
      connection.close()
      return openingFailure(error as SmtpError, where) as OpenFailure
    }
  }

  /** One mail. Afterwards the link is either `alive` and clean, or closed. Resolves only when an asked mark has answered. */
  async transfer(transfer: Transfer): Promise<SendOutcome> {
    this.transfers++
    const envelope = envelopeOf(transfer)
    const body = new MarkedBody(transfer, envelope, { connection: this.connection, timeouts: this.timeouts })
    const outcome = await new Promise<SendOutcome>((resolve) => {
      this.connection.send(envelope, body, (error, info) =>
        resolve(error ? this.failure(error, body, envelope) : this.success(info, body, envelope)),
      )
    })
    await body.markAnswered
    await this.clean(body, outcome)
    if (body.refusedMark) return { kind: 'refused_mark', ...body.markError }
    return withProvider(outcome, this.endpoint)
  }

  quit(): void {
    if (this.alive) this.connection.quit()
  }

  close(): void {
    this.connection.close()
  }

  private success(info: SMTPConnection.SentMessageInfo, body: MarkedBody, envelope: Envelope): SendOutcome {
    const reply = info.response
    if (!body.dotReleased || !/^2\d\d[ -]/.test(reply))
      return { kind: 'unknown', detail: `${this.where} answered out of turn: ${reply}` }
    const id = queueId(reply)
    return {
      kind: 'accepted',
      reply,
      refusedCopies: envelope.rejected ?? [],
      ...(id === undefined ? {} : { queueId: id }),
      ...(info.serverMessageId === undefined ? {} : { serverMessageId: info.serverMessageId }),
    }
  }

  private failure(error: SmtpError, body: MarkedBody, envelope: Envelope): SendOutcome {
    const refused = refusedMandatory(envelope)
    if (!body.dotReleased && refused.length > 0) {
      // One that will never be taken makes the mail undeliverable as it stands, whatever the others may do later.
      const final = refused.filter((one) => one.response?.startsWith('5'))
      const named = final.length > 0 ? final : refused
      const recipients = named.map((one) => one.recipient ?? '')
      const value = refusal(named[0]!.response ?? '', 'rcpt', recipients)
      if (value) return value
    }
    return sendingFailure(error, this.where, body.dotReleased)
  }

  /** Leaves the session ready for the next mail, or closes it. A session that may still be in data mode is always closed. */
  private async clean(body: MarkedBody, outcome: SendOutcome): Promise<void> {
    if (!this.alive) return
    const refused = outcome.kind === 'rejected' || outcome.kind === 'deferred'
    if (outcome.kind === 'accepted' || (refused && outcome.stage === 'final')) {
      setSilenceLimit(this.connection, this.timeouts.commandMs)
      return
    }
    if (!refused || body.started) return this.close()
    await answered(this.connection, (done) => this.connection.reset(done)).catch(() => this.close())
  }
}

/** The body of a mail: nothing of it leaves before the server's 354 (nodemailer reads it only then), a full To, and the mark. */
class MarkedBody extends Readable {
  started = false
  dotReleased = false
  refusedMark = false
  markError: { error?: unknown } = {}
  markAnswered: Promise<void> = Promise.resolve()
  private offset = 0
  private readonly transfer: Transfer
  private readonly envelope: Envelope
  private readonly connection: SMTPConnection
  private readonly timeouts: MailTimeouts

  constructor(
    transfer: Transfer,
    envelope: Envelope,
    { connection, timeouts }: { connection: SMTPConnection; timeouts: MailTimeouts },
  ) {
    super({ highWaterMark: CHUNK_BYTES })
    this.transfer = transfer
    this.envelope = envelope
    this.connection = connection
    this.timeouts = timeouts
  }

  override _read(): void {
    if (this.started) this.release()
    else if (refusedMandatory(this.envelope).length > 0) this.stop('a recipient was refused')
    else this.markAnswered = this.askMark()
    this.started = true
  }

  private async askMark(): Promise<void> {
    let granted = false
    try {
      granted = await this.transfer.mark()
    } catch (error) {
      this.markError = { error }
    }
    if (granted) return this.release()
    this.refusedMark = true
    this.stop('the mark was refused')
  }

  private release(): void {
    if (this.destroyed || this.connection.destroyed) return
    const { raw } = this.transfer
    const chunk = raw.subarray(this.offset, this.offset + CHUNK_BYTES)
    this.offset += chunk.length
    if (chunk.length > 0) {
      this.push(chunk)
      return
    }
    this.dotReleased = true
    setSilenceLimit(this.connection, this.timeouts.finalReplyMs)
    this.push(null)
  }

  private stop(why: string): void {
    this.destroy(new Error(why))
  }
}

function envelopeOf(transfer: Transfer): Envelope {
  const envelope = {
    from: transfer.envelopeFrom,
    to: [...transfer.recipients],
    size: transfer.raw.length,
    use8BitMime: true,
    mandatory: new Set(transfer.to),
  }
  // With PIPELINING nodemailer sends DATA along with the recipients; the rule needs their answers first. It costs two round trips.
  Object.defineProperty(envelope, 'pipelined', { get: () => false, set: () => undefined })
  return envelope
}

function refusedMandatory(envelope: Envelope): (SmtpError & { recipient?: string })[] {
  return (envelope.rejectedErrors ?? []).filter((one) => envelope.mandatory.has(one.recipient ?? ''))
}

function setSilenceLimit(connection: SMTPConnection, ms: number): void {
  if (connection._socket) connection._socket.setTimeout(ms)
}

/** One command: its own callback, or the connection's error or end, whichever comes first. */
function answered(
  connection: SMTPConnection,
  command: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null) => {
      connection.off('error', settle)
      connection.off('end', ended)
      if (error) reject(error)
      else resolve()
    }
    const ended = () => settle(Object.assign(new Error('the connection was closed'), { code: 'ECONNECTION' }))
    connection.prependListener('error', settle)
    connection.once('end', ended)
    command(settle)
  })
}

/** A login that was refused says with whose token it was tried. */
function withProvider<T extends SendOutcome>(outcome: T, { oauth }: Endpoint): T {
  if (!oauth || outcome.kind !== 'unauthenticated') return outcome
  return { ...outcome, oauth: { provider: oauth.provider, revoked: false } }
}

function logIn(connection: SMTPConnection, endpoint: Endpoint, accessToken?: string): Promise<void> {
  const { user, password } = endpoint
  if (accessToken !== undefined)
    return answered(connection, (done) =>
      connection.login({ user, pass: accessToken, method: TOKEN_LOGIN }, done),
    )
  return answered(connection, (done) => connection.login({ user, pass: password }, done))
}

/** XOAUTH2: one command; on 334 an empty line brings the real answer (Google's XOAUTH2 protocol). */
function xoauth2(user: string, accessToken: string) {
  return async (session: {
    sendCommand(command: string): Promise<{ status: number; response: string }>
  }): Promise<void> => {
    const token = `user=${user}\x01auth=Bearer ${accessToken}\x01\x01`
    const first = await session.sendCommand(`AUTH XOAUTH2 ${Buffer.from(token).toString('base64')}`)
    const last = first.status === 334 ? await session.sendCommand('') : first
    if (last.status !== 235) throw new Error('Invalid login')
  }
}
