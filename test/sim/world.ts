/**
 * One seed: a team, its workers, its people, and the world around them, for some simulated weeks of faults and then until everything that can
 * be done is done. Every choice comes from the seed.
 */
import { DAY, HOUR, type Instant } from '../../src/core/clock.ts'
import { judgeAll } from '../../src/core/gates.ts'
import type { Id } from '../../src/core/ids.ts'
import type { Random } from '../../src/core/random.ts'
import { createLog, type Log } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { readFacts } from '../../src/store/due-enrollments.ts'
import { suspend } from '../../src/store/reputation.ts'
import { type Connections, SimServer } from './database.ts'
import { MailServers } from './mail-servers.ts'
import { MarkCheckers, Violation } from './mark-checkers.ts'
import { endSuspensions, enrollNewcomers, optOutAddress, type Request } from './people.ts'
import { Processes } from './processes.ts'
import { Promises } from './promises.ts'
import { Readers } from './readers.ts'
import { Recipients } from './recipients.ts'
import { checkMoment, checkRows } from './row-checkers.ts'
import { Scheduler } from './scheduler.ts'
import { type Length, lengthOf, writeScript } from './script.ts'
import { Tally } from './tally.ts'
import { addContacts, foundTeam, type SimTeam, startOf } from './team.ts'
import { resolveTruthfully, tidyUp } from './winding-up.ts'

const AT_MOST_MS = 200 * DAY
const SENDS_MIN = 300
/** Without any sign of something to do, the polls of the readers still come. */
const IDLE_JUMP_MS = 6 * HOUR

export interface Outcome {
  seed: string
  counts: ReadonlyMap<string, number>
  violations: Violation[]
  /** What was accepted, by whom it was written to, when: equal for equal seeds. */
  emails: string[]
  accepted: number
  turns: number
  simulatedDays: number
  activities: string[]
}

export class World {
  readonly seed: string
  readonly random: Random
  /** Of its name. */
  readonly number: number
  readonly length: Length
  readonly workers = 2
  readonly tally = new Tally()
  readonly violations: Violation[] = []
  readonly connections: Connections
  readonly start: Instant
  readonly zone: string
  readonly scheduler: Scheduler
  readonly server: SimServer
  readonly mail: MailServers
  readonly recipients: Recipients
  readonly readers: Readers
  readonly processes: Processes
  readonly log: Log
  house!: SimTeam
  promises!: Promises
  marks!: MarkCheckers
  #calm = false

  constructor(seed: string, connections: Connections) {
    this.seed = seed
    this.number = Number(/\d+$/.exec(seed)?.[0] ?? 0)
    this.length = lengthOf(seed)
    this.connections = connections
    this.random = seededRandom(`world ${seed}`)
    const { start, zone } = startOf(seededRandom(`start ${seed}`))
    this.start = start
    this.zone = zone
    const count = (what: string) => this.tally.count(what)
    this.log = createLog('error', { write: (line) => this.#logged(line) })
    this.scheduler = new Scheduler({
      start,
      random: seededRandom(`turns ${seed}`),
      nextDue: (now) => this.#nextDue(now),
      bury: (actor) => this.server.bury(actor),
      onDeath: (actor, what, before) => this.processes.died(actor, what, before),
    })
    const { scheduler } = this
    this.server = new SimServer({
      connections,
      scheduler,
      random: seededRandom(`server ${seed}`),
      log: this.log,
      count,
    })
    this.mail = new MailServers({
      seed,
      scheduler,
      count,
      onMark: (sending) => this.marks.onMark(sending),
      onAccepted: (sending, seenId) => {
        this.marks.onAccepted(sending)
        this.recipients.receive(sending, seenId)
        this.readers.receive(sending)
      },
    })
    this.recipients = new Recipients({
      seed,
      scheduler,
      count,
      inboxOf: (mailboxId) => this.#inboxOf(mailboxId),
      optOutByPage: ({ mail }) =>
        this.processes.ask('public', 'opt out by page', (r) => optOutAddress(r, mail.to[0]!.address)),
    })
    this.readers = new Readers({
      seed,
      scheduler,
      count,
      ask: (name, act) => this.processes.ask('public', name, act),
    })
    this.processes = new Processes({
      seed,
      scheduler,
      server: this.server,
      mail: this.mail,
      log: this.log,
      random: seededRandom(`processes ${seed}`),
      count,
      onFault: (error, what) => this.#fault(error, what),
      request: () => this.#request(),
    })
  }

  /** Until then everything fails that can. */
  get troubledMs(): number {
    return this.length.troubledDays * DAY
  }

  /** A line of level error is a fault of our own. */
  #logged(line: string): void {
    const { msg, err, bug } = JSON.parse(line) as {
      msg: string
      err?: { message: string; stack: string }
      bug?: string
    }
    this.violations.push(
      new Violation('no faults of our own', [bug, msg, err?.stack].filter(Boolean).join(' ')),
    )
  }

  #fault(error: unknown, what: string): void {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.violations.push(new Violation('no faults of our own', `${what}: ${words}`))
  }

