/** Signing in and out of the page, and what the page needs to know before it draws anything. */
import { Type } from 'typebox'
import { hashForNobody, isPassword } from '../actions/password.ts'
import { normalizeAddress } from '../core/address.ts'
import { hasRealMailbox } from '../store/mailboxes.ts'
import { endSession } from '../store/sessions.ts'
import { fencedReason, teamById } from '../store/teams.ts'
import { signInOf, userById } from '../store/users.ts'
import { cookieIn, refuseForeignWrite } from './auth.ts'
import { ApiRefusal, refuse } from './errors.ts'
import { Answer, type OpenCall, openRoute, type Route, route } from './route.ts'
import { signIn, signOutCookie } from './session-cookie.ts'
import {
  attemptsOf,
  SIGN_IN_ATTEMPTS_PER_ADDRESS,
  SIGN_IN_ATTEMPTS_PER_EMAIL,
  SIGN_IN_WINDOW_MS,
} from './sign-in-attempts.ts'
import { WireClock, wireClock } from './wire/clock.ts'
import { WireTeam, wireTeam } from './wire/team.ts'

const WireUser = Type.Object({ id: Type.String(), name: Type.String(), email: Type.String() })

export const routes: Route[] = [
  openRoute({
    method: 'POST',
    path: '/session',
    name: 'session/create',
    summary: 'Sign the browser in',
    extension: true,
    input: Type.Object({
      email: Type.String({ maxLength: 1000 }),
      password: Type.String({ maxLength: 1000 }),
    }),
    output: Type.Object({ user: WireUser, team: WireTeam }),
    async run({ email, password }, call) {
      refuseForeignWrite({ ...call, method: 'POST' }, call)
      const address = normalizeAddress(email)
      const known = address.ok ? address.address : email.toLowerCase()
      refuseTooMany(known, call)
      const found = await signInOf(call.db, known)
      const right = found ? await isPassword(password, found.hash) : await hashForNobody(password)
      if (!found || !right)
        refuse(401, 'The address or the password is wrong. Try again, or ask an admin of the team.')
      attemptsOf(call.db).forget(`email ${known}`)
      const body = await whoIs(call, { team: found.teamId, userId: found.userId })
      return new Answer(body, { headers: { 'set-cookie': await signIn(found.userId, call) } })
    },
  }),
  openRoute({
    method: 'DELETE',
    path: '/session',
    name: 'session/destroy',
    summary: 'Sign the browser out',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({ signed_out: Type.Boolean() }),
    async run(_input, call) {
      refuseForeignWrite({ ...call, method: 'DELETE' }, call)
      const token = cookieIn(call.headers['cookie'])
      if (token !== undefined) await endSession(call.db, token)
      return new Answer({ signed_out: true }, { headers: { 'set-cookie': signOutCookie(call) } })
    },
  }),
  route({
    method: 'GET',
    path: '/session',
    name: 'session/show',
    summary: 'Who is signed in, and how this Segue stands',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({
      user: WireUser,
      team: WireTeam,
      clock: WireClock,
      has_real_mailbox: Type.Boolean(),
      public_url_is_https: Type.Boolean(),
      oauth_providers: Type.Array(Type.String(), {
        description: 'google, microsoft: those at which a mailbox can be connected by signing in.',
      }),
      fenced_reason: Type.Union([Type.String(), Type.Null()]),
      warnings: Type.Array(Type.String()),
    }),
    async run(_input, call) {
      const { db, caller, settings } = call
      const [who, clock, real, fenced] = await Promise.all([
        whoIs(call, { team: caller.teamId, userId: caller.userId }),
        wireClock(call),
        hasRealMailbox(db, caller.teamId),
        fencedReason(db),
      ])
      const https = settings.publicUrl?.startsWith('https://') ?? false
      return {
        ...who,
        clock,
        has_real_mailbox: real,
        public_url_is_https: https,
        oauth_providers: [...call.oauth.providers],
        fenced_reason: fenced,
        warnings: real && !https ? [NO_HTTPS] : [],
      }
    },
  }),
]

const NO_HTTPS =
  'SEGUE_PUBLIC_URL is not an https address: mails offer opting out by mail only, and cannot be tracked.'

async function whoIs({ db }: OpenCall, { team, userId }: { team: number; userId: string }) {
  const [row, user] = await Promise.all([teamById(db, team), userById(db, { team, id: userId })])
  return {
    user: { id: userId, name: user?.name ?? '', email: user?.email ?? '' },
    team: wireTeam(row),
  }
}

function refuseTooMany(email: string, call: OpenCall): void {
  const now = call.clock.real()
  const attempts = attemptsOf(call.db)
  const windowMs = SIGN_IN_WINDOW_MS
  const waits = [
    attempts.refusedFor(`email ${email}`, { most: SIGN_IN_ATTEMPTS_PER_EMAIL, windowMs }, now),
    attempts.refusedFor(`from ${call.clientAddress}`, { most: SIGN_IN_ATTEMPTS_PER_ADDRESS, windowMs }, now),
  ].filter((wait) => wait !== null)
  if (waits.length === 0) return
  const waitMs = Math.max(...waits)
  throw new ApiRefusal(
    429,
    { error: `Too many attempts to sign in. Try again in ${Math.ceil(waitMs / 60_000)} minutes.` },
    { 'retry-after': String(Math.ceil(waitMs / 1000)) },
  )
}
