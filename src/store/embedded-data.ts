/**
 * The embedded server's data folder: made once by `initdb`, whoever races, and reachable by the user that runs the server even
 * below a folder closed to it. Never touches what is in a folder that holds anything else.
 */
import { spawn } from 'node:child_process'
import { chown, lchown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemRandom } from '../random.ts'
import { removeAbandoned } from './abandoned.ts'
import { type Binaries, serverEnvironment } from './embedded-binaries.ts'
import { type ServerUser, serverUser } from './embedded-user.ts'
import { DatabaseRefused } from './unavailable.ts'

export const SUPERUSER = 'segue'
const PASSWORD_FILE = 'segue-password'

/**
 * How the server and `initdb` name the data folder, being started in it. Under another user a parent may be closed to them, and
 * PostgreSQL makes `.` absolute first; this link of Linux needs no parent.
 */
export function ownNameOf(folder: string, user: ServerUser | undefined): string {
  return user && process.platform === 'linux' ? '/proc/self/cwd' : folder
}

/** Is there a database in this folder? Throws `DatabaseRefused` when it holds something else. */
export async function isInitialized(folder: string): Promise<boolean> {
  try {
    const names = await readdir(folder)
    if (names.length > 0 && !names.includes('PG_VERSION')) {
      throw new DatabaseRefused(
        `${folder} is not empty and holds no PostgreSQL database. Move it away, or choose another SEGUE_DATA_DIR.`,
      )
    }
    return names.length > 0
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return false
    if (code === 'EACCES') throw new DatabaseRefused(await notOurs(folder), { cause: error })
    throw error
  }
}

async function notOurs(folder: string): Promise<string> {
  const { uid } = await stat(folder)
  return `${folder} belongs to user ${uid}. Start Segue as the user who made it, or give it to yourself: chown -R $(id -u) ${folder}`
}

/** Runs `initdb` beside the folder and renames the result into place. Of several processes one wins; the others delete theirs. */
export async function initialize(folder: string, binaries: Binaries): Promise<void> {
  await removeAbandoned(dirname(folder), `${basename(folder)}.init.`)
  const user = await serverUser(folder)
  const making = `${folder}.init.${process.pid}`
  await rm(making, { recursive: true, force: true })
  await mkdir(making, { mode: 0o700 })
  try {
    if (user) await chown(making, user.uid, user.gid)
    const password = systemRandom().hex(32)
    await initdb({ making, binaries, user, password })
    // Inside, so that the rename decides on data and password at once. 0600 and ours: the server itself never reads it.
    await writeFile(join(making, PASSWORD_FILE), password, { mode: 0o600 })
    await rename(making, folder)
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    if (!['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(codeOf(error)) || !(await isInitialized(folder)))
      throw error
  }
}

async function initdb(job: {
  making: string
  binaries: Binaries
  user: ServerUser | undefined
  password: string
}): Promise<void> {
  const { making, binaries, user, password } = job
  const passwordFile = `${making}.password`
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user) await chown(passwordFile, user.uid, user.gid)
  const windows = process.platform === 'win32'
  const options = [
    `--pgdata=${ownNameOf(making, user)}`,
    `--username=${SUPERUSER}`,
    // Not trust: the unprivileged user may be shared with other daemons. ENGINE section 10.
    '--auth=scram-sha-256',
    // By descriptor, since the path to it may be closed to the user.
    `--pwfile=${windows ? passwordFile : '/dev/stdin'}`,
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]
  const run = async (locale: string) => {
    const opened = await open(passwordFile, 'r')
    const program = join(binaries.bin, 'initdb')
    try {
      return await finished(program, [...options, `--locale=${locale}`], {
        cwd: making,
        user,
        stdin: opened.fd,
      })
    } finally {
      await opened.close()
    }
  }
  try {
    // Without a UTF-8 LC_CTYPE pg_trgm ignores every letter beyond ASCII; old C libraries have no C.UTF-8.
    const first = await run('C.UTF-8')
    const said = first && /locale/.test(first) ? await run('C') : first
    if (said) throw new DatabaseRefused(`PostgreSQL could not initialize ${making}: ${said}${wayOut(said)}`)
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/** A container may run as a number that no user has; PostgreSQL asks for its name. */
function wayOut(said: string): string {
  if (!said.includes('could not look up effective user ID')) return ''
  return '. Give this user a line in /etc/passwd, or set SEGUE_DATABASE_URL to a PostgreSQL of yours.'
}

interface Running {
  cwd: string
  user: ServerUser | undefined
  stdin: number
}

/** Runs a program to its end; resolves to nothing when it went well, else to the last that it said. */
function finished(
  program: string,
  args: string[],
  { cwd, user, stdin }: Running,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: serverEnvironment,
      windowsHide: true,
      stdio: [stdin, 'pipe', 'pipe'],
      ...user,
    })
    let said = ''
    const listen = (part: Buffer) => {
      said += part.toString()
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) =>
      resolve(code === 0 ? undefined : said.trim().split('\n').slice(-5).join(' ') || `exit code ${code}`),
    )
  })
}

/** Files restored from a backup by root belong to root; the server's user must own them. */
export async function giveTo(user: ServerUser, folder: string): Promise<void> {
  const { uid } = await stat(folder)
  if (uid === user.uid) return
  await chown(folder, user.uid, user.gid)
  for (const name of await readdir(folder, { recursive: true })) {
    if (name !== PASSWORD_FILE) await lchown(join(folder, name), user.uid, user.gid)
  }
}

export async function readPassword(folder: string): Promise<string> {
  try {
    return (await readFile(join(folder, PASSWORD_FILE), 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) === 'EACCES') throw new DatabaseRefused(await notOurs(folder), { cause: error })
    if (codeOf(error) === 'ENOENT') {
      throw new DatabaseRefused(
        `${join(folder, PASSWORD_FILE)} is missing: the database of this folder cannot be opened without it. Restore it from the backup.`,
      )
    }
    throw error
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '')
}
