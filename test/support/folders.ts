/** Temporary folders of tests. */
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new empty folder that every user can enter; the test removes it. */
export async function freshFolder(purpose: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `segue-${purpose}-`))
  await chmod(folder, 0o755)
  return folder
}
