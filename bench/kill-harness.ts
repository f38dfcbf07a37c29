/**
 * Kills the real program, or its database server, with -9 at random moments while it sends, starts it again each time, and compares at the
 * end what an SMTP sink took with what the ledger says. The sink stands in this process, which is never killed: what it took is the truth.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { applyFields, blankContact } from '../src/actions/contact-fields.ts'
import { enroll } from '../src/actions/enroll.ts'
import { setUpTeam } from '../src/actions/set-up-team.ts'
import { createSequence } from '../src/actions/write-sequence.ts'
import type { Db } from '../src/core/db.ts'
import { everyFlag } from '../src/core/guard.ts'
import { type Id, newId, type TeamId } from '../src/core/ids.ts'
import { createLog } from '../src/log.ts'
import { seededRandom } from '../src/random.ts'
import { insertContacts } from '../src/store/contacts.ts'
import { openEmbedded } from '../src/store/embedded.ts'
import { mailboxesOf } from '../src/store/mailboxes.ts'
import { migrate } from '../src/store/migrate.ts'
import { openClient, openPostgres } from '../src/store/postgres.ts'
import { schedulesOf } from '../src/store/schedules.ts'
import { confirmAlways } from '../src/store/sequence-writes.ts'
import { sequenceById } from '../src/store/sequences.ts'
import { updateTeam } from '../src/store/teams.ts'
import { type Finding, verify } from '../src/store/verify.ts'
import { freshFolder } from '../test/support/folders.ts'
import { SmtpSink } from '../test/support/smtp-sink.ts'

export interface KillOptions {
  victim: 'process' | 'database'
  mails: number
  kills: number
  mailboxes: number
  seed: string
  /** Told after each kill. */
  tell?: (line: string) => void
}

export interface KillReport {
  kills: number
  /** Mails that the sink took. */
  accepted: number
  /** Message-IDs, and people, that it took more than once. */
  twice: string[]
  /** People who got nothing, and whose email is not listed as unknown. */
  lost: string[]
  /** People whose email is listed as unknown, and whether the sink has it. */
  unknown: { address: string; taken: boolean }[]
  /** What the ledger says was sent, and the sink never saw. */
  invented: string[]
  findings: Finding[]
  seconds: number
}

const SEQUENCES = 4
/** The sink takes so many ms at most before it lets a mail begin, and before it answers one: kills hit both. */
const BEGIN_MS = 100
const ANSWER_MS = 20
const ROOT = join(import.meta.dirname, '..')
const log = createLog('error')

