/** The cookie that keeps a browser signed in: HttpOnly, SameSite=Lax, and Secure where the page came over https. */
import { createSession, SESSION_MS } from '../store/sessions.ts'
import { SESSION_COOKIE } from './auth.ts'
import type { OpenCall } from './route.ts'

/** Starts a session; the value of the Set-Cookie header. */
export async function signIn(userId: string, call: OpenCall): Promise<string> {
  const token = await createSession(call.db, {
    userId,
    ipAddress: call.clientAddress,
    userAgent: call.headers['user-agent'] ?? null,
    now: call.clock.real(),
    random: call.random,
  })
  return cookie(token, SESSION_MS / 1000, call)
}

/** The Set-Cookie header that takes the cookie away. */
export function signOutCookie(call: OpenCall): string {
  return cookie('', 0, call)
}

function cookie(value: string, seconds: number, { secure }: OpenCall): string {
  return `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure ? '; Secure' : ''}`
}
