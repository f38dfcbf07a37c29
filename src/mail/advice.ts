/** What a mail server's failure means to the person who connects a mailbox, and the way out. Words only. */
import { loginAdvice } from './login-advice.ts'
import type { Endpoint, NetworkCause, ReadFailure, RefusedLogin, SendOutcome } from './port.ts'

export type MailProtocol = 'SMTP' | 'IMAP'

const PORTS: Record<MailProtocol, string> = {
  SMTP: '465 with TLS or 587 with STARTTLS',
  IMAP: '993 with TLS or 143 with STARTTLS',
}

export function adviceOnNetwork(
  protocol: MailProtocol,
  endpoint: Endpoint,
  { cause, detail }: { cause: NetworkCause; detail: string },
): string {
  const where = `${endpoint.host}:${endpoint.port}`
  const usual = `Usual is port ${PORTS[protocol]}.`
  switch (cause) {
    case 'dns':
      return `There is no server named ${endpoint.host}. Check the spelling of the ${protocol} host.`
    case 'refused':
      return `Nothing listens at ${where}. Check the port. ${usual}`
    case 'timeout':
      return `${where} did not answer in time. A firewall may block the port, or the host is wrong. ${usual}`
    case 'tls':
      return adviceOnTls(protocol, endpoint, detail)
    case 'greeting':
    case 'protocol':
      return `${where} does not speak ${protocol} (${detail}). Check the port and the encryption. ${usual}`
    case 'closed':
      return `${where} closed the connection (${detail}). It may expect another encryption. ${usual}`
    case 'login_later':
      return `${where} cannot check the login just now (${detail}). Try again in a few minutes.`
    case 'network':
      return `${where} cannot be reached (${detail}).`
  }
}

function adviceOnTls(protocol: MailProtocol, endpoint: Endpoint, detail: string): string {
  const where = `${endpoint.host}:${endpoint.port}`
  if (/wrong version number|packet length too long|http request/i.test(detail))
    return `${where} does not encrypt from the first byte. Choose STARTTLS for this port, or the port for TLS (${PORTS[protocol]}).`
  if (/altname|does not match certificate|Hostname\/IP/i.test(detail))
    return `The certificate of ${where} is for another name (${detail}). Enter the host name that stands in it.`
  if (/self[- ]signed|unable to verify|unable to get (?:local )?issuer/i.test(detail))
    return `The certificate of ${where} is not signed by anyone this machine trusts (${detail}). Give its authority's certificate, or use a server with a public one.`
  if (/expired/i.test(detail))
    return `The certificate of ${where} has expired (${detail}). Its owner must renew it.`
  if (/STARTTLS/i.test(detail))
    return `${where} does not offer STARTTLS (${detail}). Choose TLS with its port (${PORTS[protocol]}).`
  return `${where} and Segue cannot agree on encryption (${detail}). Usual is port ${PORTS[protocol]}.`
}

export function adviceOnLogin(
  protocol: MailProtocol,
  endpoint: Endpoint,
  { reply, oauth }: { reply: string } & RefusedLogin,
): string {
  const user = endpoint.user ?? 'nobody'
  const server = `${protocol} at ${endpoint.host}`
  return (
    loginAdvice({ address: user, server, reply, oauth }) ??
    `${endpoint.host} refused the password of ${user} (${reply.trim()}). Check user and password for ${protocol}; ` +
      'Gmail, Microsoft 365, Yahoo and iCloud want an app password or their own sign-in instead of the normal one.'
  )
}

export function adviceOnRead(endpoint: Endpoint, failure: ReadFailure): string {
  if (failure.kind === 'unauthenticated')
    return adviceOnLogin('IMAP', endpoint, { ...failure, reply: failure.detail })
  if (failure.kind === 'unreachable') return adviceOnNetwork('IMAP', endpoint, failure)
  return `${endpoint.host}:${endpoint.port} answered in a way that cannot be used (${failure.detail}). Check that IMAP is switched on for this account.`
}

/** For a test mail that did not leave. */
export function adviceOnSend(endpoint: Endpoint, outcome: SendOutcome): string {
  switch (outcome.kind) {
    case 'accepted':
      return 'The test mail was taken.'
    case 'unreachable':
      return adviceOnNetwork('SMTP', endpoint, outcome)
    case 'unauthenticated':
      return adviceOnLogin('SMTP', endpoint, outcome)
    case 'rejected':
      return outcome.stage === 'mail'
        ? `${endpoint.host} does not let ${endpoint.user ?? 'this connection'} send from this address (${outcome.reply}). Use the address of the account, or allow it there.`
        : `${endpoint.host} refused the test mail (${outcome.reply}).`
    case 'deferred':
      return `${endpoint.host} does not take the test mail now (${outcome.reply}). Try again in a few minutes.`
    case 'refused_mark':
      return 'The test mail was held back.'
    case 'unknown':
      return `${endpoint.host} took the test mail without saying so (${outcome.detail}). Check again.`
  }
}
