/** Connecting a mailbox by signing in at its provider: the link to follow. Where the provider comes back to is in `public/`. */
import { Type } from 'typebox'
import { beginSignIn } from '../actions/sign-in.ts'
import { PROVIDER_NAMES } from '../core/oauth.ts'
import { refuse } from './errors.ts'
import { IdParameter, oneOf } from './params.ts'
import { CALLBACK_PATH } from './public/oauth-callback.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/email_accounts/oauth',
    name: 'email_accounts/oauth',
    summary: 'Connect a mailbox with Google or Microsoft',
    description:
      'Answers with the link that the browser of the caller follows. The provider sends it back, signed in as the same person, within 15 minutes; then the mailbox is saved and its check begins. With `id`, that mailbox is let in again.',
    extension: true,
    input: Type.Object({ provider: oneOf(['google', 'microsoft'] as const), id: Type.Optional(IdParameter) }),
    output: Type.Object({ authorization_url: Type.String() }),
    async run({ provider, id }, call) {
      const { teamId: team, teamPublicId, userId } = call.caller
      const { timeTravel, privateMailHosts } = call.settings
      const signingIn = { ...call, team, teamPublicId, userId, timeTravel, privateMailHosts }
      const redirectUri = callback(call, PROVIDER_NAMES[provider])
      const asked = { provider, mailboxId: id ?? null, redirectUri }
      const real = call.clock.real()
      const { url } = allowed(await beginSignIn(call.db, { ...signingIn, real }, asked))
      return { authorization_url: url }
    },
  }),
]

/** Providers send a person back to https, or to the machine that the browser runs on. */
function callback({ settings, secure, host }: Call, provider: string): string {
  const address = settings.publicUrl ?? `${secure ? 'https' : 'http'}://${host}`
  const { protocol, hostname } = new URL(address)
  if (protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname))
    return address + CALLBACK_PATH
  return refuse(
    422,
    `${provider} sends nobody back to ${address}: it wants https. Put a proxy with https in front, and its address into SEGUE_PUBLIC_URL; docs/oauth.md says how.`,
    { code: 'no_https' },
  )
}
