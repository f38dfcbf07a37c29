/**
 * What the rest of the system sees of mail: how a mailbox is reached, what can be sent and read, and every way it can end.
 * Types and limits only; the implementations are chosen by `app.ts`.
 */
import type { Instant } from '../core/clock.ts'
import type { OAuthProvider } from '../core/oauth.ts'
import type { MailAddress } from '../core/parsed-mail.ts'

export type { MailAddress }

/** `tls`: encrypted from the first byte (465, 993). `starttls`: upgraded or refused (587, 143). `none`: loopback and trusted networks. */
export type TlsMode = 'tls' | 'starttls' | 'none'

export interface Endpoint {
  host: string
  port: number
  tls: TlsMode
  /** Absent on a relay that asks for no login. */
  user?: string
  password?: string
  /** A token (XOAUTH2) instead of the password. */
  oauth?: OAuthLogin
  /** PEM of a certificate authority to trust beside the system's, for servers with a private one. */
  ca?: string
}

export interface OAuthLogin {
  provider: OAuthProvider
  token: TokenSource
}

/**
 * A token that is good for some minutes, fetched when the one at hand has ended. `refused`: the server did not take this one, so another is
 * wanted. Never throws for what a provider does.
 */
export type TokenSource = (refused?: string) => Promise<{ kind: 'token'; accessToken: string } | TokenTrouble>

/** `revoked`: only a person can let us in again. `unreachable`: it passes by itself, or an operator mends it. */
export interface TokenTrouble {
  kind: 'revoked' | 'unreachable'
  detail: string
}

/** How a mailbox is reached. A sandbox mailbox stores no host: its server lives in this process. */
export type MailboxAccess =
  | { kind: 'server'; smtp: Endpoint; imap?: Endpoint; folders?: string[] }
  | { kind: 'sandbox'; mailboxId: string }

/** One mail, complete: composing it again gives the same bytes. All addresses are already normalized and checked. */
export interface OutgoingMail {
  /** With angle brackets. Every attempt carries the same. */
  messageId: string
  from: MailAddress
  /** MAIL FROM: the mailbox itself. */
  envelopeFrom: string
  to: MailAddress[]
  cc: MailAddress[]
  bcc: MailAddress[]
  replyTo?: MailAddress
  subject: string
  html: string | null
  text: string
  inReplyTo?: string
  references: string[]
  headers: {
    /** The finished value: `<https://...>, <mailto:...>`. */
    listUnsubscribe?: string
    listUnsubscribePost?: string
    extra?: Record<string, string>
  }
  attachments?: { filename: string; contentType: string; content: Uint8Array }[]
  date: Instant
}

/** Where in the dialogue an answer came. A refusal at `mail` is about the sender, at `rcpt` about the named recipients, later about the content or policy. */
export type SmtpStage = 'connect' | 'tls' | 'login' | 'mail' | 'rcpt' | 'data' | 'final'

export interface Refusal {
  /** The server's words, with code. */
  reply: string
  /** SMTP reply code; 501, 552 or 553 when our own side refused before asking the server. */
  code: number
  /** RFC 3463, `5.1.1`, when the reply has one. */
  enhanced?: string
  stage: SmtpStage
  /** Addresses refused at `rcpt`; empty at other stages. */
  recipients: string[]
}

/**
 * How one attempt ended (DESIGN section 6). `accepted` is the only proof of delivery to the server; `unknown` means the final dot may have
 * been sent and no answer came; every other outcome is evidence that nothing was delivered.
 */
export type SendOutcome =
  | {
      kind: 'accepted'
      reply: string
      queueId?: string
      /** The id the server says it put in place of ours (Microsoft 365, Amazon SES). */
      serverMessageId?: string
      /** Cc and bcc that the server refused while it took the mail for To. */
      refusedCopies: string[]
    }
  | ({ kind: 'rejected' } & Refusal)
  | ({ kind: 'deferred' } & Refusal)
  | { kind: 'unreachable'; detail: string; stage: SmtpStage; cause: NetworkCause }
  | ({ kind: 'unauthenticated'; reply: string } & RefusedLogin)
  /** Our own mark said no, or failed (then `error`): no dot was sent. */
  | { kind: 'refused_mark'; error?: unknown }
  | { kind: 'unknown'; detail: string }

