/** Folders that are made beside their place and renamed into it: what a killed process left of them is removed by the next. */
import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MINUTE } from '../core/clock.ts'
import { systemRandom } from '../random.ts'

/** No living process works this long on one. */
const ABANDONED_MS = 10 * MINUTE

/** Removes from `parent` what begins with `prefix` and was left unfinished long ago. */
export async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue
    const path = join(parent, name)
    if ((await ageMs(path, parent)) > ABANDONED_MS) await rm(path, { recursive: true, force: true })
  }
}

/** How long ago `path` was last written, by the clock of its own file system, since two machines may share it. 0 when it is gone. */
export async function ageMs(path: string, besideIt: string): Promise<number> {
  const probe = join(besideIt, `.segue-clock.${process.pid}.${systemRandom().hex(4)}`)
  await writeFile(probe, '')
  try {
    const now = (await stat(probe)).mtimeMs
    return now - (await stat(path)).mtimeMs
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return 0
    throw error
  } finally {
    await rm(probe, { force: true })
  }
}