export async function runKills(options: KillOptions): Promise<KillReport> {
  const began = performance.now()
  const random = seededRandom(`kill ${options.seed}`)
  const dataDir = await freshFolder('kill')
  const sink = new SmtpSink({
    behave: ({ stage }) => {
      if (stage === 'mail') return { after: wait(random.next() * BEGIN_MS) }
      return stage === 'final' ? { after: wait(random.next() * ANSWER_MS) } : 'go'
    },
  })
  await sink.listen()
  const program = new Program(dataDir)
  try {
    await prepare(dataDir, { ...options, port: sink.port })
    await program.start()
    let kills = 0
    while (kills < options.kills) {
      const share = ((options.mails - sink.mails.length) / (options.kills - kills + 1)) * random.next()
      if (!(await comes(sink, sink.mails.length + 1 + Math.floor(share)))) break
      await wait(random.next() * (BEGIN_MS + ANSWER_MS))
      kills++
      await (options.victim === 'process' ? program.kill() : killDatabase(dataDir))
      options.tell?.(
        `kill ${kills} of ${options.kills}: the sink has ${sink.mails.length} of ${options.mails}`,
      )
      if (options.victim === 'process') await program.start()
    }
    await program.untilDone(options.mails)
    await program.stop()
    return { ...(await compare(dataDir, sink)), kills, seconds: (performance.now() - began) / 1_000 }
  } finally {
    await program.kill()
    await sink.close()
    await stopDatabase(dataDir)
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Longer than it takes a loaded machine to start the program, or its database, and to send some mails. */
const COMES_WITHIN_MS = 40_000

/** Until the sink has so many mails; false when no more come: what is left is unknown. */
async function comes(sink: SmtpSink, wanted: number): Promise<boolean> {
  const giveUp = new AbortController()
  const late = wait(COMES_WITHIN_MS, false, { signal: giveUp.signal }).catch(() => false)
  const came = await Promise.race([sink.until(() => sink.mails.length >= wanted).then(() => true), late])
  giveUp.abort()
  return came
}

class Program {
  readonly #dataDir: string
  #child: ChildProcess | null = null
  #said = ''

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  async start(): Promise<void> {
    const env = {
      ...process.env,
      SEGUE_DATA_DIR: this.#dataDir,
      SEGUE_PORT: '0',
      SEGUE_LOG_LEVEL: 'warn',
    }
    const child = spawn(process.execPath, ['src/main.ts', 'serve'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    let heard = ''
    const ready = Promise.withResolvers<void>()
    const hear = (chunk: Buffer) => {
      heard += chunk
      this.#said = (this.#said + chunk).slice(-20_000)
      if (heard.includes('is ready')) ready.resolve()
    }
    child.stdout!.on('data', hear)
    child.stderr!.on('data', hear)
    const ended = once(child, 'exit').then(() =>
      ready.reject(new Error(`the program ended by itself:\n${heard}`)),
    )
    ended.catch(() => undefined)
    const late = setTimeout(
      () => ready.reject(new Error(`the program is not ready after a minute:\n${heard}`)),
      60_000,
    )
    await ready.promise.finally(() => clearTimeout(late))
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  /** Until no email is due or in hand. */
  async untilDone(mails: number): Promise<void> {
    const embedded = await openEmbedded({ dataDir: this.#dataDir, log })
    try {
      for (let look = 0; look < 1_200; look++) {
        if ((await openEmails(embedded.url)) === 0) return
        await wait(250)
      }
      throw new Error(
        `some of ${mails} emails are still not sent after five minutes. The program said:\n${this.#said}`,
      )
    } finally {
      await embedded.leave()
    }
  }
}

async function ask<T>(url: string, text: string): Promise<T[]> {
  const client = openClient(url, 'kill harness')
  await client.connect()
  try {
    return (await client.query(text)).rows as T[]
  } finally {
    await client.end()
  }
}

async function openEmails(url: string): Promise<number> {
  const [row] = await ask<{ n: number }>(
    url,
    "select (select count(*) from enrollments where due_at is not null or lease_until is not null) + (select count(*) from messages where state in ('claimed', 'transmitting')) as n",
  )
  return row!.n
}

/** The process that has the server of this folder; while the program still starts it again after the last kill, that is waited for. */
async function killDatabase(dataDir: string): Promise<void> {
  for (let look = 0; look < 600; look++) {
    if (await killed(join(dataDir, 'postgres', 'postmaster.pid'))) return
    await wait(100)
  }
  throw new Error('the database server did not come back within a minute')
}

/** False when nobody runs under the pid in the file, or there is no file. */
async function killed(pidFile: string): Promise<boolean> {
  try {
    const [pid] = (await readFile(pidFile, 'utf8')).split('\n')
    return process.kill(Number(pid), 'SIGKILL')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH' || code === 'ENOENT') return false
    throw error
  }
}

async function stopDatabase(dataDir: string): Promise<void> {
  await (await openEmbedded({ dataDir, log })).leave()
}

/** A team with mailboxes that have neither gap nor low limits, and everybody enrolled, written with the program's own functions. */
async function prepare(dataDir: string, o: KillOptions & { port: number }): Promise<void> {
  const random = seededRandom(`people ${o.seed}`)
  const now = Date.now()
  const embedded = await openEmbedded({ dataDir, log })
  const pools = await openPostgres({ url: embedded.url, log })
  try {
    await migrate(pools.control, { dir: join(ROOT, 'migrations'), now, version: 'bench' })
    const db: Db = pools.api
    const asked = {
      teamName: 'Acme',
      timeZone: 'UTC',
      name: 'Ann Acme',
      email: 'ann@acme.test',
      password: random.hex(12),
    }
    const made = await setUpTeam(db, asked, { now, random })
    if (made.kind !== 'done') throw new Error(made.kind)
    const { team, userId } = made
    await updateTeam(db, team, { legalName: 'Acme Ltd', postalAddress: '1 Main Street' })
    for (let i = 1; i <= o.mailboxes; i++)
      await ask(
        embedded.url,
        `insert into mailboxes (team_id, id, kind, user_id, address, from_name, smtp_host, smtp_port, smtp_tls, daily_limit, hourly_limit,
           gap_ms, state, keeps_message_id, files_sent_copy, created_at, updated_at)
         values (${team}, '${newId(now, random)}', 'smtp', '${userId}', 'box${i}@acme.test', 'Ann', '127.0.0.1', ${o.port}, 'none', 100000,
           100000, 0, 'connected', true, true, now(), now())`,
      )
    const contactIds = await addPeople(db, {
      team,
      userId,
      count: Math.ceil(o.mails / SEQUENCES),
      now,
      random,
    })
    await enrollAll(db, { team, userId, contactIds, now, random })
  } finally {
    await pools.close()
    await embedded.leave()
  }
}

interface Making {
  team: TeamId
  userId: Id
  now: number
  random: ReturnType<typeof seededRandom>
}

async function addPeople(
  db: Db,
  { team, userId, count, now, random }: Making & { count: number },
): Promise<Id[]> {
  const contacts = Array.from({ length: count }, (_, i) => {
    const blank = blankContact({ id: newId(now, random), userId, stageId: null, source: 'api', now })
    const applied = applyFields(blank, { firstName: `Person${i}`, email: `person${i}@client.test` }, now)
    if (!applied.ok) throw new Error(applied.sentence)
    return applied.row
  })
  await insertContacts(db, { team, contacts })
  return contacts.map((one) => one.id)
}

async function enrollAll(db: Db, o: Making & { contactIds: Id[] }): Promise<void> {
  const { team, userId, contactIds, now, random } = o
  const always = (await schedulesOf(db, team)).find((one) => one.always)!
  const mailboxes = (await mailboxesOf(db, team)).filter((one) => one.kind === 'smtp')
  const flags = everyFlag(true)
  for (let i = 1; i <= SEQUENCES; i++) {
    const template = { subject: `Offer ${i}`, bodyHtml: '<p>Hello {{first_name}}</p>' }
    const steps = [{ kind: 'auto_email' as const, waitAmount: 0, variants: [{ approved: true, template }] }]
    const writing = { team, userId, actor: `user:${userId}`, now, random }
    const created = await createSequence(db, writing, {
      name: `Sequence ${i}`,
      scheduleId: always.id,
      steps,
      active: true,
    })
    if (!created.ok) throw new Error(created.refusal.sentence)
    await confirmAlways(db, { team, id: created.value, now })
    const sequence = (await sequenceById(db, { team, id: created.value }))!
    const request = {
      ...{ sequence, contactIds, mailboxes, fromAddress: null, flags },
      paused: null,
      afterReceived: false,
    }
    const enrolled = await enroll(db, { ...writing, requestId: random.hex(8) }, request)
    if (!enrolled.ok) throw new Error(enrolled.refusal.sentence)
  }
}

interface EmailRow {
  enrollment: Id
  address: string
  subject: string | null
  state: string | null
  rfc_id: string | null
}

/** What the sink took against what the ledger says. */
async function compare(dataDir: string, sink: SmtpSink): Promise<Omit<KillReport, 'kills' | 'seconds'>> {
  const embedded = await openEmbedded({ dataDir, log })
  const pools = await openPostgres({ url: embedded.url, log })
  try {
    const rows = await ask<EmailRow>(
      embedded.url,
      `select e.id as enrollment, e.address, c.subject, m.state, m.rfc_id from enrollments e
       left join messages m on m.team_id = e.team_id and m.enrollment_id = e.id
       left join message_contents c on c.team_id = m.team_id and c.message_id = m.id order by e.id`,
    )
    const taken = new Map<string, number>()
    for (const mail of sink.mails) for (const key of keysOf(mail)) taken.set(key, (taken.get(key) ?? 0) + 1)
    const has = (row: EmailRow) => row.rfc_id !== null && taken.has(row.rfc_id)
    return {
      accepted: sink.mails.length,
      twice: [...taken].flatMap(([key, n]) => (n > 1 ? [`${key}: ${n} times`] : [])),
      lost: rows.flatMap((row) =>
        row.state !== 'unknown' && !has(row) ? [`${row.address}: ${row.state ?? 'never claimed'}`] : [],
      ),
      unknown: rows.flatMap((row) =>
        row.state === 'unknown' ? [{ address: row.address, taken: has(row) }] : [],
      ),
      invented: rows.flatMap((row) =>
        row.state === 'accepted' && !has(row) ? [`${row.address} ${row.rfc_id}`] : [],
      ),
      findings: await verify(pools.control, { now: Date.now() }),
    }
  } finally {
    await pools.close()
    await embedded.leave()
  }
}

/** By its Message-ID, and by whom it was written to with which subject: apart from anything the ledger says. */
function keysOf({ messageId, recipients, raw }: SmtpSink['mails'][number]): string[] {
  const subject = /^subject:\s*(.*)$/im.exec(raw)?.[1]?.trim()
  return [messageId, `${recipients.join()} ${subject}`]
}
