/**
 * The composition root: the only file that opens the database, the mail clients and the servers, and hands them to each other.
 * Decides nothing about contacts, sequences or mail.
 */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import manifest from '../package.json' with { type: 'json' }
import { jobHandlers } from './actions/job-handlers.ts'
import { mailboxAccess } from './actions/mailbox-access.ts'
import { type MailboxTokens, mailboxTokens } from './actions/mailbox-tokens.ts'
import type { ApiContext } from './api/route.ts'
import { createServer } from './api/server.ts'
import { ServerClock } from './clock.ts'
import type { Config } from './config.ts'
import { newId } from './core/ids.ts'
import type { Random } from './core/random.ts'
import { applyAgain } from './engine/apply-again.ts'
import { startEngine } from './engine/engine.ts'
import { type Jobs, startJobs } from './engine/jobs.ts'
import { MailFiles } from './engine/mail-files.ts'
import { startReading } from './engine/read-inbox.ts'
import { sandboxRows } from './engine/sandbox-rows.ts'
import { startSentCopies } from './engine/sent-copies.ts'
import { startTravel } from './engine/travel.ts'
import { createLog, type DestinationStream, type Log } from './log.ts'
import { createOAuth } from './mail/oauth.ts'
import { parseMail } from './mail/parse.ts'
import type { MailPort, MailTimeouts, OAuthPort } from './mail/port.ts'
import { createMailPort } from './mail/post.ts'
import { answerMail, type Sandbox, startSandbox } from './mail/sandbox.ts'
import { systemRandom } from './random.ts'
import { type Keys, loadKeys } from './seal.ts'
import { watchDeployment } from './store/deployment.ts'
import { openEmbedded } from './store/embedded.ts'
import { migrate } from './store/migrate.ts'
import { askServerClock, openPostgres, type Pools } from './store/postgres.ts'
import { readTravel } from './store/travel.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
export const VERSION: string = manifest.version

/** A database that is migrated and at hand, with the clock that follows it. Commands need no more. */
export interface House {
  config: Config
  log: Log
  pools: Pools
  clock: ServerClock
  random: Random
  keys: Keys
  /** Closes the connections; stops the embedded server when nobody else uses it. */
  close(): Promise<void>
}

export interface HouseOptions {
  /** How long to wait for a database server that is away, in ms. Default 30 s. */
  waitMs?: number
  /** Where the lines of the log go; by default to standard output. */
  logTo?: DestinationStream
}

/** Whatever was opened before something failed is closed again, so that the process can end with what it says. */
export async function openHouse(config: Config, { waitMs, logTo }: HouseOptions = {}): Promise<House> {
  const log = createLog(config.logLevel, logTo)
  const opened: (() => unknown)[] = []
  const close = async () => {
    for (const each of opened.splice(0).reverse()) await each()
  }
  try {
    const embedded = config.databaseUrl === null ? await openEmbedded({ dataDir: config.dataDir, log }) : null
    opened.push(() => embedded?.leave())
    const url = embedded?.url ?? config.databaseUrl!
    const pools = await openPostgres({ url, log, ...(waitMs !== undefined && { waitMs }) })
    opened.push(() => pools.close())
    const clock = await openClock(pools, log)
    opened.push(() => clock.close())
    await migrate(pools.control, { dir: join(ROOT, 'migrations'), now: clock.real(), version: VERSION })
    clock.setTravelOffset((await readTravel(pools.control)).offsetMs)
    const keys = await loadKeys({ dataDir: config.dataDir, secretKey: config.secretKey })
    return { config, log, pools, clock, random: systemRandom(), keys, close }
  } catch (error) {
    await close()
    throw error
  }
}

function openClock(pools: Pools, log: Log): Promise<ServerClock> {
  return ServerClock.open({
    ask: () => askServerClock(pools.control),
    onJump: (jumpMs) =>
      log.error(
        { jumpMs },
        'the clock of the database server jumped: nothing new is sent until it is steady',
      ),
    onSteady: () => log.info('the clock of the database server is steady again: sending goes on'),
    onFailure: (error) => log.warn({ err: error }, 'the clock of the database server could not be read'),
  })
}

export interface Running {
  /** `http://127.0.0.1:4000` */
  url: string
  /** Lets mails on the wire finish, then closes everything. */
  stop(): Promise<void>
}

export interface StartOptions {
  /** How long mail servers may be silent; by default as RFC 5321 asks. */
  mailTimeouts?: MailTimeouts
}

/** Page, API and engine in one process. When one part cannot start, those that did are stopped before this rejects. */
export async function startSegue(house: House, options: StartOptions = {}): Promise<Running> {
  const stops: Stop[] = []
  try {
    return await startParts(house, options, stops)
  } catch (error) {
    await stopAll(stops, house.log)
    throw error
  }
}