/** Of a login that was refused: with whose token it was tried, and whether that provider itself has shut us out. */
export interface RefusedLogin {
  oauth?: { provider: OAuthProvider; revoked: boolean }
}

export type NetworkCause =
  | 'dns'
  | 'refused'
  | 'timeout'
  | 'tls'
  | 'closed'
  | 'greeting'
  | 'protocol'
  | 'network'
  | 'login_later'

/** A leased mailbox's small pool of connections. `send` never throws; `close` ends idle connections and waits for running sends. */
export interface Sender {
  /** `mark` is asked once, when the server has answered DATA with 354; only its `true` lets the body go. */
  send(mail: OutgoingMail, mark: () => Promise<boolean>): Promise<SendOutcome>
  close(): Promise<void>
}

export type FolderRole = 'inbox' | 'junk' | 'sent' | 'all' | 'picked'

/** How far a folder has been read. Saved in the transaction of a mail's effect, and from `ReadResult` when a folder held nothing new. */
export interface FolderCursor {
  folder: string
  role: FolderRole
  uidValidity: number
  lastUid: number
  /** When the folder was last read to its end: where reading restarts after the server has renumbered the folder. */
  readAt: Instant
}

export interface FetchedMail {
  folder: string
  role: FolderRole
  uidValidity: number
  uid: number
  internalDate: Instant | null
  /** The source, at most `MAIL_BYTES_READ_MAX` of it. */
  raw: Uint8Array
  /** Bytes of the whole mail on the server. */
  size: number
  truncated: boolean
  /** The folder was renumbered (UIDVALIDITY changed): this mail may have been seen before. Whoever takes it compares the Message-ID. */
  maybeSeen: boolean
}

export type ReadFailure =
  | ({ kind: 'unauthenticated'; detail: string } & RefusedLogin)
  | { kind: 'unreachable'; detail: string; cause: NetworkCause }
  | { kind: 'protocol'; detail: string }

/**
 * `read`: every folder was read to its end; `cursors` are to be saved as they are. Any failure leaves `cursors` at what was
 * handed over before it, and the inbox unread.
 */
export type ReadResult =
  | { kind: 'read'; cursors: FolderCursor[]; mails: number; renumbered: string[] }
  | (ReadFailure & { cursors: FolderCursor[]; mails: number })

export type WaitResult = { kind: 'mail' } | { kind: 'aborted' } | ReadFailure

export interface FoundMail {
  folder: string
  uid: number
  uidValidity: number
}

/**
 * A person's mailbox, read only: nothing is ever marked, moved or deleted; `appendSent` alone writes. Only `onMail` may throw (its
 * error ends `readAll` and comes out of it unchanged).
 */
export interface Reader {
  /**
   * Reads INBOX, Junk, Sent, All Mail and the picked folders from their cursors, in UID order, one mail at a time. A folder without a
   * cursor starts at its end: what is already there is never handed over.
   */
  readAll(
    cursors: readonly FolderCursor[],
    now: Instant,
    onMail: (mail: FetchedMail) => Promise<void>,
  ): Promise<ReadResult>
  /** Resolves when the server reports new mail in INBOX (IDLE where offered, else polling), when `signal` aborts, or on failure. */
  waitForMail(signal: AbortSignal): Promise<WaitResult>
  /** Files a copy in Sent unless a mail with its Message-ID is there. `absent`: the account has no Sent folder. */
  appendSent(
    raw: Uint8Array,
    messageId: string,
  ): Promise<{ kind: 'filed' | 'already_there' | 'absent' } | ReadFailure>
  findByMessageId(
    role: FolderRole,
    messageId: string,
  ): Promise<{ kind: 'found'; mail: FoundMail } | { kind: 'not_found' } | ReadFailure>
  close(): Promise<void>
}

export type CheckStepName =
  | 'smtp_connect'
  | 'smtp_login'
  | 'smtp_send'
  | 'imap_connect'
  | 'imap_login'
  | 'imap_folders'
  | 'test_mail_found'
  | 'message_id_kept'
  | 'sent_copy_filed'
  | 'other_sender'

