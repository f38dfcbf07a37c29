/**
 * Passwords: hashed with scrypt before they are stored, compared in constant time. The format and cost are better-auth's
 * (`salt:key`, N 16384, r 16, p 1), so that its tables could take over what is stored here.
 */
import { scrypt, timingSafeEqual } from 'node:crypto'
import type { Random } from '../core/random.ts'

export const PASSWORD_MIN = 8
/** Longer ones are no safer, and hashing takes time for every letter. */
export const PASSWORD_MAX = 128
/** 32 MB and about 60 ms per attempt. */
const COST = { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 }
const KEY_BYTES = 64

/** What is wrong with a new password, in a sentence; undefined if nothing is. */
export function passwordProblem(password: string): string | undefined {
  if (password.length < PASSWORD_MIN)
    return `The password has ${password.length} characters; use at least ${PASSWORD_MIN}.`
  if (password.length > PASSWORD_MAX)
    return `The password has ${password.length} characters; use at most ${PASSWORD_MAX}.`
  return undefined
}

export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = random.hex(16)
  return `${salt}:${(await derive(password, salt)).toString('hex')}`
}

export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [salt, key] = stored.split(':')
  if (!salt || !key) return false
  return timingSafeEqual(await derive(password, salt), Buffer.from(key, 'hex'))
}

/** For an address that nobody has: takes as long as a wrong password, so that an answer's time does not tell who signs in here. */
export async function hashForNobody(password: string): Promise<void> {
  await derive(password, 'nobody')
}

function derive(password: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC').slice(0, PASSWORD_MAX), salt, KEY_BYTES, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
