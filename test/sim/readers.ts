/** What recipients and machines do with the picture and the links of a tracked mail: people open and follow, servers look first. */
import { HOUR, type Instant, MINUTE, SECOND } from '../../src/core/clock.ts'
import { linkTarget } from '../../src/core/tracking.ts'
import type { Visit } from '../../src/core/visit.ts'
import { seededRandom } from '../../src/random.ts'
import { findTracked, recordVisit, trackedWording } from '../../src/store/visits.ts'
import type { Sending } from './mail-servers.ts'
import type { Act } from './people.ts'
import type { Scheduler } from './scheduler.ts'

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const APPLE = 'Mozilla/5.0'

/** Out of a thousand tracked mails. */
export const READINGS = [
  ['opened', 180],
  ['opened and clicked', 90],
  ['fetched by Apple Mail', 90],
  ['scanned at once', 60],
  ['scanned while delivered', 60],
  ['asked for its headers', 40],
] as const
type Reading = (typeof READINGS)[number][0]

export interface ReadersOptions {
  seed: string
  scheduler: Scheduler
  count: (fault: string) => void
  /** Over the public pages: a request of its own, which may die. */
  ask: (name: string, act: Act) => void
}

export class Readers {
  readonly #options: ReadersOptions
  calm = false

  constructor(options: ReadersOptions) {
    this.#options = options
  }

  receive({ mail }: Sending): void {
    const { seed, scheduler, count } = this.#options
    const urls = [...(mail.html ?? '').matchAll(/https:\/\/segue\.acme\.test\/t\/([^"]+)/g)].map(
      (one) => one[1]!,
    )
    if (this.calm || urls.length === 0) return
    const random = seededRandom(`${seed} read ${mail.messageId}`)
    let lot = random.next() * 1_000
    const [reading] =
      READINGS.find(([, weight]) => {
        lot -= weight
        return lot < 0
      }) ?? []
    if (reading === undefined) return
    const whole = reading === 'scanned while delivered' ? SECOND : 15 * MINUTE + random.next() * 30 * HOUR
    scheduler.at(scheduler.now + Math.round(whole), () => {
      count(`reader: ${reading}`)
      this.#read(reading, urls)
    })
  }

  #read(reading: Reading, urls: readonly string[]): void {
    const { scheduler, ask } = this.#options
    const picture = urls.filter((url) => url.endsWith('/o.gif'))
    const links = urls.filter((url) => !url.endsWith('/o.gif'))
    const fetch = (url: string, how: Omit<How, 'at'>) => {
      const at = scheduler.now
      ask('fetch', (request) => visit(request, url, { ...how, at }))
    }
    const person = { agent: BROWSER, way: 'get', byPerson: true } as const
    const machine = { agent: BROWSER, way: 'get', byPerson: false } as const
    if (reading === 'fetched by Apple Mail')
      for (const url of picture) fetch(url, { ...machine, agent: APPLE })
    if (reading === 'opened' || reading === 'opened and clicked')
      for (const url of picture) fetch(url, person)
    if (reading === 'opened and clicked' && links[0] !== undefined) {
      const [first] = links
      scheduler.at(scheduler.now + 20 * SECOND, () => fetch(first, person))
    }
    if (reading === 'asked for its headers') for (const url of links) fetch(url, { ...machine, way: 'head' })
    if (reading === 'scanned while delivered') for (const url of urls) fetch(url, machine)
    // Of a mail with one link nobody could tell such a scanner from a person.
    if (reading === 'scanned at once' && links.length > 1) {
      const at = scheduler.now
      ask('fetch', (request) => scan(request, links, { ...machine, at }))
    }
  }
}

interface How {
  agent: string
  way: Visit['way']
  byPerson: boolean
  /** When it came in; its request may have to wait for the database. */
  at: Instant
}

/** Half of a scan that broke off looks like a person. */
async function scan(request: Parameters<Act>[0], urls: readonly string[], how: How): Promise<void> {
  const messageId = urls[0]!.split('/')[1]!
  request.promises.mayHaveClicked.add(messageId)
  for (const url of urls) await visit(request, url, how)
  request.promises.mayHaveClicked.delete(messageId)
}

/** What the public pages do. */
async function visit(request: Parameters<Act>[0], url: string, how: How): Promise<void> {
  const { db, random, promises } = request
  const [teamPublicId = '', messageId = '', token = '', what = ''] = url.split('/')
  const mail = await findTracked(db, { teamPublicId, messageId, token })
  if (!mail) throw new Error(`the address ${url} of a mail that arrived leads nowhere`)
  const open = what === 'o.gif'
  const target = open ? null : linkTarget((await trackedWording(db, mail)) ?? '', Number(what))
  if (target === undefined) throw new Error(`the link ${url} of a mail that arrived leads nowhere`)
  const isClick = !open && how.byPerson
  if (isClick) promises.mayHaveClicked.add(messageId)
  const { agent, way } = how
  const about = { team: mail.team, messageId, link: open ? null : Number(what), target, agent, way }
  await recordVisit(db, {
    ...about,
    kind: open ? 'open' : 'click',
    now: how.at,
    random,
  })
  if (isClick) promises.clicked.add(messageId)
}
