/** As whom the embedded server runs. PostgreSQL refuses to run as root: then it gets an unprivileged user. Never creates users. */
import { readFile, stat } from 'node:fs/promises'

export interface ServerUser {
  uid: number
  gid: number
}

/** What `nobody` is where the list of users does not say. */
const NOBODY: ServerUser = { uid: 65534, gid: 65534 }

/** Whoever owns the data already; else `nobody`. `undefined`: as ourselves, since we are not root (or on Windows). */
export async function serverUser(dataFolder: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  try {
    const { uid, gid } = await stat(dataFolder)
    if (uid !== 0) return { uid, gid }
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error
  }
  return nobody()
}

async function nobody(): Promise<ServerUser> {
  const line = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(await readFile('/etc/passwd', 'utf8'))
  return line ? { uid: Number(line[1]), gid: Number(line[2]) } : NOBODY
}
