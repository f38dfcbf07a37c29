/**
 * One route, declared once: its wire schema, its scope name and what it does. `server.ts` mounts every route on `/api/v1` and `/v1`,
 * merges query and body into `input`, and generates `openapi.json` from the same declarations.
 */
import type { Readable } from 'node:stream'
import type { Static, TSchema } from 'typebox'
import type { SandboxPort } from '../actions/answer-sandbox-mail.ts'
import type { MailboxTokens } from '../actions/mailbox-tokens.ts'
import type { ApplyMail } from '../actions/reattach-mail.ts'
import type { Clock, Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import type { MailPort, OAuthPort } from '../mail/port.ts'
import type { Keys } from '../seal.ts'

/** What `app.ts` gives to the API. It never holds the engine: the two meet in the database. */
export interface ApiContext {
  db: Db
  clock: Clock
  random: Random
  keys: Keys
  mail: MailPort
  /** Signing in at the providers of mailboxes, and the tokens that come of it. */
  oauth: OAuthPort
  tokens: MailboxTokens
  /** What a mail does to whom it is about: a person may say that it is somebody else's. */
  applyMail: ApplyMail
  /** The contact's side of the sandbox: reads what was received there, writes what a contact would send back. */
  sandbox: SandboxPort
  log: Log
  /** Asks for work whose moment no rule depends on. With `within`, it is asked for only if that transaction commits. */
  jobs: { start(name: string, data: Record<string, unknown>, options?: { within?: Db }): Promise<void> }
  settings: {
    /** Where browsers and mail clients reach us; null when not set. */
    publicUrl: string | null
    /** `SEGUE_TIME_TRAVEL=1`. */
    timeTravel: boolean
    privateMailHosts: readonly string[]
    /** How often programs may call one endpoint of a team in each span; null: as often as they like. */
    callLimits: Readonly<Record<'minute' | 'hour' | 'day', number | null>>
  }
}

/** Who calls. An API key acts as the team's longest-standing admin. */
export interface Caller {
  teamId: TeamId
  /** The id of the team on the wire. */
  teamPublicId: string
  userId: Id
  via: 'key' | 'session'
  /** Null: somebody who is signed in. */
  keyId: Id | null
  master: boolean
  scopes: readonly string[]
}

/** What every call carries, with or without a login. */
export interface OpenCall extends ApiContext {
  now: Instant
  requestId: string
  /** The socket's address: what sign-in attempts are counted by. */
  clientAddress: string
  /** What the browser's address bar shows: host and port; and whether it came over https. */
  host: string
  secure: boolean
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>
  /** All that a key can be limited to. */
  scopeNames: ReadonlySet<string>
  /** Names that came in the query string: `users/search` echoes those as strings. */
  inQuery: ReadonlySet<string>
  /** Adds a sentence to the extra key `warnings` of an answer that is an object. */
  warn(sentence: string): void
  /** The body as it comes, for a route with `upload: true` only. */
  upload: Readable
}

export interface Call extends OpenCall {
  caller: Caller
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** An answer that is not simply `200` and JSON: another status, headers (cookies), or a file. */
export class Answer {
  readonly status: number
  /** An object or array is sent as JSON; a text or a stream as it is, with the content-type of `headers`. */
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>

  constructor(body: unknown, more: { status?: number; headers?: Readonly<Record<string, string>> } = {}) {
    this.body = body
    this.status = more.status ?? 200
    this.headers = more.headers ?? {}
  }
}

interface Declared {
  method: Method | readonly Method[]
  /** `/emailer_campaigns/:id/add_contact_ids` */
  path: string
  /** `emailer_campaigns/add_contact_ids`: what a key is scoped to. */
  name: string
  summary: string
  description?: string
  /** Ours, not in the original API. */
  extension?: true
  /** For people and master keys: no scope names it. */
  masterOnly?: true
  /** The body is a file, handed over as `call.upload`; `input` is then read from path and query alone. */
  upload?: true
}

export interface Route extends Declared {
  input: TSchema
  output: TSchema
  /** No login needed. */
  open: boolean
  /** For `open` routes the call has no `caller`. */
  run(input: unknown, call: Call): Promise<unknown>
}

interface TypedRoute<I extends TSchema, O extends TSchema, C> extends Declared {
  /** Path, query and body parameters together; see `params.ts` for how texts become what is declared here. */
  input: I
  output: O
  run(input: Static<I>, call: C): Promise<Static<O> | Answer>
}

/** A route for whoever has a key or a session. */
export function route<I extends TSchema, O extends TSchema>(declared: TypedRoute<I, O, Call>): Route {
  return { ...declared, open: false } as unknown as Route
}

/** A route that needs no login: set-up and sign-in. */
export function openRoute<I extends TSchema, O extends TSchema>(declared: TypedRoute<I, O, OpenCall>): Route {
  return { ...declared, open: true } as unknown as Route
}
