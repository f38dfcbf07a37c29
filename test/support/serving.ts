/** Segue as a process of its own on its embedded database: started, measured and killed from outside, as its users do. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Serving {
  url: string
  pid: number
  /** From the start of the process until the page answered. */
  readyMs: number
  /** Resident memory of the Node process. */
  rssMb(): Promise<number>
  /** Resolves when the process is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** True while the process lives. */
  lives(): boolean
}

/** The environment without the caller's own settings of Segue. */
export function cleanEnvironment(more: Record<string, string>): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('SEGUE_'))
  return { ...Object.fromEntries(inherited), ...more }
}

/** `segue serve` on a free port; throws with its output when it ends instead of getting ready. */
export async function serve(dataDir: string, more: Record<string, string> = {}): Promise<Serving> {
  const begun = performance.now()
  const child = spawn(process.execPath, ['src/main.ts', 'serve'], {
    cwd: ROOT,
    env: cleanEnvironment({ SEGUE_DATA_DIR: dataDir, SEGUE_PORT: '0', SEGUE_LOG_LEVEL: 'error', ...more }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = once(child, 'exit')
  const url = await readyLine(child)
  await (await fetch(url)).text()
  const readyMs = performance.now() - begun
  return {
    url,
    pid: child.pid!,
    readyMs,
    rssMb: () => rssMb(child.pid!),
    async end(signal) {
      child.kill(signal)
      await gone
    },
    lives: () => child.exitCode === null && child.signalCode === null,
  }
}

function readyLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      const found = /is ready: (http:\/\/\S+)/.exec(said)
      if (found) resolve(found[1]!)
    }
    child.stdout!.on('data', hear)
    child.stderr!.on('data', hear)
    child.once('exit', (code) => reject(new Error(`segue serve ended with ${code}: ${said}`)))
  })
}

async function rssMb(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout.trim()) / 1024
}

/** The process of the embedded PostgreSQL that serves this data directory. */
export async function databasePid(dataDir: string): Promise<number> {
  const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
  return Number(pid)
}

export interface Ended {
  code: number
  out: string
  err: string
}

/** `npm run -s segue -- ...`, really through npm. */
export function segueCommand(args: string[], env: Record<string, string>): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      'npm',
      ['run', '-s', 'segue', '--', ...args],
      { cwd: ROOT, env: cleanEnvironment(env) },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    )
  })
}
