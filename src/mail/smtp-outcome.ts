/** What an SMTP failure means. Pure: it only reads the error and how far the dialogue had come. */
import type { NetworkCause, Refusal, SendOutcome, SmtpStage } from './port.ts'

/** What nodemailer puts on its errors, as far as it is read here. */
export interface SmtpError extends Error {
  code?: string | undefined
  originalCode?: string | undefined
  command?: string | undefined
  response?: string | undefined
  responseCode?: number | undefined
}

/** 530, 534, 535, 538: RFC 4954 section 6. The session is not allowed to send, whatever the message is. */
const LOGIN_REFUSED = new Set([530, 534, 535, 538])

/** The enhanced status code of RFC 2034 in a reply, `5.1.1`. Multi-line replies repeat it; the first one counts. */
export function enhancedCode(reply: string): string | undefined {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?=\s|$)/m.exec(reply)?.[1]
}

/** The id under which the server queued the mail, from the wordings of Postfix, Exim, Sendmail, Exchange, Gmail and Amazon SES. */
export function queueId(reply: string): string | undefined {
  return (
    /queued as <?([\w.@+=-]+)/i.exec(reply)?.[1] ??
    /\bid=([\w.-]+)/i.exec(reply)?.[1] ??
    /^\d{3}[ -](?:2\.\d\.\d )?(?:OK|Ok)\s+(?:\d{6,} )?([\w.-]{12,})/m.exec(reply)?.[1] ??
    /^\d{3}[ -]2\.\d\.\d (\S{8,}) Message accepted/m.exec(reply)?.[1]
  )
}

/** A refusal by the server's code: 5xx is final for this mail, 4xx is not. */
export function refusal(reply: string, stage: SmtpStage, recipients: string[] = []): SendOutcome | null {
  const code = Number(/^\d{3}/.exec(reply)?.[0] ?? 0)
  if (code < 400 || code > 599) return null
  if (LOGIN_REFUSED.has(code) && stage !== 'final') return { kind: 'unauthenticated', reply }
  const enhanced = enhancedCode(reply)
  const value: Refusal = {
    reply,
    code,
    stage,
    recipients,
    ...(enhanced === undefined ? {} : { enhanced }),
  }
  return { kind: code >= 500 ? 'rejected' : 'deferred', ...value }
}

/** Our own refusal, made without asking the server: nothing was sent. */
export function ownRefusal(code: 501 | 552 | 553, enhanced: string, words: string): SendOutcome {
  return { kind: 'rejected', reply: words, code, enhanced, stage: 'data', recipients: [] }
}

const CAUSES: [RegExp, NetworkCause][] = [
  [/^EDNS$|ENOTFOUND|EAI_AGAIN|ENODATA/, 'dns'],
  [/ECONNREFUSED/, 'refused'],
  [/ETIMEDOUT/, 'timeout'],
  [/^ETLS$|CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_OSSL/, 'tls'],
  [/^ECONNECTION$|ECONNRESET|EPIPE/, 'closed'],
  [/^EPROTOCOL$/, 'protocol'],
]

/** Why the network failed, by the codes of nodemailer and Node (the inner one first: it says more). */
export function networkCause(error: SmtpError): NetworkCause {
  for (const code of [error.originalCode, error.code]) {
    if (code === undefined) continue
    const found = CAUSES.find(([pattern]) => pattern.test(code))
    if (found) return found[1]
  }
  return 'network'
}

/** A failure before the mail itself was offered: connecting, TLS, login. */
export function openingFailure(error: SmtpError, where: string): SendOutcome {
  const reply = error.response ?? ''
  const stage: SmtpStage =
    error.code === 'EAUTH' ? 'login' : networkCause(error) === 'tls' ? 'tls' : 'connect'
  if (stage === 'login' && /^5/.test(reply)) return { kind: 'unauthenticated', reply }
  if (stage === 'login' && reply === '') return { kind: 'unauthenticated', reply: error.message }
  if (stage === 'login')
    // 454 4.7.0 (RFC 4954): the server cannot check passwords now; the password may be right.
    return {
      kind: 'unreachable',
      stage,
      cause: 'login_later',
      detail: `${where} cannot check the login now: ${reply}`,
    }
  const cause = networkCause(error)
  return {
    kind: 'unreachable',
    stage,
    cause: cause === 'protocol' ? 'greeting' : cause,
    detail: `${where}: ${error.message}`,
  }
}

/** A failure after login. `dotReleased`: the final dot may be on its way, so silence proves nothing. */
export function sendingFailure(error: SmtpError, where: string, dotReleased: boolean): SendOutcome {
  const reply = error.response ?? ''
  // A reply counts when it answers a command; what was cut off by a closing connection (ECONNECTION) may be half a line.
  const answered = error.code === 'EENVELOPE' || error.code === 'EMESSAGE'
  if (answered && reply !== '') {
    const refused = refusal(reply, stageOf(error, dotReleased))
    if (refused) return refused
  }
  if (dotReleased)
    return { kind: 'unknown', detail: `${where}: no answer after the final dot (${error.message})` }
  if (error.code === 'EMESSAGE' && reply === '') return ownRefusal(552, '5.3.4', error.message)
  if (error.code === 'EENVELOPE' && reply === '') return ownRefusal(501, '5.1.3', error.message)
  const closing = error.code === 'ECONNECTION' ? refusal(reply, 'mail') : null
  if (closing?.kind === 'deferred') return closing
  return {
    kind: 'unreachable',
    stage: stageOf(error, false),
    cause: networkCause(error),
    detail: `${where}: ${error.message}`,
  }
}

function stageOf(error: SmtpError, dotReleased: boolean): SmtpStage {
  if (dotReleased) return 'final'
  if (error.command === 'RCPT TO') return 'rcpt'
  if (error.command === 'DATA') return 'data'
  return 'mail'
}
