/**
 * Which machine or container has the embedded data folder. PostgreSQL's own lock sees processes of one machine and one container
 * only; two containers, or two machines on network storage, would both start a server on the same files and destroy them.
 *
 * Every process of ours renews a small file in the folder. One from elsewhere is refused while a server answers there or the file
 * was renewed lately; when both have stopped, the folder is taken over. Processes of one place never wait for each other here.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { SECOND } from '../core/clock.ts'
import { ageMs } from './abandoned.ts'
import { DatabaseRefused } from './unavailable.ts'

const OWNER_FILE = 'segue-owner.json'
export const RENEW_EVERY_MS = 5 * SECOND
/** Three renewals missed: nobody is there any more. */
const SILENT_MS = 15 * SECOND

interface Owner {
  /** The place: this boot of this kernel and this process namespace. Process ids mean the same to all in one place. */
  place: string
  /** Its name, for people. */
  host: string
  /** Differs at every renewal. */
  beat: string
}

/** Linux tells boots and containers apart; elsewhere data folders are not shared between namespaces, and the name is enough. */
export function thisPlace(): string {
  if (process.platform !== 'linux') return hostname()
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    // A sandbox without these files: the name of the machine or container.
    return hostname()
  }
}

export class OwnerFile {
  readonly #folder: string
  readonly #place: string
  #beats = 0
  #seen: string | undefined

  constructor(folder: string, place: string) {
    this.#folder = folder
    this.#place = place
  }

  async renew(): Promise<void> {
    const owner: Owner = { place: this.#place, host: hostname(), beat: `${process.pid}.${this.#beats++}` }
    const making = join(this.#folder, `${OWNER_FILE}.${process.pid}`)
    await writeFile(making, JSON.stringify(owner), { mode: 0o644 })
    await rename(making, join(this.#folder, OWNER_FILE))
  }

  /** The server has stopped cleanly: whoever comes next need not wait. */
  async remove(): Promise<void> {
    await rm(join(this.#folder, OWNER_FILE), { force: true })
  }

  /** A server answered. Throws `DatabaseRefused` when it runs elsewhere: its process ids mean nothing here, and it could not be stopped. */
  async assertServerIsHere(): Promise<void> {
    const owner = await this.#read()
    if (owner && owner.place !== this.#place) throw this.#refusal(owner)
  }

  /**
   * Nobody answers: may a server be started here? `wait` while another place may still be alive, `start` when not.
   * Throws `DatabaseRefused` when it certainly is.
   */
  async mayStart(): Promise<'start' | 'wait'> {
    const owner = await this.#read()
    if (owner && owner.place !== this.#place) {
      this.#seen ??= owner.beat
      if (owner.beat !== this.#seen) throw this.#refusal(owner)
      if ((await ageMs(join(this.#folder, OWNER_FILE), this.#folder)) < SILENT_MS) return 'wait'
      await this.#takeOver()
    }
    // Before the server starts, so that those elsewhere know of us at once.
    await this.renew()
    return 'start'
  }

  /** The process that `postmaster.pid` names is of another place, so the number may be anybody's here, and PostgreSQL would believe it. */
  async #takeOver(): Promise<void> {
    const owner = await this.#read()
    if (owner && owner.place !== this.#place) await rm(join(this.#folder, 'postmaster.pid'), { force: true })
  }

  #refusal(owner: Owner): DatabaseRefused {
    return new DatabaseRefused(
      `The database in ${this.#folder} is in use by another machine or container, ${owner.host}. ` +
        'Stop Segue there first. Two at once need SEGUE_DATABASE_URL and a PostgreSQL server that both can reach.',
    )
  }

  async #read(): Promise<Owner | undefined> {
    try {
      return JSON.parse(await readFile(join(this.#folder, OWNER_FILE), 'utf8')) as Owner
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return undefined
      throw error
    }
  }
}
