/** What a refused login means where a provider's sign-in or its settings are the matter, and the way out. Words only. */
import { PROVIDER_NAMES, shutOutSentence } from '../core/oauth.ts'
import type { RefusedLogin } from './port.ts'

interface Refused {
  address: string
  /** Of the server, or of its protocol: who said no. */
  server: string
  /** What it said. */
  reply: string
  oauth: RefusedLogin['oauth']
}

/** Null: an ordinary password was refused, and the caller knows best what to say of it. */
export function loginAdvice({ address, server, reply, oauth }: Refused): string | null {
  const said = reply.trim().replace(/\s+/g, ' ')
  const switched = switchedOff(address, said)
  if (switched !== null) return switched
  if (!oauth) return null
  const provider = PROVIDER_NAMES[oauth.provider]
  return oauth.revoked
    ? shutOutSentence(oauth.provider, address, said)
    : `${server} refused ${address} although ${provider} had let Segue in (${said}). Look whether IMAP and SMTP are allowed for the account (docs/oauth.md), then reconnect it with ${provider}.`
}

/** Exchange Online, "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox." (or "the Tenant"). */
function switchedOff(address: string, said: string): string | null {
  if (!/\b5\.7\.139\b/.test(said)) return null
  if (/security defaults/i.test(said))
    return `Microsoft's security defaults keep programs from sending as ${address} (${said}). An administrator replaces them by conditional access rules that allow SMTP AUTH for this mailbox; then check it again. docs/oauth.md says how.`
  if (/disabled for the Tenant/i.test(said))
    return `SMTP AUTH is off for the whole organization of ${address} (${said}). An administrator turns it on for this mailbox: Microsoft 365 admin center, Users, the person, Mail, Manage email apps, Authenticated SMTP; then check it again. docs/oauth.md says how.`
  if (/SmtpClientAuthentication is disabled/i.test(said))
    return `SMTP AUTH is off for ${address} (${said}). An administrator turns on "Authenticated SMTP" for it: Microsoft 365 admin center, Users, the person, Mail, Manage email apps; then check it again. docs/oauth.md says how.`
  return `Microsoft's rules keep programs from sending as ${address} (${said}). An administrator looks at "Authenticated SMTP" of the mailbox and at the sign-in log in Entra; then check it again. docs/oauth.md says how.`
}
