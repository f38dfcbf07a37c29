/** Turns a mailbox's row into the way mail reaches it: hosts, and passwords unsealed only here. */
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Endpoint, MailboxAccess } from '../mail/port.ts'
import { type Keys, openSecret, sealSecret } from '../seal.ts'
import { type MailboxRow, type MailServer, mailboxById } from '../store/mailboxes.ts'
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
  privateMailHosts,
}: {
  db: Db
  keys: Keys
  privateMailHosts: readonly string[]
}) {
  return async (team: TeamId, mailboxId: Id): Promise<MailboxAccess> => {
    const mailbox = await mailboxById(db, { team, id: mailboxId })
    if (!mailbox) throw new Error(`mailbox ${mailboxId} does not exist`)
    for (const server of [mailbox.smtp, mailbox.imap]) {
      const inside = server && (await resolvedHostProblem(server.host, privateMailHosts))
      if (inside) throw new Error(inside)
    }
    return accessOf(mailbox, keys)
  }
}

export function accessOf(mailbox: MailboxRow, keys: Keys): MailboxAccess {
  if (mailbox.kind === 'sandbox') return { kind: 'sandbox', mailboxId: mailbox.id }
  if (mailbox.smtp === null) throw new Error(`mailbox ${mailbox.id} has no SMTP server`)
  return {
    kind: 'server',
    smtp: endpoint(mailbox.smtp, { mailboxId: mailbox.id, use: 'smtp', keys }),
    ...(mailbox.imap ? { imap: endpoint(mailbox.imap, { mailboxId: mailbox.id, use: 'imap', keys }) } : {}),
  }
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
