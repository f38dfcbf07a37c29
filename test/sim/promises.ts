/**
 * What the program has promised to people, kept apart from its own rows: when a stop has returned, nothing leaves but the messages it named.
 * Judged at the moment a server takes a mail. Also the limits as they were set over time, and the choices of people that excuse a repeat.
 */
import { sql } from 'kysely'
import type { Instant } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import type { Id } from '../../src/core/ids.ts'
import { kysely, at as stamp } from '../../src/store/db.ts'
import type { Connections } from './database.ts'
import type { Scheduler } from './scheduler.ts'

export interface Limits {
  daily: number
  hourly: number
  gapMs: number
}

interface Promised {
  named: ReadonlySet<Id>
  until: Instant
  by: string
}

/** What is known of a mail that leaves. */
export interface Leaving {
  messageId: Id
  mailboxId: Id
  enrollmentId: Id | null
  sequenceId: Id | null
  address: string
}

export class Promises {
  readonly #team: number
  readonly #connections: Connections
  readonly #scheduler: Scheduler
  readonly #enrollments = new Map<Id, Promised>()
  readonly #sequences = new Map<Id, Promised>()
  readonly #addresses = new Map<string, Promised>()
  readonly #domains = new Map<string, Promised>()
  readonly #mailboxes = new Map<Id, Promised>()
  readonly #limits = new Map<Id, { at: Instant; limits: Limits }[]>()
  /** Message-IDs that a person chose to send once more, and when. */
  readonly sentAgain = new Map<string, Instant>()
  /** Message-IDs whose answers a person gave to somebody else: they stop nobody here any more. */
  readonly givenAway = new Set<string>()
  /** Emails of which a person followed a link: certainly, and perhaps, where the request died. */
  readonly clicked = new Set<Id>()
  readonly mayHaveClicked = new Set<Id>()

  constructor(o: { team: number; connections: Connections; scheduler: Scheduler }) {
    this.#team = o.team
    this.#connections = o.connections
    this.#scheduler = o.scheduler
  }

  /** Of those named, whoever is not active any more stays so until `until`, or until a person resumes. */
  async stopped(o: {
    enrollmentIds: readonly Id[]
    named: readonly Id[]
    until: Instant | null
  }): Promise<void> {
    const rows = await this.#scheduler.look(() =>
      this.#connections.query<{ id: Id }>(
        "select id from enrollments where team_id = $1 and id = any($2) and (state <> 'active' or removed_at is not null)",
        [this.#team, o.enrollmentIds],
      ),
    )
    const promised = { named: new Set(o.named), until: o.until ?? Number.POSITIVE_INFINITY, by: 'a stop' }
    for (const { id } of rows) this.#enrollments.set(id, promised)
  }

  mayGoOn(enrollmentIds: readonly Id[]): void {
    for (const id of enrollmentIds) this.#enrollments.delete(id)
  }

  async switchedOff(sequenceId: Id, named: readonly Id[]): Promise<void> {
    this.#sequences.set(sequenceId, {
      named: new Set(named),
      until: Number.POSITIVE_INFINITY,
      by: 'switching off',
    })
  }

  switchedOn(sequenceId: Id): void {
    this.#sequences.delete(sequenceId)
  }

  suppressed(o: { addresses: readonly string[]; domains: readonly string[]; named: readonly Id[] }): void {
    const promised = { named: new Set(o.named), until: Number.POSITIVE_INFINITY, by: 'a suppression' }
    for (const address of o.addresses)
      if (!this.#addresses.has(address)) this.#addresses.set(address, promised)
    for (const domain of o.domains) if (!this.#domains.has(domain)) this.#domains.set(domain, promised)
  }

  /** It was removed, and was sending nothing at that moment. */
  mailboxGone(mailboxId: Id): void {
    this.#mailboxes.set(mailboxId, {
      named: new Set(),
      until: Number.POSITIVE_INFINITY,
      by: 'the removal of its mailbox',
    })
  }

  sendAgainChosen(rfcId: string): void {
    this.sentAgain.set(rfcId, this.#scheduler.now)
  }

  /** Which promise a leaving mail breaks, if any. */
  brokenBy(leaving: Leaving): string | null {
    const domain = leaving.address.slice(leaving.address.lastIndexOf('@') + 1)
    const promises = [
      this.#mailboxes.get(leaving.mailboxId),
      this.#enrollments.get(leaving.enrollmentId ?? ''),
      this.#sequences.get(leaving.sequenceId ?? ''),
      this.#addresses.get(leaving.address),
      this.#domains.get(domain),
    ]
    const broken = promises.find(
      (one) => one && !one.named.has(leaving.messageId) && one.until > this.#scheduler.now,
    )
    return broken?.by ?? null
  }

  /** Sets the limits of a mailbox, and remembers when. */
  async limitsChange(tx: Db, o: { mailboxId: Id } & Limits): Promise<void> {
    const { mailboxId, ...limits } = o
    await sql`update mailboxes set daily_limit = ${o.daily}, hourly_limit = ${o.hourly}, gap_ms = ${o.gapMs}, rev = rev + 1
      where team_id = ${this.#team} and id = ${mailboxId}`.execute(kysely(tx))
    this.limitsAre(mailboxId, limits)
  }

  limitsAre(mailboxId: Id, limits: Limits): void {
    const known = this.#limits.get(mailboxId) ?? []
    this.#limits.set(mailboxId, [...known, { at: this.#scheduler.now, limits }])
  }

  /** The widest limits that were in force at some moment between two instants: a claim may be older than the last edit. */
  limitsBetween(mailboxId: Id, from: Instant, to: Instant): Limits {
    const known = this.#limits.get(mailboxId) ?? []
    // Two of the earlier ones: the last may be an edit that died before its commit.
    const before = known.filter((one) => one.at < from).slice(-2)
    const valid = [...before, ...known.filter((one) => one.at >= from && one.at <= to)]
    return {
      daily: Math.max(...valid.map((one) => one.limits.daily)),
      hourly: Math.max(...valid.map((one) => one.limits.hourly)),
      gapMs: Math.min(...valid.map((one) => one.limits.gapMs)),
    }
  }

  /** What a check that passed does, without the check. */
  async reconnect(tx: Db, { mailboxIds, now }: { mailboxIds: readonly Id[]; now: Instant }): Promise<void> {
    await sql`select from mailboxes where team_id = ${this.#team} and id = any(${mailboxIds as Id[]}) order by id for no key update`.execute(
      kysely(tx),
    )
    await sql`update mailboxes set state = 'connected', state_reason = null, wake_at = least(wake_at, ${stamp(now)}), read_wanted_at = ${stamp(now)}
      where team_id = ${this.#team} and id = any(${mailboxIds as Id[]})`.execute(kysely(tx))
  }
}
