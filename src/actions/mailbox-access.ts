/** Turns a mailbox's row into the way mail reaches it: hosts, and passwords unsealed only here. */
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { isOAuthProvider } from '../core/oauth.ts'
import type { Endpoint, MailboxAccess } from '../mail/port.ts'
import { type Keys, openSecret, sealSecret } from '../seal.ts'
import { type MailboxRow, type MailServer, openableMailbox } from '../store/mailboxes.ts'
import type { MailboxTokens } from './mailbox-tokens.ts'
import { resolvedHostProblem } from './private-hosts.ts'

/** Sealed for one mailbox and one use: copied into another row it does not open. */
const purpose = (mailboxId: Id, use: 'smtp' | 'imap') => `mailbox ${mailboxId} ${use}`

export function sealPassword(
  keys: Keys,
  { mailboxId, use }: { mailboxId: Id; use: 'smtp' | 'imap' },
  password: string,
): string {
  return sealSecret(keys, purpose(mailboxId, use), password)
}

/**
 * For senders and readers, by id. Throws for a mailbox that is gone, `SealBroken` when the key is not the one it was sealed with, and a
 * sentence when a host has become a private one since its check: a name may change its addresses at any time.
 */
export function mailboxAccess({
  db,
  keys,
  tokens,
  privateMailHosts,
}: {
  db: Db
  keys: Keys
  tokens: MailboxTokens
  privateMailHosts: readonly string[]
}) {
  return async (team: TeamId, mailboxId: Id): Promise<MailboxAccess> => {
    const mailbox = await openableMailbox(db, { team, id: mailboxId })
    if (!mailbox) throw new Error(`mailbox ${mailboxId} does not exist`)
    for (const server of [mailbox.smtp, mailbox.imap]) {
      const inside = server && (await resolvedHostProblem(server.host, privateMailHosts))
      if (inside) throw new Error(inside)
    }
    return accessOf(mailbox, { team, keys, tokens })
  }
}

export function accessOf(
  mailbox: MailboxRow,
  { team, keys, tokens }: { team: TeamId; keys: Keys; tokens: MailboxTokens },
): MailboxAccess {
  const { id, kind, smtp, imap } = mailbox
  if (kind === 'sandbox') return { kind: 'sandbox', mailboxId: id }
  if (smtp === null) throw new Error(`mailbox ${id} has no SMTP server`)
  const oauth = isOAuthProvider(kind) ? { oauth: { provider: kind, token: tokens(team, id) } } : {}
  const at = (server: MailServer, use: 'smtp' | 'imap') => ({
    ...endpoint(server, { mailboxId: id, use, keys }),
    ...oauth,
  })
  return { kind: 'server', smtp: at(smtp, 'smtp'), ...(imap ? { imap: at(imap, 'imap') } : {}) }
}

function endpoint(
  server: MailServer,
  { mailboxId, use, keys }: { mailboxId: Id; use: 'smtp' | 'imap'; keys: Keys },
): Endpoint {
  return {
    host: server.host,
    port: server.port,
    tls: server.tls,
    ...(server.user === null ? {} : { user: server.user }),
    ...(server.sealed === null ? {} : { password: openSecret(keys, purpose(mailboxId, use), server.sealed) }),
  }
}