  #request(): Omit<Request, 'db' | 'random' | 'now'> {
    const { house, zone, start, connections, promises, scheduler } = this
    const count = (what: string) => this.tally.count(what)
    // What the script looks up takes no turn, but nobody else has one meanwhile.
    const look: Request['look'] = (text, values) => scheduler.look(() => connections.query(text, values))
    const addPeople: Request['addPeople'] = (o) =>
      scheduler.look(() => addContacts({ connections, random: o.random, now: o.now }, { team: house, ...o }))
    return { house, zone, start, promises, servers: this.mail, count, look, addPeople }
  }

  #inboxOf(mailboxId: string) {
    const mailbox = this.house.mailboxes.find((one) => one.mailboxId === mailboxId)!
    const reader = mailbox.readsVia ?? mailboxId
    return { inbox: this.mail.servers.get(reader)!.inbox, mailboxId: reader }
  }

  /** Which gates stand before those who wait: a claim asks only until the first that is closed, and some it knows without asking. */
  async #sampleGates(now: Instant, mailboxId: Id | null = null): Promise<void> {
    const waiting = await this.connections.query<{ id: string }>(
      "select id from enrollments where team_id = $1 and state = 'active' and due_at <= $2 and mailbox_id = coalesce($4, mailbox_id) order by md5(id || $3) limit 3",
      [this.house.team, new Date(now), String(this.scheduler.jumps), mailboxId],
    )
    const enrollmentIds = waiting.map((one) => one.id)
    const facts = await readFacts(this.connections.control, { team: this.house.team, enrollmentIds, now })
    for (const one of facts.values()) judgeAll(one, now)
  }

  async #nextDue(now: Instant): Promise<Instant> {
    if (this.scheduler.jumps % SAMPLE_EVERY === 0) await this.#sampleGates(now)
    const rows = await this.connections.query<{ at: Instant; read_at: Instant; id: string; wanted: boolean }>(
      NEXT_SQL,
      [this.house.team, new Date(now), new Date(now + POLL_EVERY_MS)],
    )
    let next = now + IDLE_JUMP_MS
    for (const row of rows) {
      next = Math.min(next, row.at)
      const inbox = this.mail.servers.get(row.id)?.inbox
      if (inbox?.isReachable && (inbox.hasUnread || row.wanted)) next = Math.min(next, row.read_at)
    }
    return next
  }

  async run(): Promise<Outcome> {
    const { connections, random, scheduler, start } = this
    try {
      this.house = await foundTeam({ connections, random, now: start }, this.zone)
      const { team } = this.house
      const [mail, recipients] = [() => this.mail, () => this.recipients]
      this.promises = new Promises({ team, connections, scheduler })
      const onViolation = (violation: Violation) => this.violations.push(violation)
      this.marks = new MarkCheckers({
        team,
        connections,
        servers: mail,
        recipients,
        promises: () => this.promises,
        onViolation,
        count: (what) => this.tally.count(what),
      })
      for (const mailbox of this.house.mailboxes) this.mail.add(mailbox)
      for (let place = 1; place <= this.workers; place++) this.processes.start(place)
      writeScript(this)
      await scheduler.run(() => this.#isOver()).catch((error: unknown) => this.#fault(error, 'the run'))
      if (this.violations.length === 0) this.violations.push(...(await checkRows(this.#rowChecks())))
      return await this.#outcome()
    } finally {
      await this.processes.end()
      await this.server.end()
    }
  }

  #rowChecks() {
    const { connections, marks, promises } = this
    return { team: this.house.team, connections, marks, promises, now: this.scheduler.now }
  }

  async fence(ms: number): Promise<void> {
    this.tally.count('fenced')
    await this.connections.query(
      "update deployment set fenced_at = $1, fenced_reason = 'restored from a backup'",
      [new Date(this.scheduler.now)],
    )
    // No claim is made meanwhile, so nobody else asks the gates.
    for (const part of [0.25, 0.5, 0.75])
      this.scheduler.at(this.scheduler.now + Math.floor(ms * part), () =>
        this.scheduler.look(() => this.#sampleGates(this.scheduler.now)),
      )
    this.scheduler.at(this.scheduler.now + ms, () => this.#liftFence())
  }

  /** As if too much of what it sent had come back; a person lets it go on. */
  async suspend(mailboxId: Id, ms: number): Promise<void> {
    const { scheduler, connections } = this
    const words = 'too much came back'
    await scheduler.look(() =>
      suspend(connections.control, { team: this.house.team, id: mailboxId, words, now: scheduler.now }),
    )
    this.tally.count('mailbox suspended')
    // A claim passes it by without asking.
    for (const part of [0.25, 0.5, 0.75])
      scheduler.at(scheduler.now + Math.floor(ms * part), () =>
        scheduler.look(() => this.#sampleGates(scheduler.now, mailboxId)),
      )
    scheduler.at(scheduler.now + ms, () => this.processes.ask('people', 'end a suspension', endSuspensions))
  }

  /** What `segue unfence` does. */
  async #liftFence(): Promise<void> {
    await this.connections.query(
      'update deployment set fenced_at = null, fenced_reason = null, epoch = epoch + 1',
    )
    await this.connections.query(
      "update mailboxes set wake_at = least(wake_at, $1) where state = 'connected'",
      [new Date(this.scheduler.now)],
    )
    this.scheduler.stir()
  }

  async planAnew(): Promise<void> {
    await this.scheduler.look(() => this.connections.query('analyze'))
  }

  async lookAtRows(): Promise<void> {
    this.violations.push(...(await this.scheduler.look(() => checkMoment(this.#rowChecks()))))
  }

  /** No more faults and no more answers: what is broken heals, people tidy up, and the rest must come to its end. */
  calmDown(): void {
    this.#calm = true
    this.processes.calmDown()
    this.server.calm = true
    this.mail.calm = true
    this.recipients.calm = true
    this.readers.calm = true
    for (const server of this.mail.servers.values()) {
      server.inbox.calm = true
      server.smtpAwayUntil = server.smtpRefusesLoginUntil = Number.NEGATIVE_INFINITY
      server.inbox.awayUntil = server.inbox.refusesLoginUntil = Number.NEGATIVE_INFINITY
    }
    const { now } = this.scheduler
    // What came back long ago can suspend a mailbox once more.
    for (const day of [10, 20, 30])
      this.scheduler.at(now + day * DAY, () => this.processes.ask('people', tidyUp.name, tidyUp))
    for (const [i, act] of [tidyUp, resolveTruthfully, tidyUp, resolveTruthfully].entries())
      this.scheduler.at(now + HOUR + i * DAY, () => this.processes.ask('people', act.name, act))
  }

  async #isOver(): Promise<boolean> {
    const { now } = this.scheduler
    if (this.violations.length > 0) return true
    if (!this.#calm || now < this.start + this.troubledMs + 4 * DAY) return false
    if (now > this.start + AT_MOST_MS) return true
    const [row] = await this.connections.query<{ open: boolean }>(OPEN_SQL, [this.house.team])
    if (row!.open) return false
    if (this.#accepted().length >= SENDS_MIN || this.processes.isAsked) return !this.processes.isAsked
    this.processes.ask('people', 'enroll newcomers', enrollNewcomers)
    return false
  }

  #accepted() {
    return this.mail.sendings.filter((sending) => sending.truth === 'accepted')
  }

  async #countDeals(): Promise<void> {
    const [row] = await this.connections.query<{
      dealt: number
      rounds: number
      clicked: number
      calls: number
    }>(
      `select (select count(*)::int from messages where team_id = $1 and deal_round is not null) as dealt,
         (select count(*)::int from variant_deals where team_id = $1 and round > 1) as rounds,
         (select count(*)::int from enrollments where team_id = $1 and reason = 'clicked') as clicked,
         (select count(*)::int from tasks where team_id = $1 and opened_enrollment_id is not null) as calls`,
      [this.house.team],
    )
    if (row!.dealt > 0) this.tally.count('wording dealt', row!.dealt)
    if (row!.clicked > 0) this.tally.count('a click ended a sequence', row!.clicked)
    if (row!.calls > 0) this.tally.count('openings asked for a call', row!.calls)
    if (row!.rounds > 0) this.tally.count('wording dealt with other weights than before', row!.rounds)
  }

  async #outcome(): Promise<Outcome> {
    await this.#countDeals()
    const emails = this.#accepted().map(
      ({ mail, acceptedAt, mailboxId }) =>
        `${new Date(acceptedAt!).toISOString()} ${mailboxId} ${mail.messageId} ${mail.to[0]!.address} ${mail.subject} ${mail.text.length}`,
    )
    return {
      seed: this.seed,
      counts: this.tally.counts,
      violations: this.violations,
      emails,
      accepted: emails.length,
      turns: this.scheduler.turns,
      simulatedDays: Math.round((this.scheduler.now - this.start) / DAY),
      activities: this.violations.length > 0 ? await this.#lastActivities() : [],
    }
  }

  /** The whole story of whom a violation names, then what happened last. */
  async #lastActivities(): Promise<string[]> {
    const named = this.violations.flatMap((one) => one.message.match(/[0-9a-f]{24}/g) ?? [])
    const stories = await this.connections.query<Record<string, unknown>>(
      `select at, kind, reason, actor, enrollment_id, message_id, mailbox_id, detail from activities where team_id = $1
       and enrollment_id in (select id from enrollments where team_id = $1 and id = any($2)
         union select enrollment_id from messages where team_id = $1 and id = any($2)) order by enrollment_id, epoch, xid, id limit 120`,
      [this.house.team, named.slice(0, STORIES_MAX)],
    )
    const rows = await this.connections.query<Record<string, unknown>>(
      `select at, kind, reason, actor, enrollment_id, message_id, mailbox_id, detail from activities
       where team_id = $1 order by epoch desc, xid desc, id desc limit 40`,
      [this.house.team],
    )
    return [...stories, ...rows.reverse()].map(
      ({ at, ...row }) => `${new Date(at as number).toISOString()} ${JSON.stringify(row)}`,
    )
  }
}

const STORIES_MAX = 4
const SAMPLE_EVERY = 20
/** Polls come every few hours instead of every minute: new mail is announced anyway, and a poll that finds nothing costs a claim. */
const POLL_EVERY_MS = 4 * HOUR

const NEXT_SQL = `
  with polls as (
    update mailboxes set read_due_at = $3 where id in (
      select id from mailboxes where team_id = $1 and read_problem is null and read_due_at > $2
        and read_due_at < $2::timestamptz + interval '2 minutes' for no key update skip locked)
  )
  select b.id, greatest(b.wake_at, b.busy_until, case when b.state = 'connected' then '-infinity'::timestamptz else 'infinity' end) as at,
    greatest(b.read_due_at, b.read_busy_until) as read_at, b.imap_host is not null and (b.read_wanted_at is not null or b.read_problem is not null) as wanted
  from mailboxes b where b.team_id = $1 and (b.state <> 'removed' or b.reads_until is not null)
  union all
  select '', min(auto_unpause_at), 'infinity', false from enrollments
  where team_id = $1 and state = 'paused' and removed_at is null and auto_unpause_at is not null having min(auto_unpause_at) is not null`

const OPEN_SQL = `
  select exists (
    select from enrollments e join sequences q on q.team_id = e.team_id and q.id = e.sequence_id
    where e.team_id = $1 and e.removed_at is null and e.state = 'active' and e.hold_reason is null and q.active and q.archived_at is null
  ) or exists (select from messages where team_id = $1 and state in ('claimed', 'transmitting'))
    or exists (select from enrollments where team_id = $1 and removed_at is null and state = 'paused' and auto_unpause_at is not null) as open`