export interface CheckStep {
  name: CheckStepName
  state: 'done' | 'failed' | 'noted'
  /** A sentence for a person: what happened, or what is wrong and the way out. */
  words: string
  /** What the server said, when it said something. */
  reply?: string
}

/** What a check learned; null where it could not tell. */
export interface CheckFindings {
  ok: boolean
  keepsMessageId: boolean | null
  /** The Message-ID that recipients see, when the server replaces ours. */
  seenMessageId: string | null
  filesSentCopy: boolean | null
  acceptsOtherSender: boolean | null
  folders: { folder: string; role: FolderRole }[]
  cursors: FolderCursor[]
}

export interface CheckRequest {
  access: MailboxAccess
  /** From the mailbox to where its answers go: to itself, of a relay to the mailbox that reads for it. Its Message-ID is new. */
  mail: OutgoingMail
  /** Of a relay without IMAP: the mailbox that reads its replies, in which the mail is looked for. */
  reader?: { address: string; access: MailboxAccess }
  /** An alias to try as envelope sender, when the mailbox has one. */
  otherSender?: string
  onStep: (step: CheckStep) => Promise<void>
  signal?: AbortSignal
}

export interface MailPort {
  openSender(access: MailboxAccess): Sender
  /** Null for a relay without IMAP. */
  openReader(access: MailboxAccess): Reader | null
  /** Really logs in to both, sends the mail, finds it. Reports each step; never throws for what a server does. */
  check(request: CheckRequest): Promise<CheckFindings>
}

export interface ProviderServers {
  smtp: { host: string; port: number; tls: TlsMode }
  imap: { host: string; port: number; tls: TlsMode }
}

/** One sign-in of a person at a provider, from the link to the answer. The texts are made anew for each. */
export interface SignIn {
  provider: OAuthProvider
  redirectUri: string
  state: string
  nonce: string
  /** PKCE (RFC 7636): only whoever began the sign-in can end it. */
  verifier: string
}

/** An account as its provider names it. */
export interface SignedInAccount {
  /** What mails are sent from. */
  address: string
  /** What the servers are told. */
  login: string
  /** Together they name the account for good, whatever becomes of its address. */
  issuer: string
  subject: string
}

export interface Tokens {
  accessToken: string
  expiresInMs: number
  /** Null: the one at hand stays good. */
  refreshToken: string | null
}

export type SignInOutcome =
  | { kind: 'signed_in'; account: SignedInAccount; tokens: Tokens & { refreshToken: string } }
  /** A sentence for the person who signs in: what was wrong, and the way out. */
  | { kind: 'refused' | 'unreachable'; sentence: string }

/** Signing in at the providers for which the operator has brought a client. Stores nothing; never throws for what a provider does. */
export interface OAuthPort {
  providers: readonly OAuthProvider[]
  servers(provider: OAuthProvider): ProviderServers
  /** Where the person goes to agree. `hint`: the address that is expected. */
  authorizationUrl(signIn: SignIn, hint: string | null): Promise<string>
  /** `answer`: the parameters with which the provider has sent the person back. */
  finish(signIn: SignIn, answer: URLSearchParams): Promise<SignInOutcome>
  refresh(provider: OAuthProvider, refreshToken: string): Promise<({ kind: 'fresh' } & Tokens) | TokenTrouble>
}

export interface MailTimeouts {
  /** DNS, TCP, TLS and the greeting together. RFC 5321 4.5.3.2.1 asks for 5 minutes for the greeting; submission servers answer within seconds. */
  connectMs: number
  greetingMs: number
  /** Silence after a command or while the body is taken (RFC 5321 4.5.3.2.2-5: up to 5 minutes). */
  commandMs: number
  /** Silence after the final dot (RFC 5321 4.5.3.2.6: 10 minutes): giving up early makes an `unknown` of a slow filter. */
  finalReplyMs: number
}

export const MAIL_TIMEOUTS: MailTimeouts = {
  connectMs: 60_000,
  greetingMs: 60_000,
  commandMs: 120_000,
  finalReplyMs: 600_000,
}

/** Of a larger mail only the beginning is read: the words and the report stand first, attachments last. */
export const MAIL_BYTES_READ_MAX = 1_048_576
