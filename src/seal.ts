/** Secrets at rest and hashes: the deployment's key, AES-256-GCM for what must be read again, salted hashes for what must only be compared. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { constants, copyFile, link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

const KEY_FILE = 'secret.key'
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
/** Stands in front of every sealed text, so that another scheme can follow. */
const VERSION = 'v1'
/** Shorter ones can be guessed; 32 random bytes in base64 are 44 characters. */
const SECRET_CHARACTERS_MIN = 32

/** The deployment's key, split by purpose. It never leaves this file. */
export interface Keys {
  readonly encryption: Buffer
  readonly signing: Buffer
}

/** A sealed text that this key cannot open: the key was changed, or the text was. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken'
}

export function createKeys(secret: string): Keys {
  if (secret.length < SECRET_CHARACTERS_MIN)
    throw new RangeError(
      `SEGUE_SECRET_KEY has ${secret.length} characters; it needs at least ${SECRET_CHARACTERS_MIN}. Make one with: openssl rand -base64 32`,
    )
  const part = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, '', `segue ${purpose}`, KEY_BYTES))
  return { encryption: part('encryption'), signing: part('signing') }
}

/** The key of the settings, else that of the data directory, made there (mode 0600) the first time. */
export async function loadKeys(options: { dataDir: string; secretKey: string | null }): Promise<Keys> {
  return createKeys(options.secretKey ?? (await keyOfFolder(options.dataDir)))
}

async function keyOfFolder(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, KEY_FILE)
  const secret = (await readKey(path)) ?? (await makeKey(path))
  if (secret.length < SECRET_CHARACTERS_MIN)
    throw new RangeError(
      `${path} holds ${secret.length} characters; the key in it had at least ${SECRET_CHARACTERS_MIN}. Put it back from a backup: stored passwords open with no other.`,
    )
  return secret
}

async function readKey(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Written beside and linked into place whole: of two processes that start at once, one makes the key and both read it. */
async function makeKey(path: string): Promise<string> {
  const beside = `${path}.${randomBytes(8).toString('hex')}.new`
  try {
    const file = await open(beside, 'wx', 0o600)
    try {
      await file.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await place(beside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(beside, { force: true })
  }
  return (await readFile(path, 'utf8')).trim()
}

/** Fails with EEXIST where another process was first. */
async function place(beside: string, path: string): Promise<void> {
  try {
    await link(beside, path)
  } catch (error) {
    // File systems of memory cards and some network shares know no links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error
    await copyFile(beside, path, constants.COPYFILE_EXCL)
  }
}

/** Encrypts for `purpose` (which is bound to it: a mailbox's password cannot be opened as something else). Text safe for a column. */
export function sealSecret(keys: Keys, purpose: string, secret: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keys.encryption, iv)
  cipher.setAAD(Buffer.from(purpose))
  const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return `${VERSION}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')}`
}

/** Throws `SealBroken` when the key, the purpose or the text is another. */
export function openSecret(keys: Keys, purpose: string, sealed: string): string {
  const [version, body] = sealed.split('.')
  if (version !== VERSION || body === undefined)
    throw new SealBroken(`not a sealed text of version ${VERSION}`)
  const bytes = Buffer.from(body, 'base64')
  if (bytes.length < IV_BYTES + TAG_BYTES)
    throw new SealBroken('The sealed text was cut off. Enter the password again.')
  const decipher = createDecipheriv('aes-256-gcm', keys.encryption, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(purpose))
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    )
  } catch (error) {
    throw new SealBroken(
      'The secret key is not the one this was encrypted with. Put the old key back, or enter the password again.',
      {
        cause: error,
      },
    )
  }
}

/** HMAC-SHA-256, base64url: for links that must not be forged and may die with the key. */
export function sign(keys: Keys, purpose: string, text: string): string {
  return createHmac('sha256', keys.signing)
    .update(JSON.stringify([purpose, text]))
    .digest('base64url')
}

export function isSignature(
  keys: Keys,
  signed: { purpose: string; text: string },
  signature: string,
): boolean {
  const expected = Buffer.from(sign(keys, signed.purpose, signed.text))
  const given = Buffer.from(signature)
  return expected.length === given.length && timingSafeEqual(expected, given)
}

/** Hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Is `hash` the SHA-256 of `text`? Takes as long whatever the answer. */
export function isHashOf(hash: string, text: string): boolean {
  const [expected, given] = [Buffer.from(hash), Buffer.from(sha256(text))]
  return expected.length === given.length && timingSafeEqual(expected, given)
}

/** A hash that tells nothing once its salt is deleted: how the ledger keeps an address and a body it may have to forget. */
export function saltedHash(salt: string, text: string): string {
  return sha256(`${salt}\n${text}`)
}

/** What the ledger keeps of a wording: its salted hash, over subject, both bodies, and name, type and hash of each file it carries. */
export function bodyHash(o: {
  salt: string
  subject: string
  html: string
  text: string
  attachments?: readonly { name: string; type: string; sha256: string }[]
}): string {
  const parts = [o.subject, o.html, o.text]
  const files = (o.attachments ?? []).map(({ name, type, sha256 }) => [name, type, sha256])
  return saltedHash(o.salt, JSON.stringify(files.length === 0 ? parts : [...parts, files]))
}
