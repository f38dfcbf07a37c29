/**
 * What is known of mail providers: where they listen, how much they let one mailbox send, and what is careful below that. Ceilings are
 * documented numbers, their source beside them. Providers judge young mailboxes far below their ceilings, hence defaults that are the same for all.
 */
import { domainOf } from './address.ts'
import { PACE_DEFAULTS } from './pacing.ts'
import { RAMP_DEFAULTS } from './ramp-up.ts'

export interface Provider {
  key: 'google_workspace' | 'gmail' | 'microsoft' | 'ses' | 'other'
  name: string
  /** What its account needs before a program may send. */
  needs: string
  password: string
  smtp: { host: string; port: number; tls: 'tls' | 'starttls' }
  /** Null: it has no inbox. */
  imap: { host: string; port: number; tls: 'tls' | 'starttls' } | null
  ceiling: Ceiling
}

/** Null: none is documented, or it is the account's own. */
export interface Ceiling {
  perDay: number | null
  perHour: number | null
  /** What happens above it, or where one's own number stands. */
  words: string
}

export const CAREFUL = { ...PACE_DEFAULTS, rampUp: RAMP_DEFAULTS } as const

type Servers = { [S in 'smtp' | 'imap']: { host: string; port: number; tls: 'tls' | 'starttls' } }
export const GOOGLE_SERVERS: Servers = {
  smtp: { host: 'smtp.gmail.com', port: 465, tls: 'tls' },
  imap: { host: 'imap.gmail.com', port: 993, tls: 'tls' },
}
export const MICROSOFT_SERVERS: Servers = {
  smtp: { host: 'smtp.office365.com', port: 587, tls: 'starttls' },
  imap: { host: 'outlook.office365.com', port: 993, tls: 'tls' },
}

export const PROVIDERS: readonly Provider[] = [
  {
    key: 'google_workspace',
    name: 'Google Workspace',
    needs: 'Needs an app password, made under "2-Step Verification" in the Google account.',
    password: 'App password',
    ...GOOGLE_SERVERS,
    // https://support.google.com/a/answer/166852: messages per day 2,000 (500 on trial), over a rolling 24 hours; then closed for up to 24 hours.
    ceiling: {
      perDay: 2_000,
      perHour: null,
      words:
        'Google Workspace takes 2000 emails in 24 hours (500 in a trial), then closes the mailbox for up to a day.',
    },
  },
  {
    key: 'gmail',
    name: 'Gmail',
    needs: 'Needs an app password, made under "2-Step Verification" in the Google account.',
    password: 'App password',
    ...GOOGLE_SERVERS,
    // https://support.google.com/mail/answer/22839: more than 500 emails in a day close the account for up to 24 hours.
    ceiling: {
      perDay: 500,
      perHour: null,
      words: 'Gmail takes 500 emails in 24 hours, then closes the mailbox for up to a day.',
    },
  },
  {
    key: 'microsoft',
    name: 'Outlook or Microsoft 365',
    needs: 'Needs SMTP AUTH to be allowed for the mailbox; an administrator turns it on.',
    password: 'Password or app password',
    ...MICROSOFT_SERVERS,
    // https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits#sending-limits-1:
    // recipient rate limit 10,000 a day; message rate limit of SMTP client submission 30 a minute.
    ceiling: {
      perDay: 10_000,
      perHour: 1_800,
      words:
        'Microsoft 365 takes 10000 recipients a day and 30 emails a minute (1800 an hour), and refuses the rest.',
    },
  },
  {
    key: 'ses',
    name: 'Amazon SES',
    needs: 'Needs SMTP credentials made in the SES console, and another mailbox that reads the replies.',
    password: 'SMTP password',
    smtp: { host: 'email-smtp.us-east-1.amazonaws.com', port: 587, tls: 'starttls' },
    imap: null,
    // https://docs.aws.amazon.com/ses/latest/dg/quotas.html: 200 in 24 hours in the sandbox; outside of it each account has its own.
    ceiling: {
      perDay: null,
      perHour: null,
      words:
        'Amazon SES takes 200 emails in 24 hours while the account is in its sandbox; then its own quota stands in the SES console.',
    },
  },
  {
    key: 'other',
    name: 'Another provider',
    needs: 'Any SMTP and IMAP server.',
    password: 'Password',
    smtp: { host: '', port: 587, tls: 'starttls' },
    imap: { host: '', port: 993, tls: 'tls' },
    ceiling: {
      perDay: null,
      perHour: null,
      words: 'Ask the provider how much one mailbox may send in a day.',
    },
  },
]

/** Domains of addresses that are Gmail for private people; every other domain on Google's servers is a Workspace. */
const GMAIL_DOMAINS = new Set(['gmail.com', 'googlemail.com'])

export function providerOf(mailbox: { kind: string; address: string; smtpHost: string | null }): Provider {
  const host = mailbox.smtpHost?.toLowerCase() ?? ''
  const key = (): Provider['key'] => {
    if (mailbox.kind === 'google' || host === 'smtp.gmail.com')
      return GMAIL_DOMAINS.has(domainOf(mailbox.address)) ? 'gmail' : 'google_workspace'
    if (mailbox.kind === 'microsoft' || host === 'smtp.office365.com') return 'microsoft'
    return /^email-smtp[a-z0-9.-]*\.amazonaws\.com(\.cn)?$/.test(host) ? 'ses' : 'other'
  }
  const wanted = key()
  return PROVIDERS.find((one) => one.key === wanted)!
}

/** Limits above what the provider takes, each in a sentence with the number: it is the provider who will refuse, hence no error of ours. */
export function ceilingWarnings(
  { ceiling }: Provider,
  limits: { dailyLimit: number; hourlyLimit: number; gapMs: number },
): string[] {
  const { perDay, perHour, words } = ceiling
  const warnings: string[] = []
  if (perDay !== null && limits.dailyLimit > perDay)
    warnings.push(`The daily limit is ${limits.dailyLimit}. ${words} Set ${perDay} or less.`)
  const mostPerHour = limits.gapMs > 0 ? Math.ceil(3_600_000 / limits.gapMs) : limits.hourlyLimit
  if (perHour !== null && Math.min(limits.hourlyLimit, mostPerHour) > perHour)
    warnings.push(`The hourly limit is ${limits.hourlyLimit}. ${words} Set ${perHour} or less.`)
  return warnings
}
