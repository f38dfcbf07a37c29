/** The mail port as `app.ts` injects it: real servers over SMTP and IMAP, and the sandbox of this process. */
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import { checkMailbox } from './check.ts'
import { ImapReader } from './imap.ts'
import {
  MAIL_TIMEOUTS,
  type MailboxAccess,
  type MailPort,
  type MailTimeouts,
  type Reader,
  type Sender,
} from './port.ts'
import type { Sandbox } from './sandbox.ts'
import { SmtpSender } from './smtp.ts'

export interface MailPortOptions {
  clock: Clock
  random?: Random
  /** Absent in commands that never send to a sandbox mailbox. */
  sandbox?: Sandbox
  timeouts?: MailTimeouts
}

export function createMailPort(options: MailPortOptions): MailPort {
  const { clock, sandbox } = options
  const timeouts = options.timeouts ?? MAIL_TIMEOUTS

  function openSender(access: MailboxAccess): Sender {
    if (access.kind === 'server') return new SmtpSender(access.smtp, { clock, timeouts })
    return running(sandbox).openSender(access.mailboxId)
  }

  function openReader(access: MailboxAccess): Reader | null {
    if (access.kind === 'sandbox') return running(sandbox).openReader(access.mailboxId)
    if (!access.imap) return null
    return new ImapReader(access.imap, { timeouts, picked: access.folders ?? [] })
  }

  return {
    openSender,
    openReader,
    check: (request) => checkMailbox(request, { clock, timeouts, openSender, openReader }),
  }
}

function running(sandbox: Sandbox | undefined): Sandbox {
  if (!sandbox) throw new Error('a sandbox mailbox was used in a process without the sandbox server')
  return sandbox
}
