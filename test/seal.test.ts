/** Secrets at rest: sealed so that only this key and this purpose open them; hashes that tell nothing once their salt is gone. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createKeys,
  isSignature,
  loadKeys,
  openSecret,
  SealBroken,
  saltedHash,
  sealSecret,
  sha256,
  sign,
} from '../src/seal.ts'

const keys = createKeys('a secret of at least 32 characters')
const others = createKeys('another secret of 32 characters or more')
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'segue-seal-'))
})
afterAll(() => rm(dir, { recursive: true }))

test('what is sealed is opened by the same key for the same purpose', () => {
  for (const secret of ['', 'hunter2', 'Ünïcode 🔑', 'x'.repeat(10_000)])
    expect(openSecret(keys, 'smtp password', sealSecret(keys, 'smtp password', secret))).toBe(secret)
})

test('a sealed text shows nothing of its secret, and no two are alike', () => {
  const [one, two] = [sealSecret(keys, 'p', 'hunter2'), sealSecret(keys, 'p', 'hunter2')]
  expect(one).not.toBe(two)
  expect(Buffer.from(one.split('.')[1]!, 'base64').toString('latin1')).not.toContain('hunter2')
})

test('another key, another purpose, or a changed text opens nothing', () => {
  const sealed = sealSecret(keys, 'mailbox one', 'hunter2')
  expect(() => openSecret(others, 'mailbox one', sealed)).toThrow(SealBroken)
  expect(() => openSecret(keys, 'mailbox two', sealed)).toThrow(SealBroken)
  const bytes = Buffer.from(sealed.slice(3), 'base64')
  for (const position of [0, 12, bytes.length - 1]) {
    const changed = Buffer.from(bytes)
    changed[position]! ^= 1
    expect(() => openSecret(keys, 'mailbox one', `v1.${changed.toString('base64')}`)).toThrow(SealBroken)
  }
})

test('what was never sealed is said to be no sealed text, however short', () => {
  for (const text of ['', 'hunter2', 'v2.AAAA', 'v1', 'v1.', 'v1.AAAA'])
    expect(() => openSecret(keys, 'p', text), text).toThrow(SealBroken)
})

test('a broken seal says the way out and not the secret', () => {
  expect(() => openSecret(others, 'p', sealSecret(keys, 'p', 'hunter2'))).toThrow(
    'Put the old key back, or enter the password again.',
  )
})

test('a short key is refused with how to make one, and is not repeated', () => {
  expect(() => createKeys('short')).toThrow(/5 characters.*openssl rand -base64 32/)
  expect(() => createKeys('secret word')).not.toThrow(/secret word/)
})

test('the first start makes a key of its own that only its owner reads, and later ones use it', async () => {
  const dataDir = join(dir, 'new')
  const [one, two] = await Promise.all([
    loadKeys({ dataDir, secretKey: null }),
    loadKeys({ dataDir, secretKey: null }),
  ])
  const later = await loadKeys({ dataDir, secretKey: null })
  const sealed = sealSecret(one, 'p', 'hunter2')
  expect(openSecret(two, 'p', sealed)).toBe('hunter2')
  expect(openSecret(later, 'p', sealed)).toBe('hunter2')
  expect((await stat(join(dataDir, 'secret.key'))).mode & 0o777).toBe(0o600)
  expect((await readFile(join(dataDir, 'secret.key'), 'utf8')).trim()).toHaveLength(44)
})

test('a key of the settings is used instead, and no file is made', async () => {
  const dataDir = join(dir, 'set')
  const secretKey = 'from the settings, 32 characters and more'
  const loaded = await loadKeys({ dataDir, secretKey })
  expect(openSecret(createKeys(secretKey), 'p', sealSecret(loaded, 'p', 'hunter2'))).toBe('hunter2')
  await expect(stat(join(dataDir, 'secret.key'))).rejects.toThrow('ENOENT')
})

test('ten processes that start at once agree on one key, and leave nothing beside it', async () => {
  const dataDir = join(dir, 'ten')
  const all = await Promise.all(Array.from({ length: 10 }, () => loadKeys({ dataDir, secretKey: null })))
  const sealed = sealSecret(all[0]!, 'p', 'hunter2')
  for (const one of all) expect(openSecret(one, 'p', sealed)).toBe('hunter2')
  expect(await readdir(dataDir)).toEqual(['secret.key'])
})

test('a key file that was cut off is refused by name, and not replaced', async () => {
  const dataDir = join(dir, 'cut')
  await loadKeys({ dataDir, secretKey: null })
  const path = join(dataDir, 'secret.key')
  for (const rest of ['', 'short\n']) {
    await writeFile(path, rest)
    await expect(loadKeys({ dataDir, secretKey: null })).rejects.toThrow(path)
    expect(await readFile(path, 'utf8')).toBe(rest)
  }
})

test('a signature is of its text, its purpose and its key', () => {
  const signature = sign(keys, 'click', 'message 1')
  const signed = { purpose: 'click', text: 'message 1' }
  expect(isSignature(keys, signed, signature)).toBe(true)
  expect(isSignature(keys, { ...signed, text: 'message 2' }, signature)).toBe(false)
  expect(isSignature(keys, { ...signed, purpose: 'open' }, signature)).toBe(false)
  expect(isSignature(others, signed, signature)).toBe(false)
  for (const forged of ['', 'x', signature.slice(1), `${signature}A`, 'é'.repeat(43)])
    expect(isSignature(keys, signed, forged)).toBe(false)
})

test('a purpose cannot run over into the text', () => {
  expect(sign(keys, 'a', 'b\nc')).not.toBe(sign(keys, 'a\nb', 'c'))
})

test('a salted hash differs by its salt; sha256 is the known one', () => {
  expect(saltedHash('one', 'ann@company.test')).not.toBe(saltedHash('two', 'ann@company.test'))
  expect(sha256('abc')).toBe(createHash('sha256').update('abc').digest('hex'))
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})
