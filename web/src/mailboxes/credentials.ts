/** What a person enters to connect a mailbox, and what the API is told of it. Passwords are sent once and never come back. */
import type { Mailbox, MailboxInput, Provider, Server } from '../lib/mailbox-types.ts'
import type { Limits } from './limits.tsx'

export interface Account extends Server {
  user: string
  password: string
}

export interface Credentials {
  email: string
  fromName: string
  replyTo: string
  aliases: string[]
  signature: string
  smtp: Account
  imap: Account
  /** Most accounts read with the login they send with. */
  sameLogin: boolean
  /** A relay has no inbox; another mailbox reads its replies. */
  readsVia: string | null
  hasInbox: boolean
  limits: Limits
}

const NO_SERVER = { host: '', port: 993, tls: 'tls' } as const

export const begin = (provider: Provider, fromName: string): Credentials => ({
  email: '',
  fromName,
  replyTo: '',
  aliases: [],
  signature: '',
  smtp: { ...provider.smtp, user: '', password: '' },
  imap: { ...(provider.imap ?? NO_SERVER), user: '', password: '' },
  sameLogin: true,
  readsVia: null,
  hasInbox: provider.imap !== null,
  limits: provider.careful,
})

const accountOf = (server: Server | null): Account => ({
  ...(server ?? NO_SERVER),
  user: server?.user ?? '',
  password: '',
})

export const credentialsOf = (mailbox: Mailbox): Credentials => ({
  email: mailbox.email,
  fromName: mailbox.from_name ?? '',
  replyTo: mailbox.reply_to ?? '',
  // The wire lists the address itself among them.
  aliases: mailbox.aliases.filter((alias) => alias !== mailbox.email),
  signature: mailbox.signature_html ?? '',
  smtp: accountOf(mailbox.smtp),
  imap: accountOf(mailbox.imap),
  sameLogin: mailbox.imap?.user === mailbox.smtp?.user,
  readsVia: mailbox.reads_via,
  hasInbox: mailbox.imap !== null,
  limits: {
    email_daily_threshold: mailbox.email_daily_threshold,
    max_outbound_emails_per_hour: mailbox.max_outbound_emails_per_hour,
    seconds_delay_between_emails: mailbox.seconds_delay_between_emails,
    gap_jitter_percent: mailbox.gap_jitter_percent,
    ramp_up: mailbox.ramp_up && {
      starts_on: mailbox.ramp_up.starts_on,
      start_per_day: mailbox.ramp_up.start_per_day,
      step_per_day: mailbox.ramp_up.step_per_day,
    },
  },
})

/** An empty password leaves the stored one as it is. An empty user is the address itself, or nobody where there is no password either. */
function account({ password, user, ...server }: Account, email: string) {
  return {
    host: server.host,
    port: server.port,
    tls: server.tls,
    user: user || (password ? email : null),
    ...(password ? { password } : {}),
  }
}

export function inputOf(given: Credentials): MailboxInput {
  const { smtp, imap, email } = given
  const reading = given.sameLogin ? { ...imap, user: smtp.user, password: smtp.password } : imap
  return {
    ...inputWithoutLogin(given),
    smtp: account(smtp, email),
    imap: given.hasInbox ? account(reading, email) : null,
    reads_via: given.hasInbox ? null : given.readsVia,
  }
}

/** Of a mailbox that is connected by signing in: its provider names the servers. */
export function inputWithoutLogin(given: Credentials): MailboxInput {
  return {
    email: given.email,
    from_name: given.fromName || null,
    reply_to: given.replyTo || null,
    aliases: given.aliases,
    signature_html: given.signature,
    ...given.limits,
  }
}