type Stop = () => Promise<void>

/** The port comes before whatever works by itself: a second start by mistake must not send, nor take a job and break it off. */
async function startParts(house: House, options: StartOptions, stops: Stop[]): Promise<Running> {
  const { config, log, pools, clock, random } = house
  const { dataDir, databaseUrl } = config
  const deployment = await watchDeployment(pools.control, {
    ...{ dataDir, clock, log },
    ownServer: databaseUrl === null,
  })
  stops.push(deployment.stop)
  const sandbox = await startSandbox({ clock, random, ...sandboxRows({ db: pools.claim, clock, random }) })
  stops.push(sandbox.close)
  const mail = createMailPort({
    clock,
    random,
    sandbox,
    ...(options.mailTimeouts && { timeouts: options.mailTimeouts }),
  })
  const jobs = jobsOnce(house)
  const oauth = createOAuth(config)
  const tokens = mailboxTokens({ ...house, db: pools.claim, oauth })
  const server = createServer(apiContext(house, { sandbox, mail, oauth, tokens, jobs }), {
    webRoot: resolve(ROOT, 'web/dist'),
  })
  stops.push(() => server.close())
  const url = await server.listen({ host: config.host, port: config.port })
  stops.push((await jobs.running()).stop)
  stops.push(startMailing(house, { mail, tokens, ownUrl: url }).stop)
  return {
    url,
    async stop() {
      // First of all: a call under way may wait for the engine (time travel), or start a job.
      await server.close()
      await stopAll(stops, log)
    },
  }
}

/** The last first. What cannot be stopped must not keep the rest going. */
async function stopAll(stops: readonly Stop[], log: Log): Promise<void> {
  for (const stop of stops.toReversed())
    try {
      await stop()
    } catch (error) {
      log.error({ err: error }, 'a part of the program could not be stopped')
    }
}

/** Starts with whoever asks first: a call that arrives as soon as the port is open, or the start itself. */
function jobsOnce({ pools, log, clock, random }: House): ApiContext['jobs'] & { running(): Promise<Jobs> } {
  let jobs: Promise<Jobs> | undefined
  const running = () => {
    jobs ??= startJobs({
      connection: pools.jobs,
      log,
      handlers: jobHandlers({ db: pools.api, clock, random, log }),
    })
    return jobs
  }
  return { running, start: async (name, data, within) => (await running()).start(name, data, within) }
}

/** What happens by itself: sending, reading, and time travel where it is allowed. */
function startMailing(
  house: House,
  { mail, tokens, ownUrl }: { mail: MailPort; tokens: MailboxTokens; ownUrl: string },
): { stop(): Promise<void> } {
  const { config, log, pools, clock, random, keys } = house
  const worker = newId(clock.real(), random)
  const access = mailboxAccess({ db: pools.claim, keys, tokens, privateMailHosts: config.privateMailHosts })
  const onRead = () => sending.poke()
  const files = new MailFiles(pools.claim)
  const reading = startReading({ db: pools.claim, mail, access, clock, random, log, onRead })
  const sending = startEngine({
    db: { claim: pools.claim, mark: pools.mark },
    mail,
    access,
    clock,
    random,
    log,
    publicUrl: config.publicUrl,
    ownUrl,
    files,
    worker,
    isClockSteady: () => clock.isSteady(),
    pokeReader: reading.poke,
  })
  const copies = startSentCopies({
    db: pools.claim,
    mail,
    access,
    clock,
    log,
    publicUrl: config.publicUrl,
    files,
  })
  const onMove = () => {
    sending.poke()
    reading.poke()
  }
  const travel = config.timeTravel ? startTravel({ db: pools.control, clock, log, onMove }) : null
  return {
    async stop() {
      await travel?.stop()
      await Promise.all([sending.stop(), reading.stop(), copies.stop()])
    },
  }
}

function apiContext(
  house: House,
  parts: {
    sandbox: Sandbox
    mail: MailPort
    oauth: OAuthPort
    tokens: MailboxTokens
    jobs: ApiContext['jobs']
  },
): ApiContext {
  const { config, log, pools, clock, random, keys } = house
  return {
    db: pools.api,
    clock,
    random,
    keys,
    log,
    jobs: parts.jobs,
    mail: parts.mail,
    oauth: parts.oauth,
    tokens: parts.tokens,
    applyMail: applyAgain,
    sandbox: { parse: parseMail, compose: answerMail, announce: parts.sandbox.announce },
    settings: {
      publicUrl: config.publicUrl,
      timeTravel: config.timeTravel,
      privateMailHosts: config.privateMailHosts,
      callLimits: {
        minute: config.callsPerMinute,
        hour: config.callsPerHour,
        day: config.callsPerDay,
      },
    },
  }
}
