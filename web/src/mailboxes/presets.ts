/** Where the known providers listen, and what a password is called there. */
import type { Server } from '../lib/api-types.ts'

export interface Preset {
  key: string
  name: string
  words: string
  smtp: Omit<Server, 'user'>
  imap: Omit<Server, 'user'>
  password: string
}

export const PRESETS: readonly Preset[] = [
  {
    key: 'gmail',
    name: 'Gmail or Google Workspace',
    words: 'Needs an app password, made under "2-Step Verification" in the Google account.',
    smtp: { host: 'smtp.gmail.com', port: 465, tls: 'tls' },
    imap: { host: 'imap.gmail.com', port: 993, tls: 'tls' },
    password: 'App password',
  },
  {
    key: 'outlook',
    name: 'Outlook or Microsoft 365',
    words: 'Needs SMTP AUTH to be allowed for the mailbox; an administrator turns it on.',
    smtp: { host: 'smtp.office365.com', port: 587, tls: 'starttls' },
    imap: { host: 'outlook.office365.com', port: 993, tls: 'tls' },
    password: 'Password or app password',
  },
  {
    key: 'other',
    name: 'Another provider',
    words: 'Any SMTP and IMAP server.',
    smtp: { host: '', port: 587, tls: 'starttls' },
    imap: { host: '', port: 993, tls: 'tls' },
    password: 'Password',
  },
]
