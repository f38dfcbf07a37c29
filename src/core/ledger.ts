/**
 * The hash chain of a mailbox's ledger: what exactly is hashed, and how a chain is checked. Hashing itself is handed in; rows and locks
 * are the store's.
 */
import type { Instant } from './clock.ts'

/** When links are appended: at the mark, at each settlement or late answer, at a person's resolution, at an erasure. */
export type LinkKind = 'mark' | 'settlement' | 'late_answer' | 'resolution' | 'erasure'

/** What happened to one message, as the chain keeps it. */
export interface Entry {
  readonly kind: LinkKind
  /** The id of the message row, not its Message-ID. */
  readonly messageId: string
  /** From 1. */
  readonly attempt: number
  /** The state of the message after this. */
  readonly state: string
  readonly at: Instant
  /** Salted hashes of address and body, hex; they stay when content and salt are erased. Null where there is none. */
  readonly addressHash: string | null
  readonly bodyHash: string | null
}

export interface Link extends Entry {
  /** From 1, without gaps, per mailbox. */
  readonly seq: number
  readonly hash: string
}

/** The end of a chain: `chain_seq` and `chain_hash` of the mailbox. */
export interface Head {
  readonly seq: number
  readonly hash: string
}

export type Sha256 = (text: string) => string

/** Where every chain begins. */
export const GENESIS: Head = { seq: 0, hash: '0'.repeat(64) }

export type Verdict =
  | { readonly ok: true; readonly head: Head }
  | { readonly ok: false; readonly seq: number; readonly reason: string }

/** The canonical text of a link: a JSON array without spaces in a fixed order, so that no value can be mistaken for two. */
export function linkText(previous: string, seq: number, entry: Entry): string {
  const { kind, messageId, attempt, state, at, addressHash, bodyHash } = entry
  return JSON.stringify([previous, seq, kind, messageId, attempt, state, at, addressHash, bodyHash])
}

/** The link that follows `head`. */
export function nextLink(head: Head, entry: Entry, sha256: Sha256): Link {
  const seq = head.seq + 1
  return { ...entry, seq, hash: sha256(linkText(head.hash, seq, entry)) }
}

/**
 * Reads links in order of seq, from the first or from a head that is trusted, and stops at the first that does not fit: a number is
 * missing, or the hash is not that of its content and its predecessor. Whether the head equals the mailbox's is the caller's to compare:
 * links cut off at the end leave a sound, shorter chain.
 */
export function verifyChain(links: Iterable<Link>, sha256: Sha256, start: Head = GENESIS): Verdict {
  let head = start
  for (const link of links) {
    if (link.seq !== head.seq + 1)
      return {
        ok: false,
        seq: link.seq,
        reason: `link ${head.seq + 1} is missing: ${link.seq} follows ${head.seq}`,
      }
    if (sha256(linkText(head.hash, link.seq, link)) !== link.hash)
      return {
        ok: false,
        seq: link.seq,
        reason: `link ${link.seq} (${link.kind} of message ${link.messageId}) was changed after it was written`,
      }
    head = { seq: link.seq, hash: link.hash }
  }
  return { ok: true, head }
}
